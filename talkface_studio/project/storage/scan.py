"""The media in what was dropped or chosen: files, and folders with all below them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from talkface_studio.project.document.media import guess_kind


def media_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The media files, absolute, in the order of names within a folder, each once.

    Folders are searched to the bottom, but for hidden ones; of their files only those are given whose name says that
    they are media. A file that was named itself is always given: whether it is media is for the probe to say.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path.absolute()):
            if file not in seen:
                seen.add(file)
                yield file


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for parent, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and guess_kind(Path(name)) is not None:
                yield Path(parent, name)
