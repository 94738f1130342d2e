"""How well lips follow a voice: a stand-in for SyncNet's scores where its weights are missing.

SyncNet compares what is heard and what is seen at shifts of one against the other. So does this, with one number an
instant on each side: how far a listener expects the lips to be open (`talkface_trainer.listener` fits one to real
speech), and how far they are. The numbers are on another scale than LSE-C and LSE-D and are never called so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

REACH = 15
"""Largest shift in frames, as in SyncNet."""
SHORTEST = 20
"""Frames that must overlap at every shift that is looked at."""


@dataclass(frozen=True, slots=True)
class SyncScore:
    """How two curves fit; NaN where a clip is too short to shift, or where a curve does not move."""

    correlation: float
    """Pearson correlation as they are, -1..1."""
    confidence: float
    """Correlation at the best shift less the median over all shifts, 0..2: how much that shift stands out."""
    offset: float
    """The best shift in frames; positive where the lips are late."""


def sync_score(heard: ArrayLike, seen: ArrayLike) -> SyncScore:
    """Score the lip opening that a voice lets expect `(N,)` against the one that is seen `(N,)`, frame by frame.

    Shifts go to 15 frames either way, or as far as 20 frames still overlap.

    Raises:
        ValueError: the curves differ in length.
    """
    expected, opening = np.asarray(heard, np.float64), np.asarray(seen, np.float64)
    if expected.shape != opening.shape or expected.ndim != 1:
        raise ValueError(f"curves of shapes {expected.shape} and {opening.shape} are not two equal (N,)")
    reach = min(REACH, len(expected) - SHORTEST)
    nothing = SyncScore(float("nan"), float("nan"), float("nan"))
    if reach < 1:
        return nothing
    shifts = np.arange(-reach, reach + 1)
    fits = np.array([_shifted_correlation(expected, opening, int(shift)) for shift in shifts])
    if not np.isfinite(fits).all():
        return nothing
    return SyncScore(float(fits[reach]), float(fits.max() - np.median(fits)), float(shifts[fits.argmax()]))


def _shifted_correlation(expected: np.ndarray, opening: np.ndarray, late: int) -> float:
    count = len(expected) - abs(late)
    first, second = expected[max(-late, 0) :][:count], opening[max(late, 0) :][:count]
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
