"""How a project file names the files it uses."""

from __future__ import annotations

import os
from pathlib import Path

FURTHEST = 2
"""Folders to go up from the project file before a path is written as absolute."""


def portable_text(path: Path, folder: Path) -> str:
    """A path as the project file in `folder` names it: relative if the file lies below or near it, else absolute.

    A project folder that is moved or sent as a whole finds its media again. Relative paths have forward slashes.
    """
    try:
        relative = Path(os.path.relpath(path, folder))
        common = Path(os.path.commonpath([path, folder]))
    except ValueError:
        return str(path)  # on another drive
    # Two places that share nothing but the root are not near, however short the way between them.
    if relative.parts.count("..") > FURTHEST or (common == Path(common.anchor) and folder != common):
        return str(path)
    return relative.as_posix()


def absolute_path(path: Path, folder: Path) -> Path:
    """The path that a project file in `folder` means."""
    return Path(os.path.normpath(folder / path))
