"""How head and eyes are held, which the voice does not say: a little sway, and blinks, both of the seed alone.

Every number is a deviation from a speaker's mean, in standard deviations: turned, bowed, lids, brows, and where the
background lies.
Dimension letters: T instants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray

WAVES = 5
"""Sines that make up the sway of each number."""
PERIODS = (2.5, 9.0)
"""Seconds of the fastest and of the slowest."""
SWAY = (0.7, 0.5, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0)
"""Of each number; the background stays where it is."""
CLOSED = -3.0
"""Lids of a closed eye."""
BLINK = 0.3
"""Seconds that a blink takes."""
LIDS = 2


class Manner:
    """Sway and blinks at any instant."""

    def __init__(self, seed: int, *, sway: float, blinks: float) -> None:
        """`sway` is a factor on how much the head moves; `blinks` are a minute's."""
        rng = np.random.default_rng((seed, 11))
        periods = rng.uniform(*PERIODS, (len(SWAY), WAVES))
        self._speed = 2 * np.pi / periods
        self._phase = rng.uniform(0, 2 * np.pi, (len(SWAY), WAVES))
        self._size = sway * np.array(SWAY)[:, None] * np.sqrt(2 / WAVES) * np.ones((1, WAVES))
        self._seed, self._blinks = seed, blinks

    def at(self, times: NDArray[np.float64], size: int) -> FloatArray:
        """float32 `(T, size)` at instants in seconds; `size` is at most 8."""
        angles = np.asarray(times)[:, None, None] * self._speed + self._phase
        manner = (np.sin(angles) * self._size).sum(axis=2)
        manner[:, LIDS] += CLOSED * np.array([self._closure(float(time)) for time in times])
        return np.asarray(manner[:, :size], np.float32)

    def _closure(self, time: float) -> float:
        """How far the eyes are closed, 0 to 1: each stretch of time has one blink at a place that its number says."""
        if self._blinks <= 0:
            return 0.0
        length = 60 / self._blinks
        number = int(np.floor(time / length))
        nearest = min(abs(time - self._blink(n, length)) for n in (number - 1, number, number + 1))
        return max(0.0, 1 - nearest / (BLINK / 2))

    def _blink(self, number: int, length: float) -> float:
        # A seed must not be negative.
        rng = np.random.default_rng((self._seed, 12, abs(number), int(number < 0)))
        return (number + float(rng.uniform(0.15, 0.85))) * length
