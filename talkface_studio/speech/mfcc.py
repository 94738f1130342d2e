"""Mel-frequency cepstral coefficients with the defaults of the python_speech_features library."""

from __future__ import annotations

import numpy as np

from talkface_studio.api.values import FloatArray, Matrix
from talkface_studio.speech.encoder import Encoder
from talkface_studio.speech.source import SAMPLE_RATE

WINDOW, HOP, N_FFT = 400, 160, 512
FILTERS, COEFFICIENTS, LIFTER = 26, 13, 22


def htk_filters() -> Matrix:
    """Triangles on whole FFT bins, equal peaks, HTK's mel scale from 0 to 8 kHz: `(26, 257)`."""
    mels = np.linspace(0, 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700), FILTERS + 2)
    edges = np.floor((N_FFT + 1) * 700 * (10 ** (mels / 2595) - 1) / SAMPLE_RATE)[:, None]
    bins = np.arange(N_FFT // 2 + 1)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    # Each side includes its left edge only, as the library's integer ranges do.
    filters: Matrix = np.where(
        (bins >= edges[:-2]) & (bins < edges[1:-1]),
        rising,
        np.where((bins >= edges[1:-1]) & (bins < edges[2:]), falling, 0.0),
    )
    return filters


class Mfcc(Encoder):
    """Kind "mfcc": 13 coefficients, 100 vectors a second. Vector i covers the 25 ms from i / 100 s on.

    Pre-emphasis 0.97, rectangular window of 400 samples, FFT 512, 26 filters, log, orthonormal DCT-II, lifter 22; c0 is
    the logarithm of the frame's energy. Samples are in -1..1: for the library's usual 16-bit integers, c0 is larger by
    2 ln 32768 = 20.79 and the other coefficients are the same. Digital silence gives c0 = ln(eps) = -36.04, others 0.
    Source: python_speech_features 0.6, base.mfcc.
    """

    kind = "mfcc"
    dim = COEFFICIENTS
    hop = HOP
    centre = WINDOW // 2
    chunk = 400
    # Pre-emphasis looks one sample back.
    before = 1
    after = WINDOW - HOP

    def __init__(self) -> None:
        self._filters = htk_filters()
        self._lift = 1 + LIFTER / 2 * np.sin(np.pi * np.arange(COEFFICIENTS) / LIFTER)

    def encode(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.encode`."""
        # Importing it takes longer than all else that hears, and few models hear this.
        from scipy.fft import dct

        wide = samples.astype(np.float64)
        emphasised = wide[1:] - 0.97 * wide[:-1]
        frames = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP]
        power = np.abs(np.fft.rfft(frames, N_FFT)) ** 2 / N_FFT
        smallest = np.finfo(np.float64).eps
        energy = power.sum(axis=1)
        energy[energy == 0] = smallest
        mel = power @ self._filters.T
        mel[mel == 0] = smallest
        cepstrum = dct(np.log(mel), type=2, axis=1, norm="ortho")[:, :COEFFICIENTS] * self._lift
        cepstrum[:, 0] = np.log(energy)
        return np.asarray(cepstrum, dtype=np.float32)
