"""Telling a file from others without reading it whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from talkface_studio.project.document.media import Fingerprint

PART = 64 * 1024
"""Bytes that are read at the beginning, the middle and the end."""


def fingerprint(path: Path) -> Fingerprint:
    """The size of a file and the BLAKE2b of three parts of it; takes a few milliseconds whatever its size.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for position in (0, max(0, (size - PART) // 2), max(0, size - PART)):
            file.seek(position)
            digest.update(file.read(PART))
    return Fingerprint(size=size, digest=digest.hexdigest())
