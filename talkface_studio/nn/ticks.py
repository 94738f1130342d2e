"""Values on the ticks of an absolute time axis, so that what is said of an instant does not depend on who asks.

Dimension letters: T instants.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray

TICK_RATE = 25.0
"""Ticks a second."""
REACH, SMOOTH = 13, 3
"""The mouth may move up to 13 ticks (0.52 s) beside speech, as lips open before the voice is heard and close after it;
the way to rest and back is smoothed over 3 ticks a side."""
SURELY_SILENT, SURELY_SPEECH = 0.05, 0.2
"""Probabilities of speech between which the mouth is let go. They are low: breath and soft consonants move lips too."""


class Ticks:
    """Values computed in chunks that always begin at the same ticks, and linear between ticks. Threads may share it.

    `compute(first, stop)` gives float32 `(stop - first, ...)` for the ticks `first..stop`, of which there are `chunk`.
    """

    def __init__(self, compute: Callable[[int, int], FloatArray], *, chunk: int, cached: int = 6) -> None:
        self._compute, self._chunk, self._cached = compute, chunk, cached
        self._chunks: OrderedDict[int, FloatArray] = OrderedDict()
        self._lock = Lock()

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Values `(T, ...)` at `times` (seconds)."""
        position = np.asarray(times) * TICK_RATE
        low = np.floor(position).astype(np.int64)
        first = int(low.min())
        ticks = self._between(first, int(low.max()) + 2)
        weight = (position - low).astype(np.float32).reshape(-1, *[1] * (ticks.ndim - 1))
        return ticks[low - first] * (1 - weight) + ticks[low - first + 1] * weight

    def _between(self, first: int, stop: int) -> FloatArray:
        numbers = range(first // self._chunk, -(-stop // self._chunk))
        with self._lock:
            chunks = [self._found(number) for number in numbers]
        begin = numbers[0] * self._chunk
        return np.concatenate(chunks)[first - begin : stop - begin]

    def _found(self, number: int) -> FloatArray:
        if number not in self._chunks:
            self._chunks[number] = self._compute(number * self._chunk, (number + 1) * self._chunk)
        self._chunks.move_to_end(number)
        while len(self._chunks) > self._cached:
            self._chunks.popitem(last=False)
        return self._chunks[number]


def voiced(speech: Speech, first: int, stop: int) -> FloatArray:
    """How much a mouth may move at the ticks `first..stop`, 0 in silence to 1, float32 `(stop - first,)`."""
    margin = REACH + SMOOTH
    times = np.arange(first - margin, stop + margin) / TICK_RATE
    probability = speech.activity(float(times[0]), float(times[-1])).at(times)[:, 0]
    level = np.clip((probability - SURELY_SILENT) / (SURELY_SPEECH - SURELY_SILENT), 0, 1)
    reached = np.lib.stride_tricks.sliding_window_view(level, 2 * REACH + 1).max(axis=1)
    window = np.hanning(2 * SMOOTH + 3)[1:-1]
    return np.convolve(reached, window / window.sum(), mode="valid").astype(np.float32)
