"""A voice track as plugins see it: samples, features and activity on one time axis."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor
from pathlib import Path
from threading import RLock
from typing import Protocol

import numpy as np

from talkface_studio.api.values import AudioClip, Device, FloatArray, SpeechFeatures
from talkface_studio.speech.cache import ChunkCache
from talkface_studio.speech.encoder import Encoder, EncoderRegistry
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.resample import MonoSpeech
from talkface_studio.speech.source import SAMPLE_RATE, AudioSource

ACTIVITY = "silero-vad"
CACHED_CHUNKS = 4
"""Of each kind; a chunk is 2 to 8 s long."""
KEPT_AROUND = 2
"""Chunks before and behind the speech that are kept like its own: models look at them for its first and last instants,
and a network is not to be loaded for them alone."""


class ChunkStore(Protocol):
    """Chunks of features of one speech that outlast the program."""

    def chunk(self, encoder: Encoder, number: int, compute: Callable[[], FloatArray]) -> FloatArray:
        """Chunk `number` of the encoder's grid, float32 `(encoder.chunk, encoder.dim)`, computed where not known."""


class SpeechTrack:
    """Implements `api.generator.Speech` over an audio source. Threads may share it.

    `offset` is the time in seconds on the track's axis at which the source starts: positive delays the speech,
    negative cuts its beginning. `encoders` lets several tracks share loaded networks; without it the track has its own,
    made from `encoder_folder` and `device` (see `studio_encoders`). `kept` holds features of this speech, at this
    offset, from before.
    """

    def __init__(
        self,
        source: AudioSource,
        *,
        offset: float = 0.0,
        encoder_folder: Path | None = None,
        device: Device | None = None,
        encoders: EncoderRegistry | None = None,
        kept: ChunkStore | None = None,
    ) -> None:
        self._speech = MonoSpeech(source, offset)
        self._encoders = encoders or studio_encoders(device or Device(), encoder_folder)
        self._kept = kept
        self._chunks: dict[str, ChunkCache[int, FloatArray]] = {}
        self._silence: dict[str, FloatArray] = {}
        self._lock = RLock()

    @property
    def duration(self) -> float:
        """Time in seconds at which the speech ends."""
        return self._speech.duration

    def samples(self, start: float, end: float) -> AudioClip:
        """See `Speech.samples`; the first sample is the one nearest to `start`."""
        first = round(start * SAMPLE_RATE)
        count = max(0, round((end - start) * SAMPLE_RATE))
        with self._lock:
            return AudioClip(self._speech.samples(first, count)[None], SAMPLE_RATE, first / SAMPLE_RATE)

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        """See `Speech.features`."""
        encoder = self._encoders.get(kind)
        first = floor((start * SAMPLE_RATE - encoder.centre) / encoder.hop)
        last = max(ceil((end * SAMPLE_RATE - encoder.centre) / encoder.hop), first + 1)
        with self._lock:
            values = self._vectors(encoder, first, last + 1)
        return SpeechFeatures(values, encoder.rate, (first * encoder.hop + encoder.centre) / SAMPLE_RATE, kind)

    def activity(self, start: float, end: float) -> SpeechFeatures:
        """See `Speech.activity`: Silero's probability for each 32 ms, at the middle of them.

        Raises:
            SpeechError: the package silero-vad is not installed.
        """
        return self.features(ACTIVITY, start, end)

    def clear(self) -> None:
        """Forget what is cached; the encoders stay loaded."""
        with self._lock:
            self._speech.clear()
            self._chunks.clear()

    def _vectors(self, encoder: Encoder, first: int, stop: int) -> FloatArray:
        """Vectors `first..stop`, copied from the chunks of the absolute grid."""
        values = np.empty((stop - first, encoder.dim), dtype=np.float32)
        cache = self._chunks.setdefault(encoder.kind, ChunkCache(CACHED_CHUNKS))
        for number in range(first // encoder.chunk, -(-stop // encoder.chunk)):
            chunk = cache.get(number, lambda number=number: self._found(encoder, number))  # type: ignore[misc]
            begin = number * encoder.chunk
            low, high = max(first, begin), min(stop, begin + encoder.chunk)
            values[low - first : high - first] = chunk[low - begin : high - begin]
        return values

    def _found(self, encoder: Encoder, number: int) -> FloatArray:
        last = self.duration * encoder.rate / encoder.chunk + KEPT_AROUND
        if self._kept is None or not -KEPT_AROUND <= number <= last:
            return self._encoded(encoder, number)
        return self._kept.chunk(encoder, number, lambda: self._encoded(encoder, number))

    def _encoded(self, encoder: Encoder, number: int) -> FloatArray:
        begin = number * encoder.chunk * encoder.hop - encoder.before
        samples = self._speech.samples(begin, encoder.samples_needed)
        if samples.any():
            return encoder.encode(samples)
        # Outside the track every chunk is the same: a video that goes on after the speech costs nothing.
        if encoder.kind not in self._silence:
            self._silence[encoder.kind] = encoder.encode(samples)
        return self._silence[encoder.kind]
