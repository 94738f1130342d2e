"""How heads move: figures of poses 25 times a second, and of their agreement with the voice.

Dimension letters: T frames, S seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from talkface_sdm.config import POSE
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.ticks import TICK_RATE

OUTER = (5, 95)
"""Percentiles between which figures of real clips are taken to be ordinary."""
TURNS = ("pitch", "yaw", "roll")
BEAT_WIDTH = 0.12
"""Seconds by which a peak of motion may miss a beat of the voice before it counts e^-0.5 (Li et al. 2021 use 3 frames
of 25)."""


def head_figures(motion: FloatArray) -> dict[str, float]:
    """Of motion `(T, 142)`: mean speed and acceleration of the head's turning, and the range of each angle, in degrees.

    `shift_speed` is in eye distances a second.
    """
    degrees = np.degrees(motion[:, :3].astype(np.float64))
    speed = np.linalg.norm(np.diff(degrees, axis=0), axis=1) * TICK_RATE
    acceleration = np.linalg.norm(np.diff(degrees, n=2, axis=0), axis=1) * TICK_RATE**2
    shift = np.linalg.norm(np.diff(motion[:, 3:5], axis=0), axis=1) * TICK_RATE
    ranges = np.ptp(degrees, axis=0)
    return {
        "turn_speed": float(speed.mean()),
        "turn_acceleration": float(acceleration.mean()),
        "shift_speed": float(shift.mean()),
        **{f"{name}_range": float(value) for name, value in zip(TURNS, ranges, strict=True)},
    }


def spread_of(figures: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """Between which values nine of ten clips' figures lie: their 5th and 95th percentiles, by name."""
    return {name: tuple(np.percentile([each[name] for each in figures], OUTER).tolist()) for name in figures[0]}


def share_within(figures: Mapping[str, float], spread: Mapping[str, tuple[float, float]]) -> float:
    """Share of a take's figures that lie within the spread of real clips."""
    return float(np.mean([low <= figures[name] <= high for name, (low, high) in spread.items()]))


def variance_across(takes: Sequence[FloatArray]) -> float:
    """Standard deviation over seeds of the head's angles at one instant, mean over instants and angles, degrees.

    `takes` are motion `(T, 142)` of the same speech.
    """
    angles = np.degrees(np.stack([take[:, : POSE // 2] for take in takes]))
    return float(angles.std(axis=0).mean())


def beat_alignment(motion: FloatArray, energy: NDArray[np.floating]) -> float:
    """How near the peaks of the head's speed are to the rises of the voice, 0..1.

    Mean over peaks of exp(-d^2 / 2 w^2), d the time to the nearest rise of `energy` `(T,)` (Beat Align of Li et al., AI
    Choreographer, 2021, with speech energy for music). NaN where either has none.
    """
    speed = np.linalg.norm(np.diff(motion[:, :3], axis=0), axis=1)
    peaks, beats = _peaks(speed), _peaks(np.maximum(np.diff(energy), 0))
    if not len(peaks) or not len(beats):
        return float("nan")
    apart = np.abs(peaks[:, None] - beats).min(axis=1) / TICK_RATE
    return float(np.exp(-((apart / BEAT_WIDTH) ** 2) / 2).mean())


def _peaks(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Places of local maxima above the mean."""
    middle = values[1:-1]
    found: NDArray[np.int64] = 1 + np.flatnonzero(
        (middle > values[:-2]) & (middle >= values[2:]) & (middle > values.mean())
    )
    return found
