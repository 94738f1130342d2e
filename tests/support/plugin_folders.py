"""Plugins as folders: what pip would do to install them, without pip."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path


def write_metadata(folder: Path) -> None:
    """Beside the package, what the studio finds it by."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    text = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (metadata / "METADATA").write_text(text)
    lines = [
        f"[{group}]\n{''.join(f'{name} = {value}' for name, value in points.items())}"
        for group, points in project["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")


def run_beside(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with this plugin installed, and no other."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    environment.pop("TALKFACE_SAFE", None)
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=250,
    )
