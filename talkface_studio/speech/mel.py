"""Log-mel spectrograms: the one that Wav2Lip and IP_LAP are trained on, and the filters that Whisper shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray
from talkface_studio.speech.encoder import Encoder
from talkface_studio.speech.source import SAMPLE_RATE


def _slaney_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney's Auditory Toolbox scale: linear below 1 kHz, logarithmic above."""
    step = np.log(6.4) / 27
    return np.where(hertz < 1000, hertz * 3 / 200, 15 + np.log(np.maximum(hertz, 1000) / 1000) / step)


def _slaney_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    step = np.log(6.4) / 27
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (np.maximum(mel, 15) - 15)))


def slaney_filters(bins: int, n_fft: int, lowest: float, highest: float) -> FloatArray:
    """Triangular mel filters of equal area, as librosa.filters.mel with its defaults: `(bins, n_fft // 2 + 1)`."""
    limits = _slaney_mel(np.array([lowest, highest]))
    edges = _slaney_hertz(np.linspace(limits[0], limits[1], bins + 2))[:, None]
    frequencies = np.linspace(0, SAMPLE_RATE / 2, n_fft // 2 + 1)
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    return triangles.astype(np.float32)


def hann(size: int) -> FloatArray:
    """Periodic Hann window, `(size,)`."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)


def spectrum(samples: FloatArray, window: FloatArray, hop: int) -> FloatArray:
    """Magnitudes of the short-time Fourier transform without padding: `(frames, len(window) // 2 + 1)`."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, len(window))[::hop]
    return np.asarray(np.abs(np.fft.rfft(frames * window)), dtype=np.float32)


class LogMel(Encoder):
    """Kind "log_mel": 80 bins, 80 vectors a second, values in -4..4, -4 in silence. Vector i is centred at i / 80 s.

    Source: audio.py of Wav2Lip, which IP_LAP shares: pre-emphasis 0.97, FFT and Hann window 800, hop 200, magnitudes,
    Slaney filters from 55 to 7600 Hz, 20 dB reference, 100 dB range mapped to -4..4. Their zero padding at the ends of
    a file is what lies outside the track here.
    """

    kind = "log_mel"
    dim = 80
    hop = 200
    centre = 0
    chunk = 320
    # One sample more than half a window: pre-emphasis looks one sample back.
    before = 401
    after = 200

    def __init__(self) -> None:
        self._window = hann(800)
        self._filters = slaney_filters(80, 800, 55, 7600)

    def encode(self, samples: FloatArray) -> FloatArray:
        """See `Encoder.encode`."""
        emphasised = samples[1:] - np.float32(0.97) * samples[:-1]
        mel = spectrum(emphasised, self._window, self.hop) @ self._filters.T
        decibels = 20 * np.log10(np.maximum(mel, 1e-5)) - 20
        return np.asarray(np.clip(8 * (decibels + 100) / 100 - 4, -4, 4), dtype=np.float32)
