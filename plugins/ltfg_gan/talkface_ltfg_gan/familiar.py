"""How far a frame shows the face as the references do: where it is hidden or turned away, the film is kept as it is.

Dimension letters: B frames, R references, L the side of the host's crops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import ByteArray, FloatArray

TURN = (35.0, 50.0)
"""Degrees by which a head is turned out of its usual pose: up to the first it is dubbed, from the second on not."""
STRANGE = (3.0, 4.5)
"""The same for how unlike the references the lower face looks, in what they usually differ from each other. Of the
frames of the training clips with nothing before the face, one in two hundred is beyond the first."""
LEAST_USUAL = 2.5
"""Levels, of 255, that references differ at least: in a studio with a still head they may hardly differ at all."""

_TOP, _BOTTOM, _LEFT, _RIGHT = 0.47, 0.97, 0.19, 0.81
"""The lower face in a crop."""
_CELLS = (10, 8)


@dataclass(frozen=True, slots=True)
class Familiar:
    """The look of the lower face in the references."""

    looks: FloatArray
    """Colours of a coarse grid of cells, relative to their mean so that light changes little: `(R, 8, 10, 3)`."""
    usual: float
    """How much a reference usually differs from the one that is most like it, in levels; inf with one reference."""

    @classmethod
    def with_references(cls, pictures: ByteArray) -> Self:
        """From the references `(R, L, L, 3)`."""
        looks = _looks(pictures)
        if len(looks) < 2:
            return cls(looks, float("inf"))
        apart = _differences(looks, looks)
        np.fill_diagonal(apart, np.inf)
        return cls(looks, max(float(np.median(apart.min(axis=1))), LEAST_USUAL))

    def share(self, pictures: ByteArray, turns: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far frames `(B, L, L, 3)` of heads turned by `turns` `(B,)` degrees shall be dubbed: `(B,)` in 0..1."""
        strangeness = _differences(_looks(pictures), self.looks).min(axis=1) / self.usual
        return np.minimum(_fade(strangeness, STRANGE), _fade(turns, TURN))


def _looks(pictures: ByteArray) -> FloatArray:
    side = pictures.shape[1]
    rows, columns = slice(round(_TOP * side), round(_BOTTOM * side)), slice(round(_LEFT * side), round(_RIGHT * side))
    parts = (cv2.resize(each[rows, columns], _CELLS, interpolation=cv2.INTER_AREA) for each in pictures)
    cells = np.stack([np.asarray(part, np.float32) for part in parts])
    relative: FloatArray = cells - cells.mean(axis=(1, 2), keepdims=True)
    return relative


def _differences(some: FloatArray, others: FloatArray) -> FloatArray:
    """Mean absolute difference of each with each."""
    mean: FloatArray = np.abs(some[:, None] - others[None]).mean(axis=(2, 3, 4))
    return mean


def _fade(value: NDArray[np.floating], ends: tuple[float, float]) -> NDArray[np.float64]:
    begins, over = ends
    return np.clip((over - np.asarray(value, np.float64)) / (over - begins), 0.0, 1.0)
