"""Any sound to 16 kHz mono, in fixed chunks, so that a sample never depends on the window asked for."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from talkface_studio.api.values import FloatArray, Matrix
from talkface_studio.speech.cache import ChunkCache
from talkface_studio.speech.source import SAMPLE_RATE, AudioSource

CHUNK_SECONDS = 4
"""Whole seconds, so that every chunk starts on a sample at any source rate."""
ZERO_CROSSINGS = 32
LOW_FREQUENCY_CHANNEL = 3
"""The LFE of 5.1 and 7.1 in FFmpeg's channel order; it carries no voice."""


def mono(samples: FloatArray) -> FloatArray:
    """Mean over the channels of `(channels, n)`, without the LFE of 6 or 8 channels; NaN and infinity become 0."""
    if samples.shape[0] in {6, 8}:
        samples = np.delete(samples, LOW_FREQUENCY_CHANNEL, axis=0)
    mixed = samples[0] if samples.shape[0] == 1 else samples.mean(axis=0, dtype=np.float32)
    return np.nan_to_num(np.asarray(mixed, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)


def lowpass(up: int, down: int) -> Matrix:
    """Kaiser-windowed sinc: linear phase, 80 dB down at the lower of both Nyquist frequencies, flat to 0.84 of it."""
    longest = max(up, down)
    if longest == 1:
        return np.ones(1)
    count, cutoff = 2 * ZERO_CROSSINGS * longest + 1, 0.92 / longest
    sinc = np.sinc(cutoff * (np.arange(count) - count // 2)) * np.kaiser(count, 8.6)
    taps: Matrix = sinc / sinc.sum()
    return taps


def resampled(samples: FloatArray, up: int, down: int, taps: Matrix) -> FloatArray:
    """`scipy.signal.resample_poly` of float32 `(n,)`, whose import takes longer than all the rest of what hears.

    `taps` is an odd number of them. Each of the `up` phases of the output is made by every `up`-th tap. Source:
    Crochiere and Rabiner, Multirate Digital Signal Processing, 1983.
    """
    longest = -(-len(taps) // up)
    padded = np.pad(samples, (longest, longest + down))
    scaled = (taps * up).astype(np.float32)
    count = -(-len(samples) * up // down)
    steps = -(-count // up)
    out = np.empty((steps, up), np.float32)
    for phase in range(up):
        newest, first = divmod(phase * down + len(taps) // 2, up)
        kernel = np.ascontiguousarray(scaled[first::up][::-1])
        windows = sliding_window_view(padded, len(kernel))[longest + newest + 1 - len(kernel) :: down][:steps]
        out[: len(windows), phase] = np.einsum("nk,k->n", windows, kernel)
    return out.ravel()[:count]


class MonoSpeech:
    """The source as 16 kHz mono float32, addressed by sample number on the track's axis.

    `offset` is the time in seconds on the track's axis at which the source starts, rounded to a source sample. Samples
    outside the source are 0. Not thread-safe; `SpeechTrack` guards it.
    """

    def __init__(self, source: AudioSource, offset: float = 0.0, cached_chunks: int = 8) -> None:
        self._source = source
        self._shift = round(offset * source.rate)
        self.duration = max(0.0, source.duration + self._shift / source.rate)
        common = gcd(source.rate, SAMPLE_RATE)
        self._up, self._down = SAMPLE_RATE // common, source.rate // common
        self._taps = lowpass(self._up, self._down)
        # Context in steps of `down` source samples, which are exactly `up` samples of the output.
        self._steps = ceil(len(self._taps) // 2 / (self._up * self._down))
        self._chunks: ChunkCache[int, FloatArray] = ChunkCache(cached_chunks)

    def samples(self, first: int, count: int) -> FloatArray:
        """`count` samples from number `first` (may be negative): float32 `(count,)`, a new array."""
        out = np.zeros(count, dtype=np.float32)
        size = CHUNK_SECONDS * SAMPLE_RATE
        for number in range(first // size, -(-(first + count) // size)):
            if not self._touches(number):
                continue
            chunk = self._chunks.get(number, lambda number=number: self._resampled(number))  # type: ignore[misc]
            begin = number * size
            low, high = max(first, begin), min(first + count, begin + size)
            out[low - first : high - first] = chunk[low - begin : high - begin]
        return out

    def clear(self) -> None:
        """Forget the cached chunks."""
        self._chunks.clear()

    def _touches(self, number: int) -> bool:
        # One second more than the filter could ever smear, so that no fringe is cut off.
        begin = number * CHUNK_SECONDS - self._shift / self._source.rate
        return begin + CHUNK_SECONDS > -1.0 and begin < self._source.duration + 1.0

    def _resampled(self, number: int) -> FloatArray:
        rate, context = self._source.rate, self._steps * self._down
        first = number * CHUNK_SECONDS * rate - self._shift - context
        count = CHUNK_SECONDS * rate + 2 * context
        samples = mono(self._source.read(first / rate, (first + count) / rate).samples)
        if self._up == self._down:
            return samples
        margin = self._steps * self._up
        return resampled(samples, self._up, self._down, self._taps)[margin : margin + CHUNK_SECONDS * SAMPLE_RATE]
