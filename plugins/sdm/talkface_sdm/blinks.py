"""When the eyes blink: a seeded process whose state at an instant needs no history.

Dimension letters: T instants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray

CLOSING, SHUT, OPENING = 0.08, 0.035, 0.17
"""Seconds of a blink's parts (Evinger et al. 1991: lids come down about twice as fast as they go up)."""
SPREAD = 0.38
"""How far a blink may lie from the middle of its part of time, as a share of the part."""
DOUBLE, MISSING = 0.1, 0.08
"""How often a second blink follows at once, and how often one is left out."""


class Blinks:
    """How far the lids are closed at any instant; time is divided into parts with about one blink each."""

    def __init__(self, rate: float, seed: int) -> None:
        self._length = 60 / rate if rate > 0 else np.inf
        self._seed = seed

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Closure 0..1 at `times` (seconds), `(T,)`."""
        if not np.isfinite(self._length):
            return np.zeros(len(times), np.float32)
        return np.array([self._closure(float(time)) for time in times], np.float32)

    def _closure(self, time: float) -> float:
        part = int(np.floor(time / self._length))
        starts = [start for number in (part - 1, part, part + 1) for start in self._starts(number)]
        return max((_shape(time - start) for start in starts), default=0.0)

    def _starts(self, part: int) -> list[float]:
        rng = np.random.default_rng((self._seed, 3, part & 0xFFFFFFFF))
        place, chance = rng.uniform(-SPREAD, SPREAD), rng.random()
        if chance < MISSING:
            return []
        start = (part + 0.5 + place) * self._length
        return [start, start + 0.36] if chance > 1 - DOUBLE else [start]


def _shape(since: float) -> float:
    if since < 0 or since > CLOSING + SHUT + OPENING:
        return 0.0
    if since < CLOSING:
        share = since / CLOSING
    elif since < CLOSING + SHUT:
        share = 1.0
    else:
        share = 1 - (since - CLOSING - SHUT) / OPENING
    return share * share * (3 - 2 * share)
