"""Samples of a media file by time, sample-exact in whatever order they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import AudioClip, FloatArray
from talkface_studio.media.probe import AudioInfo
from talkface_studio.media.sound_decoder import Block, SoundDecoder

SEGMENT_SECONDS = 20
"""Decoding starts anew at multiples of this."""


class AudioReader:
    """Random access to one audio stream, at its own rate and with its own channels.

    Times are seconds on the file's axis (see `VideoReader`); encoder delay and edit lists are honoured, gaps in the
    stream are silence. Lossy decoders carry a state (AAC even draws its noise from a running random number), so what
    they give would depend on where decoding began. Here it always begins at the same places, a bit before each
    multiple of `SEGMENT_SECONDS`: the same instant has the same samples whatever was read before. Reading on from where
    the last read ended continues without seeking. May be used from several threads.
    """

    def __init__(self, path: Path, stream: int = 0) -> None:
        """Open `path`; `stream` counts the file's audio streams from 0.

        Raises:
            MediaError: the file is missing, damaged, or has no such audio stream.
        """
        self.path = path
        self._decoder = SoundDecoder(path, stream)
        self.info: AudioInfo = self._decoder.info
        self._length = SEGMENT_SECONDS * self.info.rate
        self._segment = -1
        self._blocks: Iterator[Block] = iter(())
        self._block = Block(0, np.zeros((self.info.channels, 0), np.float32))
        self._lock = Lock()
        self._closed = False

    @property
    def rate(self) -> int:
        """Samples per second."""
        return self.info.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.info.channels

    @property
    def duration(self) -> float:
        """Time at which the sound ends, in seconds on the file's time axis, as the container says."""
        return self.info.start + self.info.duration

    @property
    def skipped(self) -> int:
        """Damaged packets that were left out so far."""
        return self._decoder.skipped

    def read(self, start: float, end: float) -> AudioClip:
        """The sound of `start..end` seconds: exactly round((end - start) * rate) samples, silence outside the track.

        The first sample is number round(start * rate) of the file's axis, so windows that touch in time touch in
        samples when their bounds are multiples of 1 / rate.

        Raises:
            MediaError: the reader was closed, or nothing of the stream can be decoded.
        """
        first = round(start * self.rate)
        samples = np.zeros((self.channels, max(0, round((end - start) * self.rate))), np.float32)
        with self._lock:
            if self._closed:
                raise MediaError(f"{self.path}: was closed before its sound was read")
            position, last = max(first, 0), first + samples.shape[1]
            while position < last:
                segment = position // self._length
                stop = min(last, (segment + 1) * self._length)
                self._fill(samples, first, segment, position, stop)
                position = stop
        return AudioClip(samples, self.rate, first / self.rate)

    def blocks(self, seconds: float = 1.0) -> Iterator[AudioClip]:
        """The whole track from time 0 in blocks of this length; the last one ends with the track."""
        size = max(1, round(seconds * self.rate))
        for first in range(0, round(self.duration * self.rate), size):
            last = min(first + size, round(self.duration * self.rate))
            yield self.read(first / self.rate, last / self.rate)

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        with self._lock:
            self._closed = True
            self._blocks = iter(())
            self._decoder.close()

    def __enter__(self) -> Self:
        """A reader is a context manager that closes itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fill(self, samples: FloatArray, first: int, segment: int, position: int, stop: int) -> None:
        """Put the samples `position..stop` of one segment into `samples`, which begins at sample `first`."""
        if segment != self._segment or position < self._block.first:
            self._segment = segment
            self._blocks = self._decoder.blocks(segment * self._length, (segment + 1) * self._length)
            self._block = Block(segment * self._length, np.zeros((self.channels, 0), np.float32))
        while True:
            begin, end = max(position, self._block.first), min(stop, self._block.end)
            if begin < end:
                piece = self._block.samples[:, begin - self._block.first : end - self._block.first]
                samples[:, begin - first : end - first] = piece
            if self._block.end >= stop:
                return
            try:
                following = next(self._blocks, None)
            except MediaError:
                # What is asked for next must not take the failed segment for one that has ended.
                self._segment = -1
                raise
            if following is None:
                return
            self._block = following
