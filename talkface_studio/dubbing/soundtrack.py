"""The sound of the output: the voices in their ranges, and the source's own sound elsewhere, sample by sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from talkface_studio.api.values import AudioClip, FloatArray

CENTRE = 2
"""Number of the front centre in every usual layout of three and more channels."""


class SoundSource(Protocol):
    """Random access to sound; see `media.audio.AudioReader`."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    @property
    def duration(self) -> float:
        """Seconds."""

    def read(self, start: float, end: float) -> AudioClip:
        """Samples of a window; silence outside the file."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A sound that is heard between `start` and `end`, its first sample at `start + offset` (seconds)."""

    sound: SoundSource
    start: float = 0.0
    end: float = math.inf
    offset: float = 0.0


class Soundtrack:
    """Reads the output's sound by window.

    Where there is a source, the output has its rate and channels, and outside all ranges its very samples; voices are
    converted. Without one it has those of the first voice, and silence outside the ranges. Voices whose ranges overlap
    are heard together. The output begins `origin` seconds later than the times that voices and source count from.
    """

    def __init__(self, voices: Sequence[Voice], *, source: SoundSource | None = None, origin: float = 0.0) -> None:
        like = source or voices[0].sound
        self.rate = like.rate
        self.channels = like.channels
        self.layout: str | None = getattr(getattr(like, "info", None), "layout", None)
        self._source = None if source is None else _Converted(source, self.rate, self.channels)
        self._skipped = round(origin * self.rate)
        self._voices = [(voice, _Converted(voice.sound, self.rate, self.channels)) for voice in voices]

    def read(self, first: int, last: int) -> AudioClip:
        """Samples `first..last` of the output, counted from its time 0."""
        clip = self._read(first + self._skipped, last + self._skipped)
        return AudioClip(clip, self.rate, first / self.rate)

    def _read(self, first: int, last: int) -> FloatArray:
        samples = np.zeros((self.channels, last - first), np.float32)
        dubbed = np.zeros(last - first, bool)
        for voice, sound in self._voices:
            begin = max(first, round(voice.start * self.rate))
            end = last if math.isinf(voice.end) else min(last, round(voice.end * self.rate))
            if begin < end:
                # Positions are whole samples, so a voice of the output's own rate is copied and never interpolated.
                moved = round((voice.start + voice.offset) * self.rate)
                samples[:, begin - first : end - first] += sound.read(begin - moved, end - moved)
                dubbed[begin - first : end - first] = True
        if self._source is not None and not dubbed.all():
            samples = np.where(dubbed, samples, self._source.read(first, last))
        if len(self._voices) > 1:
            np.clip(samples, -1, 1, out=samples)
        return samples


class _Converted:
    """A sound at another rate and with other channels."""

    def __init__(self, sound: SoundSource, rate: int, channels: int) -> None:
        self._sound, self._rate, self._channels = sound, rate, channels
        self._seconds: dict[int, FloatArray] = {}

    def read(self, first: int, last: int) -> FloatArray:
        """Samples `first..last`, `(channels, n)`; silence outside."""
        if self._sound.rate == self._rate:
            return with_channels(self._sound.read(first / self._rate, last / self._rate).samples, self._channels)
        # Whole seconds begin on a sample at every integer rate, so resampling by the second is seamless.
        seconds = range(first // self._rate, -(-last // self._rate))
        joined = np.concatenate([self._second(second) for second in seconds], axis=1)
        begin = first - seconds.start * self._rate
        return joined[:, begin : begin + last - first]

    def _second(self, second: int) -> FloatArray:
        if second not in self._seconds:
            from scipy.signal import resample_poly

            ratio = Fraction(self._rate, self._sound.rate)
            samples = self._sound.read(second - 1.0, second + 2.0).samples
            resampled = resample_poly(samples, ratio.numerator, ratio.denominator, axis=1).astype(np.float32)
            while len(self._seconds) > 1:
                del self._seconds[next(iter(self._seconds))]
            self._seconds[second] = with_channels(resampled[:, self._rate : 2 * self._rate], self._channels)
        return self._seconds[second]


def with_channels(samples: FloatArray, channels: int) -> FloatArray:
    """Samples `(n, length)` on `channels` channels: the same, mixed down to one, or a voice in the middle."""
    if samples.shape[0] == channels:
        return samples
    if channels > 2 and samples.shape[0] == 2:
        return np.concatenate([samples, np.zeros((channels - 2, samples.shape[1]), np.float32)])
    mono = samples.mean(axis=0, keepdims=True)
    if channels > CENTRE:
        spread = np.zeros((channels, samples.shape[1]), np.float32)
        spread[CENTRE] = mono[0]
        return spread
    return np.repeat(mono, channels, axis=0)
