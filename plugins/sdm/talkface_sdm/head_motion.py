"""Motion out of a person's meshes, and back onto a photo's mesh.

A frame's motion has two parts. The pose, 6 numbers, says how the head lies relative to where it is at home: a rotation
vector in radians (x to the right, y down, z away from the camera), a shift right and down in distances of the outer
eye corners, and the logarithm of its size. The points, 68 times x and y in the same unit, are the landmarks of the
head held still, relative to the person's face with closed lips.

Dimension letters: N frames, P points, D numbers of a frame's motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.spatial.transform import Rotation

from talkface_sdm.config import POINTS, POSE, MotionConfig
from talkface_studio.api.landmarks import IBUG68, lip_opening
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.head import EYE_CORNERS, RIGID, Points, fit_similarity, rigid_shape

EYES = EYE_CORNERS[1, 0] - EYE_CORNERS[0, 0]
"""Distance of the outer eye corners in canonical coordinates."""
CLOSED_SHARE = 0.15
"""Share of a clip's frames, those with the lips closest together, whose mean is the face at rest."""
MEETING = 0.4
"""Where parted lips meet when they close, as a part of the gap from the upper one down."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person's head is when its pose is zero, and the face with closed lips."""

    shape: Points
    """`(478, 3)`, canonical."""
    rotation: Points
    """From canonical to the picture's axes, `(3, 3)`."""
    centre: Points
    """Middle of the rigid points, `(3,)` px."""
    unit: float
    """Distance of the outer eye corners, as if seen from the front, px."""
    rest: Points
    """The 68 landmarks with closed lips, head held still, `(68, 2)` in `unit`."""

    @classmethod
    def of_clip(cls, meshes: FloatArray) -> Self:
        """From all frames of a clip, `(N, 478, 3)` px of the picture."""
        frames = meshes.astype(np.float64)
        shape = rigid_shape(frames)
        back = fit_similarity(frames[:, RIGID], shape[RIGID]).inverse()
        rotation = Rotation.from_matrix(back.rotation).mean().as_matrix()
        openings = np.array([lip_opening(mesh) for mesh in meshes])
        closed = np.argsort(openings, kind="stable")[: max(1, round(CLOSED_SHARE * len(meshes)))]
        steady = _steady(frames[closed], shape)[:, IBUG68, :2] / EYES
        centre = frames[:, RIGID].mean(axis=(0, 1))
        return cls(shape, rotation, centre, float(np.median(back.scale) * EYES), steady.mean(axis=0))

    @classmethod
    def of_photo(cls, mesh: FloatArray) -> Self:
        """From one picture's mesh, `(478, 3)` px; parted lips are closed."""
        one = Home.of_clip(mesh[None])
        return cls(one.shape, one.rotation, one.centre, one.unit, closed_lips(one.rest))

    @property
    def shown(self) -> Points:
        """The photo's own 68 landmarks relative to `rest`, `(68, 2)` in `unit`."""
        points: Points = self.shape[IBUG68, :2] / EYES - self.rest
        return points

    def motion(self, meshes: FloatArray) -> FloatArray:
        """Motion of frames `(N, 478, 3)` px: float32 `(N, 142)`."""
        frames = meshes.astype(np.float64)
        back = fit_similarity(frames[:, RIGID], self.shape[RIGID]).inverse()
        turns = Rotation.from_matrix(back.rotation @ self.rotation.T).as_rotvec()
        shifts = (frames[:, RIGID].mean(axis=1) - self.centre)[:, :2] / self.unit
        sizes = np.log(back.scale * EYES / self.unit)[:, None]
        points = _steady(frames, self.shape)[:, IBUG68, :2] / EYES - self.rest
        return np.concatenate([turns, shifts, sizes, points.reshape(len(frames), -1)], axis=1).astype(np.float32)


_BEHIND = ((49, 61), (50, 61), (51, 62), (52, 63), (53, 63), (55, 65), (56, 65), (57, 66), (58, 67), (59, 67))
"""Points of the outer lips, and those of the inner lips that they follow."""


