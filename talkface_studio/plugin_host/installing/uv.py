"""Running uv, which finds, locks and fetches the packages that a plugin requires."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import PluginError
from talkface_studio.launch import environment_of_others, interpreter


class ResolutionError(PluginError):
    """No set of packages meets the requirements."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageSource:
    """Where packages are taken from."""

    cache: Path
    offline: bool = False
    """Use the cache and `folders` alone."""
    folders: tuple[Path, ...] = ()
    """Folders of wheels, looked into as well."""

    def arguments(self) -> list[str]:
        """For uv. Wheels alone: building a package would run its code before anybody agreed to that."""
        words = ["--cache-dir", str(self.cache), "--only-binary", ":all:", "--no-config", "--quiet"]
        words += ["--offline"] if self.offline else []
        for folder in self.folders:
            words += ["--find-links", str(folder)]
        return words


def run_uv(arguments: Sequence[str]) -> str:
    """Run `uv pip ...` for this Python; gives what it printed.

    Raises:
        ResolutionError: the requirements cannot be met.
        PluginError: uv is not installed, or it failed for another reason, such as the network.
    """
    try:
        from uv import find_uv_bin

        program = find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        raise PluginError(
            f"uv, which installs packages, is missing ({error}); install it with: pip install uv"
        ) from error
    # What the user set for their own projects, such as another index, stays theirs to set: UV_INDEX_URL is kept.
    environ = environment_of_others()
    for name in ("VIRTUAL_ENV", "PYTHONPATH"):
        environ.pop(name, None)
    done = subprocess.run(
        [program, "pip", *arguments, "--python", interpreter()],
        capture_output=True,
        text=True,
        env=environ,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        words = _reason(done.stderr)
        kind = ResolutionError if "No solution found" in done.stderr else PluginError
        raise kind(words)
    return done.stdout


def install_locked(lock: Path, site: Path, source: PackageSource) -> None:
    """Put the packages of a lock into a folder, each only with the SHA-256 that the lock names.

    Raises:
        PluginError: a package cannot be fetched, or has another hash.
        OSError: the folder cannot be written.
    """
    words = ["--target", str(site), "--no-deps", "--require-hashes", "--link-mode", "copy", *source.arguments()]
    run_uv(["install", "-r", str(lock), *words])
    # Programs, which no worker starts, and uv's own lock.
    shutil.rmtree(site / "bin", ignore_errors=True)
    (site / ".lock").unlink(missing_ok=True)


def _reason(text: str) -> str:
    """The error of uv, whose causes stand on indented lines, as one line."""
    lines = [line.strip().removeprefix("error:").removeprefix("cause:").strip(" ×╰─▶│├") for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("hint:")]
    return " ".join(kept)[:600] or "uv failed without a word"
