"""What is seen between the lips: teeth as hard as they are, from the reference that shows the wanted mouth best.

Flow that follows the lips stretches teeth with them, and the mean of two references of which one shows teeth is a pale
veil. Here the inside comes from one reference at a time. As long as the mouth is hardly more open than it was there, it
moves with the lips. Where it is wider open, teeth stay where the head has them, at their own size, and what appears
below them is as dark as the inside of this mouth is.

Dimension letters: R references, N of them shown to a frame, L the side of the crop, h and w the sides of a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.landmarks import INNER_LIPS, NOSE, POSE74
from talkface_studio.api.values import ByteArray, FloatArray

_FIRST = -len(INNER_LIPS)
_UPPER = np.arange(_FIRST, _FIRST + 11)
_LOWER = np.array([_FIRST, *range(-1, _FIRST + 9, -1)])
"""Inner lips from the left corner in the picture to the right one, as places in the model's points."""
_NOSE = np.flatnonzero(np.isin(POSE74, NOSE[[5, 6, 7, 11, 12, 13]]))
"""The sides of the nose, which the upper teeth go along with."""
YIELDING, RIGID = 1.1, 1.5
"""Opening over the reference's up to which the inside moves with the lips, and from which it goes with the head."""
STEEP = 6
"""Power of a reference's weight inside of the mouth: one shows, but for a short while in which two change places."""
SEEN = 0.02
"""Weight below which a reference is left out."""
EDGE, SHADE = 1.5, 2.0
"""Pixels of a crop of 128 over which the inside fades into the lips, and a reference's teeth into the dark."""
DARKEST = 5
"""Percentile of brightness: what is darker is the mouth's dark inside."""
UNSEEN = (45.0, 25.0, 25.0)
"""That inside, where no reference has the mouth open."""


class _Curves(NamedTuple):
    """Edges of the upper and the lower lip at some columns, in pixels."""

    upper: FloatArray
    lower: FloatArray


@dataclass(frozen=True, slots=True)
class InnerMouths:
    """The insides of one person's mouth."""

    pictures: ByteArray
    """References, RGB `(R, L, L, 3)`."""
    points: FloatArray
    """The model's points in them, `(R, 131, 2)` in pixels of L."""
    dark: FloatArray
    """RGB of the dark inside, `(3,)`."""

    @classmethod
    def of(cls, pictures: ByteArray, points: FloatArray) -> Self:
        """Look into the mouths of references."""
        inside = [picture[inner_mask(lips, len(picture))] for picture, lips in zip(pictures, points, strict=True)]
        colours = np.concatenate(inside).astype(np.float32)
        brightness = colours.sum(axis=1)
        dark = np.asarray(UNSEEN, np.float32)
        if len(colours):
            dark = colours[brightness <= np.percentile(brightness, DARKEST)].mean(axis=0)
        return cls(pictures, points, dark)

    def show(self, frame: ByteArray, points: FloatArray, chosen: NDArray[np.int64], weights: FloatArray) -> None:
        """Put the inside into `frame` `(L, L, 3)`, whose points `(131, 2)` are in pixels of L.

        Of the references `chosen` `(N,)` that with the greatest of `weights` `(N,)` is seen; what is made is a
        continuous function of points and weights.
        """
        L = len(frame)
        inner = points[_FIRST:]
        left, top = np.maximum(np.floor(inner.min(axis=0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(inner.max(axis=0)).astype(int) + 1, L)
        if right - left < 2 or bottom - top < 2:
            return
        x, y = np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32)[:, None]
        lips = _curves(points, x)
        mask = np.clip(np.minimum(y - lips.upper, lips.lower - y) / np.float32(EDGE * L / 128), 0, 1)
        mask *= _between_corners(points, x)
        if not mask.any():
            return
        shares = weights.astype(np.float32) ** STEEP
        inside = np.zeros((*mask.shape, 3), np.float32)
        for index, share in zip(chosen[shares >= SEEN], shares[shares >= SEEN], strict=True):
            inside += share * self._inside(int(index), points, x, y)
        inside /= shares[shares >= SEEN].sum()
        place = frame[top:bottom, left:right]
        place[:] = np.rint(place + (np.clip(inside, 0, 255) - place) * mask[:, :, None])

    def _inside(self, index: int, points: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
        """The inside of one reference's mouth at columns `(w,)` and rows `(h, 1)` of the frame: `(h, w, 3)`."""
        known = self.points[index]
        pixel = np.float32(self.pictures.shape[1] / 128)
        rigid = _rigidity(_opening(points) / max(_opening(known), 1e-3))
        shift = (known[_NOSE] - points[_NOSE]).mean(axis=0)
        corners, ours = known[_UPPER[[0, -1]], 0], points[_UPPER[[0, -1]], 0]
        with_lips = corners[0] + (x - ours[0]) * (corners[1] - corners[0]) / max(ours[1] - ours[0], 1e-3)
        columns = with_lips + rigid * (x + shift[0] - with_lips)
        lips, there = _curves(points, x), _curves(known, columns)
        share = np.clip((y - lips.upper) / np.maximum(lips.lower - lips.upper, 1e-3), 0, 1)
        with_lips = there.upper + share * (there.lower - there.upper)
        rows = np.maximum(with_lips + rigid * (y + shift[1] - with_lips), there.upper + rigid * pixel)
        seen = np.clip((there.lower - rows) / (SHADE * pixel), 0, 1) * _between_corners(known, columns)
        # What the reference's lip hides is not looked for in the lip.
        rows = np.minimum(rows, np.maximum(there.lower, there.upper))
        maps = np.broadcast_to(columns, rows.shape).astype(np.float32), rows.astype(np.float32)
        picture = cv2.remap(self.pictures[index], *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        shown: FloatArray = self.dark + (picture - self.dark) * (1 - rigid * (1 - seen))[:, :, None]
        return shown


def inner_mask(points: FloatArray, side: int) -> NDArray[np.bool_]:
    """Where a crop shows the inside of the mouth whose points `(131, 2)` are in pixels of this side: `(side, side)`."""
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(points[_FIRST:]).astype(np.int32)], 1)
    return mask.astype(np.bool_)


def _curves(points: FloatArray, x: FloatArray) -> _Curves:
    upper, lower = points[_UPPER], points[_LOWER]
    edges = (np.asarray(np.interp(x, edge[:, 0], edge[:, 1]), np.float32) for edge in (upper, lower))
    return _Curves(*edges)


def _between_corners(points: FloatArray, x: FloatArray) -> FloatArray:
    """1 in columns `(w,)` between the corners of the mouth, and 0 outside."""
    left, right = points[_UPPER[[0, -1]], 0]
    return np.asarray((x >= left) & (x <= right), np.float32)


def _opening(points: FloatArray) -> float:
    return max(float((points[_LOWER, 1] - points[_UPPER, 1]).max()), 0.0)


def _rigidity(wider: float) -> np.float32:
    """0 to 1, smoothly, for an opening so many times as wide as the reference's."""
    share = np.clip((wider - YIELDING) / (RIGID - YIELDING), 0, 1)
    return np.float32(share * share * (3 - 2 * share))
