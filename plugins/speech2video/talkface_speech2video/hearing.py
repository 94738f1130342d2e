"""Where somebody speaks, by loudness alone, so that training and a take agree about it.

Dimension letters: N samples, T steps of 10 ms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_speech2video.config import STRIDE
from talkface_studio.api.values import FloatArray

LOUD = 0.12
"""A step speaks where it is louder than this share of the loudest steps."""
FAINT = 2e-4
"""Loudness (root mean square) below which there is nothing to hear."""


def voiced_steps(samples: FloatArray) -> NDArray[np.float32]:
    """1 where a step of samples `(N,)` in -1..1 is loud and 0 elsewhere, float32 `(T,)`."""
    count = len(samples) // STRIDE
    loudness = np.sqrt(np.square(samples[: count * STRIDE].reshape(count, STRIDE), dtype=np.float64).mean(axis=1))
    level = max(float(np.quantile(loudness, 0.95)) if count else 0.0, FAINT)
    return np.asarray((loudness > LOUD * level) & (level > FAINT), np.float32)
