"""The canonical face that all landmarks are brought onto.

Canonical coordinates: a unit square, x to the right and y down, the outer eye corners at (0.3, 1/3) and (0.7, 1/3); z
in the same unit, negative towards the camera. This is the framing of the studio's default crop, divided by its side.

Dimension letters: N frames, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.head import RIGID, Points, fit_similarity, pin_eyes, rigid_shape

CLOSED_SHARE = 0.1
"""Share of a clip's frames, those with the lips closest together, whose mean counts as its neutral face."""


@dataclass(frozen=True, slots=True)
class Template:
    """The canonical neutral face."""

    mesh: FloatArray
    """`(478, 3)`: mean of the neutral faces of several people."""
    opening: FloatArray
    """`(68, 2)`: how the points move per unit of gap between the inner lips, on average over speech."""

    @property
    def mean(self) -> FloatArray:
        """`(68, 2)`: the landmarks of the neutral face, with closed lips."""
        return self.mesh[IBUG68, :2]

    def save(self, path: Path) -> None:
        """Write the template as `.npz`."""
        np.savez_compressed(path, mesh=self.mesh.astype(np.float32), opening=self.opening.astype(np.float32))


def template(path: Path | None = None) -> Template:
    """The template that ships with this plugin, or the one in `path`.

    Raises:
        WeightsError: the file is missing or is not a template.
    """
    path = path or Path(__file__).parent / "template.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            found = Template(file["mesh"].astype(np.float32), file["opening"].astype(np.float32))
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{path}: not a readable landmark template: {error}") from error
    if found.mesh.shape != (478, 3) or found.opening.shape != (68, 2):
        raise WeightsError(f"{path}: not a landmark template: shapes {found.mesh.shape} and {found.opening.shape}")
    return found


def lip_gap(points: Points) -> Points:
    """Gap between the inner lips (points 62 and 66) of `(N, 68, 2 or 3)` or of one face, in the picture plane."""
    gap: Points = np.linalg.norm(points[..., 62, :2] - points[..., 66, :2], axis=-1)
    return gap


def closed_frames(points: Points) -> NDArray[np.int64]:
    """Indices of the frames of a clip `(N, 68, 2)` that count as neutral: those with the lips closest together."""
    count = max(1, round(CLOSED_SHARE * len(points)))
    return np.argsort(lip_gap(points), kind="stable")[:count]


def make_template(clips: Sequence[FloatArray], speakers: Sequence[str]) -> Template:
    """A template from meshes `(N, 478, 3)` of clips, in any common unit; every speaker counts the same.

    The result is symmetric about x = 0.5, so that a mirrored face has mirrored landmarks.

    Raises:
        ValueError: no clip was given, or not one speaker for each.
    """
    if not clips or len(clips) != len(speakers):
        raise ValueError("a template needs at least one clip, and one speaker for each clip")
    meshes = [clip.astype(np.float64) for clip in clips]
    mesh = pin_eyes(meshes[0].mean(axis=0))
    for _ in range(3):
        aligned = [fit_similarity(clip[:, RIGID], rigid_shape(clip, mesh)[RIGID])(clip) for clip in meshes]
        neutral = [clip[closed_frames(clip[:, IBUG68, :2])].mean(axis=0) for clip in aligned]
        own = [
            np.mean([face for face, name in zip(neutral, speakers, strict=True) if name == speaker], axis=0)
            for speaker in dict.fromkeys(speakers)
        ]
        mesh = pin_eyes(np.mean(own, axis=0))
    partner = mirror_partners(mesh)
    mesh = pin_eyes((mesh + mirrored(mesh)[partner]) / 2)
    moved = np.concatenate([clip - face for clip, face in zip(aligned, neutral, strict=True)])[:, :, :2]
    gap = np.concatenate([lip_gap(c[:, IBUG68]) - lip_gap(n[IBUG68]) for c, n in zip(aligned, neutral, strict=True)])
    opening = np.tensordot(gap, moved, axes=1) / max(float(gap @ gap), 1e-9)
    opening = (opening + (opening * [-1, 1])[partner]) / 2
    return Template(mesh.astype(np.float32), opening[IBUG68].astype(np.float32))


def mirrored(mesh: Points) -> Points:
    """The same points on the other side of x = 0.5; their indices stay."""
    return np.concatenate([1 - mesh[:, :1], mesh[:, 1:]], axis=1)


def mirror_partners(mesh: Points) -> NDArray[np.int64]:
    """The index of each point's partner on the other half of a nearly symmetric mesh."""
    distance = np.linalg.norm(mesh[:, None] - mirrored(mesh)[None], axis=2)
    partner: NDArray[np.int64] = linear_sum_assignment(distance**2)[1].astype(np.int64)
    return partner
