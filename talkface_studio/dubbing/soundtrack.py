"""The sound of the output: the speech, at its own rate and channels, and the source's own sound outside the range."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Protocol

import numpy as np

from talkface_studio.api.values import AudioClip, FloatArray


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


class Soundtrack:
    """Reads the output's sound by window.

    Between `start` and `end` the speech is heard, its first sample at `start + offset`; elsewhere the sound of the
    source video, converted to the speech's rate and channels, or silence when it has none.
    """

    def __init__(
        self,
        speech: SoundSource,
        *,
        source: SoundSource | None = None,
        start: float = 0.0,
        end: float = math.inf,
        offset: float = 0.0,
    ) -> None:
        self._speech = speech
        self._source = source
        self._first = round(start * speech.rate)
        self._last = math.inf if math.isinf(end) else round(end * speech.rate)
        self._offset = round((start + offset) * speech.rate)
        self._second: tuple[int, FloatArray] | None = None
        self.rate = speech.rate
        self.channels = speech.channels

    def read(self, first: int, last: int) -> AudioClip:
        """Samples `first..last` of the output, counted from its time 0."""
        rate = self.rate
        samples = np.zeros((self.channels, last - first), np.float32)
        begin, end = max(first, self._first), int(min(last, self._last))
        if begin < end:
            # Positions are whole samples of the speech's own rate, so the speech is copied and never interpolated.
            clip = self._speech.read((begin - self._offset) / rate, (end - self._offset) / rate)
            samples[:, begin - first : end - first] = clip.samples
        if self._source is not None:
            for low, high in ((first, min(last, self._first)), (int(max(first, min(self._last, last))), last)):
                if low < high:
                    samples[:, low - first : high - first] = self._source_samples(self._source, low, high)
        return AudioClip(samples, rate, first / rate)

    def _source_samples(self, source: SoundSource, first: int, last: int) -> FloatArray:
        # Whole seconds begin on a sample at every integer rate, so resampling by the second is seamless.
        seconds = range(first // self.rate, -(-last // self.rate))
        joined = np.concatenate([self._source_second(source, second) for second in seconds], axis=1)
        begin = first - seconds.start * self.rate
        return joined[:, begin : begin + last - first]

    def _source_second(self, source: SoundSource, second: int) -> FloatArray:
        if self._second is not None and self._second[0] == second:
            return self._second[1]
        from scipy.signal import resample_poly

        clip = source.read(second - 1.0, second + 2.0)
        ratio = Fraction(self.rate, source.rate)
        samples = clip.samples
        if ratio != 1:
            samples = resample_poly(samples, ratio.numerator, ratio.denominator, axis=1).astype(np.float32)
        samples = _with_channels(samples[:, self.rate : 2 * self.rate], self.channels)
        self._second = (second, samples)
        return samples


def _with_channels(samples: FloatArray, channels: int) -> FloatArray:
    if samples.shape[0] == channels:
        return samples
    mono = samples.mean(axis=0, keepdims=True)
    return np.repeat(mono, channels, axis=0)
