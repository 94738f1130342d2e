"""Files that are either the old or the new ones, never half of one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Replace a text file atomically."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def publish_folder(draft: Path, final: Path) -> None:
    """Move a finished folder to its place, which must be free, after its files have reached the disk."""
    for path in draft.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    draft.replace(final)


def remove_drafts(folder: Path) -> None:
    """Remove what a kill left half-written in a folder: everything whose name starts with a dot."""
    for path in folder.glob(".*") if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