def closed_lips(points: Points) -> Points:
    """Landmarks `(68, 2)` with the inner lips brought together; the outer ones go with them."""
    closed = points.copy()
    for upper, lower in ((61, 67), (62, 66), (63, 65)):
        gap = max(points[lower, 1] - points[upper, 1], 0.0)
        closed[upper, 1] += MEETING * gap
        closed[lower, 1] -= (1 - MEETING) * gap
    for outer, inner in _BEHIND:
        reach = 0.5 if outer in {49, 53, 55, 59} else 0.8
        closed[outer, 1] += reach * (closed[inner, 1] - points[inner, 1])
    return closed


def poses(motion: FloatArray) -> FloatArray:
    """The poses in motion `(..., 142)`: `(..., 6)`."""
    return motion[..., :POSE]


def points(motion: FloatArray) -> FloatArray:
    """The points in motion `(..., 142)`: `(..., 68, 2)`."""
    return motion[..., POSE:].reshape(*motion.shape[:-1], POINTS, 2)


def encoded(motion: FloatArray, home: Home, config: MotionConfig) -> FloatArray:
    """Motion `(N, 142)` as the networks have it, `(N, D)`: as it is, or as 68 landmarks that move with the head."""
    if config.space == "head":
        return motion
    depth = (home.shape[IBUG68, 2] - home.shape[RIGID, 2].mean()) / EYES
    flat = points(motion).astype(np.float64) + home.rest
    middle = home.shape[RIGID, :2].mean(axis=0) / EYES
    still = np.concatenate([flat - middle, np.broadcast_to(depth[None, :, None], (len(motion), POINTS, 1))], axis=2)
    pose = poses(motion).astype(np.float64)
    turned = still @ (Rotation.from_rotvec(pose[:, :3]).as_matrix() @ home.rotation).transpose(0, 2, 1)
    placed = np.exp(pose[:, 5])[:, None, None] * turned[..., :2] + pose[:, None, 3:5]
    values: FloatArray = (placed - _still_landmarks(home)).reshape(len(motion), -1).astype(np.float32)
    return values


def decoded(values: FloatArray, home: Home, config: MotionConfig) -> FloatArray:
    """The inverse of `encoded`: `(N, D)` to motion `(N, 142)`.

    Of landmarks that move with the head, the pose is that which brings the photo's own nose and eye corners, with
    their depth, nearest to them (scaled orthography); what is left are the points.
    """
    if config.space == "head":
        return values
    landmarks = values.reshape(len(values), POINTS, 2).astype(np.float64) + _still_landmarks(home)
    rigid = np.array([27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45])
    middle = np.append(home.shape[RIGID, :2].mean(axis=0), home.shape[RIGID, 2].mean()) / EYES
    model = (home.shape[IBUG68] / EYES - middle)[rigid]
    known = np.column_stack([model, np.ones(len(rigid))])
    fitted = np.linalg.lstsq(known, landmarks[:, rigid].transpose(1, 0, 2).reshape(len(rigid), -1), rcond=None)[0]
    fitted = fitted.T.reshape(len(values), 2, 4)
    u, s, vt = np.linalg.svd(fitted[..., :3], full_matrices=False)
    rows, scale = u @ vt, s.mean(axis=1)
    turns = np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1)
    shift = fitted[..., 3]
    flat = (landmarks - shift[:, None]) / scale[:, None, None]
    depth = ((home.shape[IBUG68, 2]) / EYES - middle[2])[None]
    # Depth is the photo's: it tells what of a place in the picture is rotation.
    flat = flat - depth[..., None] * turns[:, None, :2, 2]
    still = np.linalg.solve(turns[:, None, :2, :2], flat[..., None])[..., 0]
    pose = np.concatenate(
        [Rotation.from_matrix(turns @ home.rotation.T).as_rotvec(), shift, np.log(scale)[:, None]], axis=1
    )
    moved = still + middle[:2] - home.rest
    return np.concatenate([pose, moved.reshape(len(values), -1)], axis=1).astype(np.float32)


def _still_landmarks(home: Home) -> Points:
    """The 68 landmarks at home with closed lips, around the middle of the rigid points, `(68, 2)` in `unit`."""
    middle = home.shape[RIGID].mean(axis=0) / EYES
    rest = np.column_stack([home.rest - middle[:2], home.shape[IBUG68, 2] / EYES - middle[2]])
    return (rest @ home.rotation.T)[:, :2]


def _steady(frames: Points, shape: Points) -> Points:
    """Meshes `(N, 478, 3)` px with the head held still, canonical."""
    return fit_similarity(frames[:, RIGID], shape[RIGID])(frames)
