"""Which references show a frame's mouth best, and how much each of them counts.

The weights are a continuous function of the wanted mouth: where the choice changes, what leaves and what enters counts
nothing, so that a face made of these references does not flicker.

Dimension letters: F frames, R references, C points of jaw and lips.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray


def nearest_references(wanted: FloatArray, known: FloatArray, count: int) -> tuple[NDArray[np.int64], FloatArray]:
    """The `count` references whose jaw and lips `(R, C, 2)` are nearest to those wanted, `(F, C, 2)`.

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
