"""What a file holds and what a job depends on, as short texts that differ where anything does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio import __version__
from talkface_studio.api.errors import MediaError
from talkface_studio.faces.model import SHA256 as LANDMARKER_SHA256
from talkface_studio.faces.tracker import TRACKER_VERSION
from talkface_studio.media.container import reason

_PIECE = 2**20
_PIECES = 64


def content_hash(path: Path) -> str:
    """SHA-256 of a file's size and content.

    Of files over 64 MiB, 64 pieces of 1 MiB are read, evenly spread from the first to the last byte: what replaces or
    re-encodes a film changes all of them, while reading a whole film would take longer than dubbing a few seconds.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        status = path.stat()
        return _content_hash(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({reason(error)})") from error


@lru_cache(maxsize=256)
def _content_hash(path: Path, size: int, _modified: int) -> str:
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        if size <= _PIECE * _PIECES:
            digest.update(file.read())
        else:
            for number in range(_PIECES):
                file.seek((size - _PIECE) * number // (_PIECES - 1))
                digest.update(file.read(_PIECE))
    return digest.hexdigest()


def fingerprint(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document of plain values; their order does not matter."""
    text = json.dumps(document, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def software() -> str:
    """Versions of all that decides about pixels and packets."""
    import av
    import cv2
    import torch

    libraries = {name: ".".join(map(str, numbers)) for name, numbers in av.library_versions.items()}
    versions = [__version__, TRACKER_VERSION, LANDMARKER_SHA256, np.__version__, cv2.__version__]
    return fingerprint({"versions": [*versions, version("mediapipe"), torch.__version__], "libraries": libraries})
