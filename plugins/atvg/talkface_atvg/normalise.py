"""Landmark normalisation: every clip's landmarks as if the canonical face had spoken (the thesis's contribution).

Every method is one formula, N_t = mean + gain * (A_t(L_t) - neutral), and differs in how the four are chosen:

    thesis    A_t removes head motion in three dimensions, frame by frame; neutral is the closed mouth; gain makes face
              height and, once per clip, mouth and nose as large as the template's
    eskimez   A_t is one similarity, from the eyes of the first frame; neutral is the first frame; gain per axis
    atvg      A_t is Procrustes alignment to the mean shape, frame by frame; neutral is the last frame
    box       the neutral frame's bounding box becomes the unit square

Dimension letters: N frames. Meshes are `(N, 478, 3)` in crop pixels, landmarks `(N, 68, 2)` canonical.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from talkface_atvg.template import Template, closed_frames, lip_gap
from talkface_atvg.template import template as load_template
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.head import EYE_CORNERS, RIGID, Points, Similarity, fit_similarity, rigid_shape

Method = Literal["atvg", "eskimez", "thesis", "box"]

NOSE, MOUTH = slice(27, 36), slice(48, 68)
FEW = 4
"""With fewer frames than this a closed mouth may not be among them, so the neutral face is estimated from one."""


class Align(Protocol):
    """The A_t of a method: meshes to aligned landmarks, and how aligned displacements turn into pixels."""

    def __call__(self, meshes: Points) -> tuple[Points, Points]:
        """Aligned landmarks `(N, 68, 2)` and, for every frame, the `(2, 2)` matrix from aligned units to pixels."""


@dataclass(frozen=True, slots=True)
class HeadAlign:
    """Removes rotation, size and position of the head, in three dimensions, against the person's own shape."""

    shape: Points
    """`(478, 3)`, canonical."""

    def __call__(self, meshes: Points) -> tuple[Points, Points]:
        """See `Align`."""
        move = fit_similarity(meshes[:, RIGID], self.shape[RIGID])
        return move(meshes[:, IBUG68])[:, :, :2], _inverse(move)


@dataclass(frozen=True, slots=True)
class FixedAlign:
    """One similarity for the whole clip."""

    move: Similarity

    def __call__(self, meshes: Points) -> tuple[Points, Points]:
        """See `Align`."""
        points = meshes[:, IBUG68, :2]
        move = Similarity(*(np.repeat(item, len(points), axis=0) for item in _parts(self.move)))
        return move(points), _inverse(move)


@dataclass(frozen=True, slots=True)
class ShapeAlign:
    """Procrustes alignment of the 68 points of each frame to a shape."""

    shape: Points
    """`(68, 2)`."""

    def __call__(self, meshes: Points) -> tuple[Points, Points]:
        """See `Align`."""
        points = meshes[:, IBUG68, :2]
        move = fit_similarity(points, self.shape)
        return move(points), _inverse(move)


@dataclass(frozen=True, slots=True)
class ClipNormaliser:
    """Normalises the landmarks of one clip or photo of one person."""

    align: Align
    mean: Points
    """`(68, 2)`: where the neutral face lies in canonical coordinates."""
    neutral: Points
    """`(68, 2)`: the person's own neutral face, aligned."""
    gain: Points
    """`(68, 2)`: factor on the displacements of each point."""

    @classmethod
    def fit(cls, meshes: FloatArray, method: Method = "thesis", face: Template | None = None) -> ClipNormaliser:
        """From the meshes `(N, 478, 3)` of a clip, in order of time; from one mesh, as `from_photo`.

        `face` is the canonical face; without it, the one that ships.
        """
        template = load_template() if face is None else face
        frames = meshes.astype(np.float64)
        if method == "thesis":
            return _thesis(frames, template)
        points = frames[:, IBUG68, :2]
        if method == "eskimez":
            align = FixedAlign(fit_similarity(points[:1, [36, 45]], EYE_CORNERS))
            first = align(frames[:1])[0][0]
            return cls(align, _mean(template), first, np.tile(_axis_gain(first, _mean(template), slice(None)), (68, 1)))
        if method == "atvg":
            shape = procrustes_shape(template.mean)
            return cls(ShapeAlign(shape), shape, ShapeAlign(shape)(frames[-1:])[0][0], np.ones((68, 2)))
        neutral = points[closed_frames(points)].mean(axis=0)
        low, high = neutral.min(axis=0), neutral.max(axis=0)
        identity = FixedAlign(Similarity(np.ones(1), np.eye(2)[None], np.zeros((1, 2))))
        return cls(identity, (neutral - low) / (high - low), neutral, np.tile(1 / (high - low), (68, 1)))

    @classmethod
    def from_photo(cls, mesh: FloatArray, method: Method = "thesis", face: Template | None = None) -> ClipNormaliser:
        """From a single mesh `(478, 3)`.

        With `thesis` the neutral face is estimated, so that an open or smiling mouth stays a displacement; the other
        methods take the photo as neutral.
        """
        return cls.fit(mesh[None], method, face)

    def normalise(self, meshes: FloatArray) -> FloatArray:
        """Canonical landmarks `(N, 68, 2)` of meshes `(N, 478, 3)`."""
        aligned, _ = self.align(meshes.astype(np.float64))
        return (self.mean + self.gain * (aligned - self.neutral)).astype(np.float32)

    def to_pixels(self, mesh: FloatArray, displacement: FloatArray) -> FloatArray:
        """Crop pixels `(68, 2)` of a face with this mesh whose canonical landmarks move by `displacement` `(68, 2)`."""
        _, inverse = self.align(mesh[None].astype(np.float64))
        moved: FloatArray = (mesh[IBUG68, :2] + (displacement / self.gain) @ inverse[0].T).astype(np.float32)
        return moved


