"""The outline of a sound at every zoom, from the peaks that the engine gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkface_studio.engine.protocol.questions import Peaks

_FACTOR = 4
"""By how much each level is coarser than the one before it."""
QUIETEST = 0.1
"""Sounds are drawn as high as their lane, but silence is not blown up to noise: peaks below this stay small."""


class Outline:
    """Least and greatest sample over time, in levels of detail.

    `rate` is values a second of the finest level; `duration` is in seconds.
    """

    def __init__(self, peaks: Peaks) -> None:
        low = np.frombuffer(peaks.low, np.int8)
        high = np.frombuffer(peaks.high, np.int8)
        self.rate = peaks.rate
        self.duration = peaks.duration
        loudest = max(-int(low.min(initial=0)), int(high.max(initial=0))) / 127
        self.gain = 0.95 / max(loudest, QUIETEST)
        """What to multiply with so that the loudest sample is nearly 1."""
        self._levels = [(low, high)]
        while len(low) > _FACTOR:
            low = np.minimum.reduceat(low, np.arange(0, len(low), _FACTOR))
            high = np.maximum.reduceat(high, np.arange(0, len(high), _FACTOR))
            self._levels.append((low, high))

    def columns(self, start: float, step: float, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What is between `start + i * step` and the next, for `count` columns: least and greatest, -1..1.

        Silence outside the sound. Between values that lie further apart than columns, straight lines.
        """
        if len(self._levels[0][0]) == 0:
            return np.zeros(count, np.float32), np.zeros(count, np.float32)
        if step * self.rate < 1:
            return self._between(start, step, count)
        level, size = 0, 1.0
        while level + 1 < len(self._levels) and step * self.rate >= size * _FACTOR:
            level, size = level + 1, size * _FACTOR
        low, high = self._levels[level]
        edges = np.floor((start + np.arange(count + 1) * step) * (self.rate / size)).astype(np.int64)
        first, last = np.clip(edges[[0, -1]], 0, len(low))
        inside = (edges[1:] > 0) & (edges[:-1] < len(low))
        # A value behind the last one, for columns that begin there: a column ends where the next one begins.
        starts = np.clip(edges[:-1], first, last) - first
        lowest, highest = (
            op.reduceat(np.append(values[first:last], np.int8(0)), starts)
            for op, values in ((np.minimum, low), (np.maximum, high))
        )
        return self._scaled(np.where(inside, lowest, 0), np.where(inside, highest, 0))

    def _between(self, start: float, step: float, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        low, high = self._levels[0]
        where = (start + (np.arange(count) + 0.5) * step) * self.rate - 0.5
        first = max(int(where[0]) - 1, 0)
        stop = max(int(where[-1]) + 3, first + 1)
        known = np.arange(first, min(stop, len(low)))
        if len(known) == 0:
            return np.zeros(count, np.float32), np.zeros(count, np.float32)
        lowest, highest = (np.interp(where, known, values[known], left=0, right=0) for values in (low, high))
        return self._scaled(lowest, highest)

    def _scaled(
        self, low: NDArray[np.generic], high: NDArray[np.generic]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        scale = np.float32(self.gain / 127)
        return low.astype(np.float32) * scale, high.astype(np.float32) * scale


def spoken(regions: Sequence[tuple[float, float]], times: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Whether somebody speaks at each of `times`; `regions` are starts and ends in seconds, in the order of time."""
    edges = np.asarray(regions, np.float64).reshape(-1)
    return np.asarray(np.searchsorted(edges, times, side="right") % 2, np.bool_)
