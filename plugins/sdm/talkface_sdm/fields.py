"""Fields of displacement over a picture: how a move of some points moves what lies around them, and how to undo it.

Coordinates are pixels of the photo's crop. A field says of places in the photo where they go; a map says of places in
the result where they come from, as OpenCV's remap wants it.

Dimension letters: H, W rows and columns of a grid of knots, P points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import FloatArray

FIXED_POINTS = 4
"""Rounds of the inversion; displacements are small and smooth, so that each leaves a tenth of the error."""
STIFFNESS = 1e-3
"""Added to the kernel's diagonal: nearly equal points need not be told apart."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels, and a grid of knots over it, of which the outermost lie on its edge pixels."""

    left: int
    top: int
    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def around(cls, low: NDArray[np.floating], high: NDArray[np.floating], side: int, step: float) -> Self:
        """The rectangle from `low` to `high` `(2,)`, as far as it lies in a crop, with a knot every `step` pixels."""
        left, top = np.clip(np.floor(low), 0, side - 2).astype(int).tolist()
        right, bottom = np.clip(np.ceil(high), [left + 1, top + 1], side - 1).astype(int).tolist()
        columns, rows = (max(2, round((n - 1) / step) + 1) for n in (right - left + 1, bottom - top + 1))
        return cls(left, top, right - left + 1, bottom - top + 1, columns, rows)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its part of a crop."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    @property
    def knots(self) -> FloatArray:
        """Places of the knots, float32 `(H, W, 2)`."""
        x = np.linspace(self.left, self.left + self.width - 1, self.columns, dtype=np.float32)
        y = np.linspace(self.top, self.top + self.height - 1, self.rows, dtype=np.float32)
        return np.stack(np.meshgrid(x, y), axis=-1)

    @property
    def pixels(self) -> FloatArray:
        """Places of all pixels, float32 `(height, width, 2)`."""
        x = np.arange(self.left, self.left + self.width, dtype=np.float32)
        y = np.arange(self.top, self.top + self.height, dtype=np.float32)
        return np.stack(np.meshgrid(x, y), axis=-1)

    def inverse(self, field: FloatArray) -> FloatArray:
        """The map of a field `(H, W, 2)` at the knots, as displacement to be added: float32 `(H, W, 2)`.

        Found by fixed-point iteration: what arrives at y comes from x with x = y - field(x).
        """
        knots = np.stack(np.meshgrid(np.arange(self.columns), np.arange(self.rows)), axis=-1).astype(np.float32)
        scale = np.array(
            [(self.columns - 1) / max(self.width - 1, 1), (self.rows - 1) / max(self.height - 1, 1)], np.float32
        )
        back = -field
        for _ in range(FIXED_POINTS):
            place = knots + back * scale
            back = -cv2.remap(field, place, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return back

    def enlarged(self, at_knots: FloatArray) -> FloatArray:
        """Values at the knots `(H, W, C)` for every pixel, `(height, width, C)`."""
        scale = np.array([(self.columns - 1) / max(self.width - 1, 1), (self.rows - 1) / max(self.height - 1, 1)])
        matrix = np.array([[scale[0], 0, 0], [0, scale[1], 0]])
        values: FloatArray = cv2.warpAffine(
            at_knots,
            matrix,
            (self.width, self.height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return values

    @property
    def corner(self) -> FloatArray:
        """Its first pixel, float32 `(2,)`."""
        return np.array([self.left, self.top], np.float32)

    def sources(self, back: FloatArray) -> FloatArray:
        """Where each pixel comes from, for remap: `(height, width, 2)`, from `inverse`'s displacement at the knots."""
        # OpenCV interpolates between 32 places from knot to knot: enough for displacements, not for the places.
        return self.pixels + self.enlarged(back)


@dataclass(frozen=True, slots=True)
class Spread:
    """A linear interpolation from moves of points to a field over knots."""

    matrix: FloatArray
    """`(H * W, P)`."""
    shape: tuple[int, int]

    @classmethod
    def of(
        cls,
        knots: FloatArray,
        moving: NDArray[np.floating],
        resting: NDArray[np.floating],
        reach: float,
    ) -> Self:
        """From `moving` points `(P, 2)`; `resting` ones `(R, 2)` stay, and so does what lies `reach` px away from all.

        Radial basis functions of compact support (Wendland 1995, C2).
        """
        points = np.concatenate([moving, resting]).astype(np.float64)
        kernel = _wendland(points, points, reach) + STIFFNESS * np.eye(len(points))
        weights = np.linalg.solve(kernel, np.eye(len(points))[:, : len(moving)])
        flat = knots.reshape(-1, 2).astype(np.float64)
        matrix = (_wendland(flat, points, reach) @ weights).astype(np.float32)
        return cls(matrix, (knots.shape[0], knots.shape[1]))

    def __call__(self, moves: FloatArray) -> FloatArray:
        """Moves `(P, 2)` of the moving points to a field `(H, W, 2)`."""
        field: FloatArray = (self.matrix @ moves.astype(np.float32)).reshape(*self.shape, 2)
        return field


def _wendland(at: NDArray[np.float64], points: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    distance = np.minimum(np.linalg.norm(at[:, None] - points, axis=2) / reach, 1.0)
    kernel: NDArray[np.float64] = (1 - distance) ** 4 * (4 * distance + 1)
    return kernel


def sampled(values: NDArray[Any], places: FloatArray, interpolation: int = cv2.INTER_LINEAR) -> NDArray[Any]:
    """Values `(h, w)` or `(h, w, C)` at places `(..., 2)` in pixels; the edge is repeated."""
    found: NDArray[Any] = cv2.remap(values, places, None, interpolation, borderMode=cv2.BORDER_REPLICATE)
    return found


def smooth_step(values: NDArray[np.floating], low: float, high: float) -> FloatArray:
    """0 up to `low`, 1 from `high`, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    smooth: FloatArray = (share * share * (3 - 2 * share)).astype(np.float32)
    return smooth
