"""Which references show a frame's face best, and how much each of them counts.

The weights are a continuous function of the wanted face: where the choice changes, what leaves and what enters counts
nothing, so that a face made of these references does not flicker. A single frame's own mouth does not decide: it would
be made from references that neither of its neighbours is made from, and lips and teeth would flash up.

Dimension letters: F frames, R references, C points of jaw and lips, P points of the pose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray

POSE_WEIGHT = 0.9
"""Of the pose beside jaw and lips: a mouth like the one wanted, on a head that is turned elsewhere, looks otherwise."""
FEW = 16
"""References up to which a frame is made from two of them. Of more, the nearest are so alike that the second would
hardly count, and with it goes what the mean of two takes away: the noise of each."""

NEARBY = np.array([0.25, 0.5, 0.25], np.float32)
"""Weights of the mouths of the frame before, of the frame, and of the next one."""


def shown_of(references: int) -> int:
    """How many of so many references a frame is made from."""
    return 2 if references <= FEW else 3


def mouths_about(nearby: FloatArray) -> FloatArray:
    """By which mouths references are chosen for frames, float32 `(F, C, 2)`.

    `nearby` `(F, 3, C, 2)` are jaw and lips of each frame between those of the one before and of the next.
    """
    mean: FloatArray = np.tensordot(NEARBY, nearby, axes=(0, 1))
    return mean


def likeness(content: FloatArray, pose: FloatArray) -> FloatArray:
    """What faces are compared by, `(n, C + P, 2)`, of jaw and lips `(n, C, 2)`, held still where the model does that.

    `pose` `(n, P, 2)` is as the crop shows it; both are in 0..1 of the crop.
    """
    return np.concatenate([content, np.float32(POSE_WEIGHT) * pose], axis=1)


def nearest_references(wanted: FloatArray, known: FloatArray, count: int) -> tuple[NDArray[np.int64], FloatArray]:
    """The `count` references whose `likeness` `(R, C + P, 2)` is nearest to that wanted, `(F, C + P, 2)`.

    Gives their indices `(F, count)`, nearest first, and their weights, float32 `(F, count)`: 1 for the nearest, falling
    to 0 for one as far as the first that is left out. With fewer references some are repeated, with a weight of 0.
    """
    distance = np.linalg.norm((wanted[:, None] - known[None]).reshape(len(wanted), len(known), -1), axis=2)
    order = np.argsort(distance, axis=1, kind="stable")
    sorted_distance = np.take_along_axis(distance, order, axis=1)
    if len(known) > count:
        limit = sorted_distance[:, count : count + 1]
    else:
        # Nothing is left out: the farthest counts half as much as the nearest.
        limit = 2 * sorted_distance[:, -1:] - sorted_distance[:, :1]
    reach = np.maximum(limit - sorted_distance[:, :1], 1e-6)
    weights = np.clip((limit - sorted_distance) / reach, 0, 1)[:, :count]
    weights[:, 0] = 1
    chosen = order[:, :count]
    if len(known) < count:
        missing = ((0, 0), (0, count - len(known)))
        chosen, weights = np.pad(chosen, missing), np.pad(weights, missing)
    return chosen, weights.astype(np.float32)
