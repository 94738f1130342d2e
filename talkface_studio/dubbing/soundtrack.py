"""The sound of the output: the speech, and the source's own sound, sample by sample, outside the range."""

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
    source video. Rate and channels are the source's where it is heard, so that its samples are copied and the speech
    is converted; else they are the speech's, and nothing is.
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
        like = speech if source is None else source
        self.rate = like.rate
        self.channels = like.channels
        self._first = round(start * self.rate)
        self._last = math.inf if math.isinf(end) else round(end * self.rate)
        self._offset = round((start + offset) * self.rate)
        self._speech = Converted(speech, self.rate, self.channels)
        self._source = source

    def read(self, first: int, last: int) -> AudioClip:
        """Samples `first..last` of the output, counted from its time 0."""
        rate = self.rate
        samples = np.zeros((self.channels, last - first), np.float32)
        begin, end = max(first, self._first), int(min(last, self._last))
        if begin < end:
            samples[:, begin - first : end - first] = self._speech.read(begin - self._offset, end - self._offset)
        if self._source is not None:
            for low, high in ((first, min(last, self._first)), (int(max(first, min(self._last, last))), last)):
                if low < high:
                    samples[:, low - first : high - first] = self._source.read(low / rate, high / rate).samples
        return AudioClip(samples, rate, first / rate)


class Converted:
    """A sound at another rate and with other channels, by number of sample; copied where both are its own."""

    def __init__(self, sound: SoundSource, rate: int, channels: int) -> None:
        self._sound, self._rate, self._channels = sound, rate, channels
        self._second: tuple[int, FloatArray] | None = None

    def read(self, first: int, last: int) -> FloatArray:
        """Samples `first..last`, silence outside the sound."""
        if self._sound.rate == self._rate:
            return _with_channels(self._sound.read(first / self._rate, last / self._rate).samples, self._channels)
        # Whole seconds begin on a sample at every integer rate, so resampling by the second is seamless.
        seconds = range(first // self._rate, -(-last // self._rate))
        joined = np.concatenate([self._of_second(second) for second in seconds], axis=1)
        begin = first - seconds.start * self._rate
        return joined[:, begin : begin + last - first]

    def _of_second(self, second: int) -> FloatArray:
        if self._second is not None and self._second[0] == second:
            return self._second[1]
        from scipy.signal import resample_poly

        ratio = Fraction(self._rate, self._sound.rate)
        clip = self._sound.read(second - 1.0, second + 2.0)
        samples = resample_poly(clip.samples, ratio.numerator, ratio.denominator, axis=1).astype(np.float32)
        samples = _with_channels(samples[:, self._rate : 2 * self._rate], self._channels)
        self._second = (second, samples)
        return samples


def _with_channels(samples: FloatArray, channels: int) -> FloatArray:
    if samples.shape[0] == channels:
        return samples
    mono = samples.mean(axis=0, keepdims=True)
    return np.repeat(mono, channels, axis=0)
