"""Parted lips that close: edges that meet along their whole length, without what shone through between them.

The landmarks that move an inner edge lie close together in its middle, and left and right of them a smooth field would
leave a smile open; and along an edge pixels are part lip, part teeth. So edges are brought together at all the mesh's
points, and their outermost strip is cut off as they meet.

Dimension letters: P points between the landmarks, E points of an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from talkface_sdm.fields import Spread
from talkface_sdm.head_motion import MEETING
from talkface_studio.api.values import FloatArray

UPPER_EDGE = np.array([78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308])
LOWER_EDGE = np.array([78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308])
"""Inner edges of the lips from the person's right corner to the left."""
KNOWN, BETWEEN = np.array([4, 5, 6]), np.array([1, 2, 3, 7, 8, 9])
"""Which of these are landmarks that move, and which lie between them and the corners."""
CUT = 0.022
"""Width, in eye distances, of the strip that is cut off each edge."""


@dataclass(frozen=True, slots=True)
class MouthClosing:
    """How the lips of one photo meet; made for photos whose lips are parted."""

    down: FloatArray
    """From the upper to the lower lip, of length 1, `(2,)`."""
    along: FloatArray
    """Where the edges' points lie along the mouth, `(E,)` px."""
    gaps: FloatArray
    """Between the edges in the photo, at each of their points, `(E,)` px."""
    known: tuple[Spread, Spread]
    """Moves of either lip's landmarks at the points between them."""
    between: tuple[Spread, Spread]
    """Moves of the points between, at the window's knots."""
    cut: float
    """Px."""

    @classmethod
    def of(
        cls,
        mesh: FloatArray,
        knots: FloatArray,
        lips: tuple[NDArray[np.floating], NDArray[np.floating]],
        resting: NDArray[np.floating],
        *,
        reach: float,
        unit: float,
    ) -> Self:
        """`lips` are the landmarks that move with the upper and lower lip, `resting` those that stay; see `Spread`."""
        right, left = mesh[UPPER_EDGE[[0, -1]], :2].astype(np.float64)
        axis = (left - right) / max(float(np.linalg.norm(left - right)), 1e-6)
        down = np.array([-axis[1], axis[0]])
        upper, lower = (mesh[edge, :2].astype(np.float64) for edge in (UPPER_EDGE, LOWER_EDGE))
        middle = (upper + lower) / 2
        known = tuple(
            Spread.of(edge[BETWEEN][None], lip, resting, reach) for edge, lip in zip((upper, lower), lips, strict=True)
        )
        between = tuple(
            Spread.of(knots, edge[BETWEEN], np.concatenate([lip, resting]), reach)
            for edge, lip in zip((upper, lower), lips, strict=True)
        )
        return cls(
            down=down.astype(np.float32),
            along=((middle - right) @ axis).astype(np.float32),
            gaps=np.maximum((lower - upper) @ down, 0).astype(np.float32),
            known=(known[0], known[1]),
            between=(between[0], between[1]),
            cut=CUT * unit,
        )

    def share(self, upper: FloatArray, lower: FloatArray) -> FloatArray:
        """How far the edges are closed at their points, `(E,)` in 0..1.

        `upper` and `lower` `(8, 2)` are the lips' moves, of which the last three are those of the inner edges, the
        lower ones from left to right.
        """
        narrower = (upper[5:] - lower[:4:-1]) @ self.down
        closed = np.clip(narrower / np.maximum(self.gaps[KNOWN], 1e-3), 0, 1)
        found: FloatArray = np.interp(self.along, self.along[KNOWN], closed).astype(np.float32)
        return found

    def moves(self, upper: FloatArray, lower: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The lips' moves `(8, 2)` as far on as what is cut off each edge."""
        cut = (self.cut * share[KNOWN])[:, None] * self.down
        onward = upper.copy(), lower.copy()
        onward[0][5:] += cut
        onward[1][5:] -= cut[::-1]
        return onward

    def fields(self, upper: FloatArray, lower: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is to be added to either lip's field, `(H, W, 2)`, so that the edges meet between the landmarks too."""
        moved = [spread(moves)[0] @ self.down for spread, moves in zip(self.known, (upper, lower), strict=True)]
        closed, gaps = share[BETWEEN], self.gaps[BETWEEN]
        wanted = (1 - closed) * gaps - 2 * self.cut * closed
        left = closed * (gaps + moved[1] - moved[0] - wanted)
        on, back = self.between
        return on((MEETING * left)[:, None] * self.down), back(((MEETING - 1) * left)[:, None] * self.down)
