"""What the landmark generator is shown besides speech.

Dimension letters: T frames of a window, R references, P points of the model, the 74 of the pose first.
"""

from __future__ import annotations

import numpy as np

from talkface_ltfg_gan.config import LandmarkConfig
from talkface_studio.api.values import FloatArray


def shown_pose(window: FloatArray, references: FloatArray, config: LandmarkConfig) -> FloatArray:
    """The pose of each frame `(T, 74, 2)`, of points `(T, P, 2)` and `(R, P, 2)`.

    A head that is held still has the pose of its references in every frame: what brows and eyes do in the video has
    nothing to do with the new speech.
    """
    count = config.pose_points
    if not config.steady_head:
        return window[:, :count]
    return np.repeat(references[:, :count].mean(axis=0, dtype=np.float32)[None], len(window), axis=0)
