"""The model's points as if the head did not move: an option that the paper does not have.

Where a network sees points as the camera does, it must learn for every pose anew how a mouth opens. Here the mesh of
every frame is turned back onto the person's own mean mesh, and what the network says is turned to the frame's pose.

Dimension letters: N frames, C points of jaw and lips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from talkface_ltfg_gan.sketch import POINTS
from talkface_studio.api.landmarks import POSE74
from talkface_studio.api.values import CropLayout, FloatArray
from talkface_studio.nn.head import EYE_CORNERS, RIGID, Points, Similarity, fit_similarity, rigid_shape

POSE = len(POSE74)
"""How many of the model's points are pose; they come first."""


@dataclass(frozen=True, slots=True)
class SteadyHead:
    """One person's head, held still."""

    shape: Points
    """`(478, 3)`: the mean mesh, eyes where the crop's layout has them, in 0..1 of the crop."""

    @classmethod
    def fit(cls, meshes: FloatArray, layout: CropLayout | None = None) -> Self:
        """From some meshes of the person, `(N, 478, 3)`, for crops of a layout (by default the studio's)."""
        layout = layout or CropLayout()
        shape = rigid_shape(meshes.astype(np.float64))
        scale = layout.eye_distance / (EYE_CORNERS[1, 0] - EYE_CORNERS[0, 0])
        place = np.array([0.5, layout.eye_height, 0]) - scale * np.array([*EYE_CORNERS.mean(axis=0), 0])
        return cls(scale * shape + place)

    def points(self, meshes: FloatArray) -> FloatArray:
        """The model's points of meshes `(N, 478, 3)`, held still: float32 `(N, 131, 3)` in 0..1 of the crop."""
        frames = meshes.astype(np.float64)
        return self._moves(frames)(frames[:, POINTS]).astype(np.float32)

    def placed(self, content: FloatArray, meshes: FloatArray) -> FloatArray:
        """Jaw and lips held still, `(N, C, 3)`, where the heads of meshes `(N, 478, 3)` have them: `(N, C, 2)`."""
        back = self._moves(meshes.astype(np.float64)).inverse()
        return back(content.astype(np.float64))[:, :, :2].astype(np.float32)

    def turns(self, meshes: FloatArray) -> NDArray[np.float64]:
        """By how many degrees the heads of meshes `(N, 478, 3)` look elsewhere than this one: `(N,)`."""
        ahead = self._moves(meshes.astype(np.float64)).rotation[:, 2, 2]
        return np.degrees(np.arccos(np.clip(ahead, -1.0, 1.0)))

    def _moves(self, frames: Points) -> Similarity:
        return fit_similarity(frames[:, RIGID], self.shape[RIGID])
