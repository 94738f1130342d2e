"""Head motion out of a face mesh, and back in.

Canonical coordinates: a unit square, x to the right and y down, the outer eye corners at (0.3, 1/3) and (0.7, 1/3); z
in the same unit, negative towards the camera. This is the framing of the studio's default crop, divided by its side.

Dimension letters: N frames, P points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.landmarks import EYE_OUTER

Points = NDArray[np.float64]

EYE_CORNERS = np.array([[0.3, 1 / 3], [0.7, 1 / 3]])
"""Where the outer eye corners (points 36 and 45) lie."""

RIGID = np.array(
    [
        *(33, 133, 362, 263, 168, 6, 197, 195, 122, 351, 196, 419, 8, 9, 151),
        *(10, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356),
    ]
)
"""Mesh points that neither speech nor a blink moves: eye corners, nose bridge, forehead, temples."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """One similarity transform per frame: `scale * points @ rotation.T + shift`."""

    scale: Points
    """`(N,)`."""
    rotation: Points
    """`(N, D, D)`, D 2 or 3."""
    shift: Points
    """`(N, D)`."""

    def __call__(self, points: Points) -> Points:
        """`(N, P, D)` to the same shape."""
        turned = points @ self.rotation.transpose(0, 2, 1)
        return self.scale[:, None, None] * turned + self.shift[:, None]

    def inverse(self) -> Similarity:
        """The transforms that undo these."""
        scale, rotation = 1 / self.scale, self.rotation.transpose(0, 2, 1)
        return Similarity(scale, rotation, -scale[:, None] * (rotation @ self.shift[:, :, None])[:, :, 0])


def fit_similarity(source: Points, target: Points) -> Similarity:
    """Least-squares similarity from each `source` frame `(N, P, D)` to `target` `(P, D)` (Umeyama 1991)."""
    source_mean, target_mean = source.mean(axis=1), target.mean(axis=0)
    centred, wanted = source - source_mean[:, None], target - target_mean
    u, s, vt = np.linalg.svd(wanted.T @ centred)
    # A reflection would fit mirrored faces; the smallest direction is turned instead.
    sign = np.ones_like(s)
    sign[:, -1] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (s * sign).sum(axis=1) / np.maximum((centred**2).sum(axis=(1, 2)), 1e-12)
    shift = target_mean - scale[:, None] * (rotation @ source_mean[:, :, None])[:, :, 0]
    return Similarity(scale, rotation, shift)


def pin_eyes(mesh: Points) -> Points:
    """Turn, scale and shift a `(478, 3)` mesh in the picture plane so that its outer eye corners are canonical."""
    corners = mesh[list(EYE_OUTER), :2]
    move = fit_similarity(corners[None], EYE_CORNERS)
    flat = move(mesh[None, :, :2])[0]
    return np.concatenate([flat, mesh[:, 2:] * move.scale[0]], axis=1)


def rigid_shape(meshes: Points, target: Points | None = None) -> Points:
    """The person's own mesh without head motion, `(478, 3)`, canonical: the mean of the clip, aligned twice.

    First to `target` (another face; without one the clip's middle frame), then to the result: the pose is estimated
    best against the person's own shape.
    """
    target = pin_eyes(meshes[len(meshes) // 2]) if target is None else target
    for _ in range(2):
        target = pin_eyes(fit_similarity(meshes[:, RIGID], target[RIGID])(meshes).mean(axis=0))
    return target