def procrustes_shape(points: FloatArray) -> Points:
    """A shape `(68, 2)` centred on its mean and scaled to unit Frobenius norm, as the authors of ATVG do."""
    centred = points.astype(np.float64) - points.mean(axis=0)
    shape: Points = centred / np.linalg.norm(centred)
    return shape


def _thesis(frames: Points, template: Template) -> ClipNormaliser:
    align = HeadAlign(rigid_shape(frames, template.mesh.astype(np.float64)))
    aligned, _ = align(frames)
    if len(frames) < FEW:
        neutral = _estimate_neutral(aligned[closed_frames(aligned)[0]], template)
    else:
        # A mouth that never closes in the clip would rest open.
        neutral = _closed(aligned[closed_frames(aligned)].mean(axis=0), template)
    mean = _mean(template)
    gain = np.tile(_axis_gain(neutral, mean, slice(None)), (68, 1))
    # Once per clip: estimated per frame, it would take the mouth's motion away with its size.
    gain[NOSE] = _width(mean[31:36]) / _width(neutral[31:36])
    gain[MOUTH] = _width(mean[MOUTH]) / _width(neutral[MOUTH])
    return ClipNormaliser(align, mean, neutral, np.clip(gain, 0.6, 1.6))


def _estimate_neutral(points: Points, template: Template) -> Points:
    """The closed, unsmiling mouth of a face that is known from one aligned picture `(68, 2)` only.

    First the opening is taken back along the way that mouths open. A mouth that is then still wider than mouths of
    this size of face are, is a smile: it is blended towards the template's mouth, put in its place by the nose.
    """
    mean = _mean(template)
    closed = _closed(points, template)
    ratio = _width(closed[MOUTH]) / _width(mean[MOUTH])
    smile = float(np.clip((ratio - 1.05) / 0.15, 0, 1))
    if not smile:
        return closed
    width = float(np.clip(ratio, 0.9, 1.1))
    philtrum, expected = closed[51, 1] - closed[33, 1], mean[51, 1] - mean[33, 1]
    corners = closed[[48, 54], 0].mean() - mean[[48, 54], 0].mean() * width
    top = closed[33, 1] + expected * float(np.clip(philtrum / expected, 0.8, 1.25)) - mean[51, 1] * width
    fitted = mean[MOUTH] * width + np.array([corners, top])
    neutral = closed.copy()
    neutral[MOUTH] = (1 - smile) * closed[MOUTH] + smile * fitted
    return neutral


def _closed(points: Points, template: Template) -> Points:
    """The face with its lips brought together along the way that mouths open, as far as the template's are."""
    gap = max(0.0, float(lip_gap(points)) - float(lip_gap(_mean(template))))
    return points - template.opening * gap


def _axis_gain(source: Points, target: Points, points: slice) -> Points:
    """|scale| of the least-squares fit from source to target, x and y apart: `(2,)`."""
    a, b = source[points], target[points]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    gain: Points = np.abs((a * b).sum(axis=0) / np.maximum((a * a).sum(axis=0), 1e-12))
    return gain


def _width(points: Points) -> float:
    return max(float(np.ptp(points[:, 0])), 1e-6)


def _mean(template: Template) -> Points:
    return template.mean.astype(np.float64)


def _inverse(move: Similarity) -> Points:
    """The picture-plane part of the way back from aligned units to pixels, for every frame `(N, 2, 2)`."""
    return move.rotation.transpose(0, 2, 1)[:, :2, :2] / move.scale[:, None, None]


def _parts(move: Similarity) -> tuple[Points, Points, Points]:
    return move.scale, move.rotation, move.shift
