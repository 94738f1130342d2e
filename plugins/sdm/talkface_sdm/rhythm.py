"""What f_rhy hears: how loud and how high the voice is, 25 times a second.

Dimension letters: T instants, N samples of a window, R features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray

RATE = 16_000
WINDOW = 1024
"""Samples around an instant, 64 ms: at least four periods of the lowest voice."""
LOWEST, HIGHEST = 60.0, 400.0
"""Hz of a voice."""
VOICED = 0.45
"""Of the normalised autocorrelation at its peak."""
TYPICAL_PITCH = 130.0
"""Hz; log-pitch is relative to it, and 0 where nothing is voiced."""
STEP = 0.04
"""Seconds between the instants whose difference is a change."""


def window_span(first: float, last: float) -> tuple[float, float]:
    """The samples, as seconds, that `rhythm_features` needs for instants from `first` to `last`."""
    margin = STEP + WINDOW / RATE
    return first - margin, last + margin


def rhythm_features(samples: FloatArray, start: float, times: NDArray[np.float64]) -> FloatArray:
    """Log-energy, log-pitch, voicing, and their changes over 40 ms, at `times`: float32 `(T, 6)`.

    `samples` is 16 kHz mono, float32 `(n,)`, its first one at `start` seconds; see `window_span`. An instant's features
    depend on the sound around it alone.
    """
    now, before = (_levels(samples, start, times - shift) for shift in (0.0, STEP))
    return np.concatenate([now, now - before], axis=1)


def _levels(samples: FloatArray, start: float, times: NDArray[np.float64]) -> FloatArray:
    first = np.round((times - start) * RATE).astype(np.int64) - WINDOW // 2
    windows = samples[np.clip(first[:, None] + np.arange(WINDOW), 0, len(samples) - 1)].astype(np.float64)
    energy = np.log(np.maximum((windows**2).mean(axis=1), 1e-8))
    windows = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(WINDOW)
    spectrum = np.fft.rfft(windows, 2 * WINDOW)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, :WINDOW]
    taper = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(WINDOW), 2 * WINDOW)) ** 2)[:WINDOW]
    correlation = correlation / np.maximum(correlation[:, :1], 1e-9) / (taper / taper[0] + 1e-3)
    low, high = int(RATE / HIGHEST), int(RATE / LOWEST)
    lag = low + correlation[:, low:high].argmax(axis=1)
    strength = np.clip(correlation[np.arange(len(lag)), lag], 0, 1)
    voiced = (strength > VOICED) & (energy > np.log(1e-6))
    pitch = np.where(voiced, np.log(RATE / lag / TYPICAL_PITCH), 0.0)
    return np.stack([energy, pitch, np.where(energy > np.log(1e-6), strength, 0.0)], axis=1).astype(np.float32)
