"""What a timeline sounds like, a moment at a time, for whoever plays it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray
from talkface_studio.dubbing.warm import Warm
from talkface_studio.media.audio import AudioReader

CHANNELS = 2
_OPEN = 6
_MARGIN = Fraction(1, 5)
"""Seconds read on both sides of a piece, so that resampling leaves no seam; whole samples at every usual rate."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of a file: heard from `start` to `end` on the timeline, beginning `offset` seconds into the file."""

    path: Path
    start: float
    end: float
    offset: float = 0.0


class Hearing:
    """Mixes stretches of files. Keeps the files open that were heard last. Thread-safe."""

    def __init__(self) -> None:
        self._readers: Warm[AudioReader] = Warm(_OPEN)

    def mix(self, parts: Iterable[Heard], start: float, duration: float, rate: int) -> NDArray[np.int16]:
        """So many seconds of the timeline, clipped to full scale.

        Args:
            parts: what is heard.
            start: of the piece, in seconds.
            duration: of the piece, in seconds.
            rate: samples a second.

        Returns:
            int16 `(n, 2)`.

        Raises:
            MediaError: a file is missing, damaged, or has no sound.
        """
        count = round(duration * rate)
        mixed = np.zeros((CHANNELS, count), np.float32)
        for part in parts:
            first = max(0, round((part.start - start) * rate))
            last = min(count, round((part.end - start) * rate))
            if first < last:
                with self._open(part.path) as reader:
                    mixed[:, first:last] += _piece(
                        reader, start + first / rate - part.start + part.offset, last - first, rate
                    )
        return np.round(np.clip(mixed, -1, 1) * 32767).astype(np.int16).T

    def close(self) -> None:
        """Close the files."""
        self._readers.close()

    def _open(self, path: Path) -> AbstractContextManager[AudioReader]:
        changed = path.stat().st_mtime_ns if path.exists() else 0
        return self._readers.lease((path, changed), lambda: AudioReader(path))


def _piece(reader: AudioReader, at: float, count: int, rate: int) -> FloatArray:
    """`count` samples from `at` seconds of a file on, float32 `(2, count)`."""
    if reader.rate == rate:
        samples = reader.read(at, at + count / rate).samples
    else:
        from scipy.signal import resample_poly

        ratio = Fraction(rate, reader.rate)
        margin = float(_MARGIN)
        wide = reader.read(at - margin, at + count / rate + margin).samples
        samples = resample_poly(wide, ratio.numerator, ratio.denominator, axis=1).astype(np.float32)
        samples = samples[:, round(margin * rate) :]
    samples = samples[:, :count]
    if reader.channels != CHANNELS:
        samples = np.repeat(samples.mean(axis=0, keepdims=True), CHANNELS, axis=0)
    return np.pad(samples, ((0, 0), (0, count - samples.shape[1])))
