"""Features of speech on disk, so that a second take need not listen to it again.

A folder holds those of one speech, a file each of their chunks: an archive whose check sum is looked at when it is
read. What is damaged is computed again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talkface_studio.api.values import FloatArray
from talkface_studio.speech.encoder import Encoder

LARGEST_CACHE = 2**30
"""Bytes of all files together; an hour of Whisper's features takes 550 MB."""


class SpeechCache:
    """A folder of features, bounded in size: those of the speech that was not used for longest are removed."""

    def __init__(self, folder: Path, *, limit: int = LARGEST_CACHE) -> None:
        """`limit` is in bytes. The folder is made when it is first written to."""
        self._folder, self._limit = folder, limit

    def open(self, key: str) -> SpeechFolder:
        """The features of one speech, of which `key` says all that they depend on but the encoder."""
        self._shrink(keep=key)
        return SpeechFolder(self._folder / key)

    def _shrink(self, keep: str) -> None:
        found = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                with suppress(OSError):
                    size = sum(file.stat().st_size for file in path.rglob("*.npz"))
                    found.append((path.stat().st_mtime, size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._limit:
                return
            if path.name != keep:
                shutil.rmtree(path, ignore_errors=True)
                total -= size


@dataclass(frozen=True, slots=True)
class SpeechFolder:
    """Implements `speech.track.ChunkStore` in a folder. Where it cannot be written, features are merely not kept."""

    path: Path

    def chunk(self, encoder: Encoder, number: int, compute: Callable[[], FloatArray]) -> FloatArray:
        """See `ChunkStore.chunk`."""
        if encoder.identity is None:
            return compute()
        path = self.path / f"{encoder.kind}-{encoder.identity[:16]}" / f"{number}.npz"
        known = _read(path, (encoder.chunk, encoder.dim))
        if known is not None:
            return known
        values = compute()
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.utime(self.path, (time.time(), time.time()))
            _write(path, values)
        return values


def _read(path: Path, shape: tuple[int, int]) -> FloatArray | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            values: FloatArray = archive["values"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return values if values.shape == shape and values.dtype == np.float32 else None


def _write(path: Path, values: FloatArray) -> None:
    """Write all of it, or nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            np.savez(file, values=values)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
