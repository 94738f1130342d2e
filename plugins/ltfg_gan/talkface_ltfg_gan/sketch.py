"""Landmarks as the drawing that the face generator sees: thin light-grey lines on black, the edges of the face mesh."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.landmarks import (
    BROWS,
    CONTENT57,
    INNER_LIPS,
    LEFT_EYE,
    LIPS,
    NOSE,
    OUTER_LIPS,
    OVAL,
    POSE74,
    RIGHT_EYE,
)
from talkface_studio.api.values import FloatArray

POINTS: NDArray[np.int64] = np.concatenate([POSE74, CONTENT57])
"""The points of the mesh that the model knows: 74 of the pose, then 17 of the jaw and 40 of the lips."""
GREY = 224
"""Brightness of a line, of 255."""
_FRACTION_BITS = 4


def _places(*groups: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    where = {int(point): place for place, point in enumerate(POINTS)}
    return tuple(np.array([where[int(point)] for point in group]) for group in groups)


_CLOSED = _places(RIGHT_EYE, LEFT_EYE, OUTER_LIPS, INNER_LIPS)
_OPEN = _places(OVAL, BROWS[:5], BROWS[5:10], BROWS[10:15], BROWS[15:], np.append(NOSE[:5], NOSE[9]), NOSE[5:])


def draw_sketches(points: FloatArray, size: int, *, channels: int = 1, smooth: bool = True) -> FloatArray:
    """Sketches of `points` `(n, 131, 2)`, in 0..1 of the crop and in the order of `POINTS`.

    The result is float32 `(n, channels, size, size)` in 0..1, all channels alike. Smooth lines lie where the points
    are to a sixteenth of a pixel; the others, as the authors draw them, on whole pixels.
    """
    bits, line = (_FRACTION_BITS, cv2.LINE_AA) if smooth else (0, cv2.LINE_8)
    whole = np.floor(points * size * 2**bits).astype(np.int32)
    drawn = np.zeros((len(points), size, size), np.uint8)
    for picture, lines in zip(drawn, whole, strict=True):
        cv2.polylines(picture, [lines[group] for group in _CLOSED], True, GREY, 1, line, bits)
        cv2.polylines(picture, [lines[group] for group in _OPEN], False, GREY, 1, line, bits)
    sketches: FloatArray = drawn[:, None].astype(np.float32) / np.float32(255)
    return sketches if channels == 1 else np.repeat(sketches, channels, axis=1)


def mouth_mask(points: FloatArray, size: int) -> FloatArray:
    """Where the mouth is and what moves with it: float32 `(size, size)`, 1 on and around the lips, fading to 0.

    `points` `(131, 2)` are in 0..1 of the crop and in the order of `POINTS`.
    """
    hull = cv2.convexHull((points[-len(LIPS) :] * size).astype(np.float32)).astype(np.int32)
    mask = np.zeros((size, size), np.float32)
    cv2.fillConvexPoly(mask, hull, 1.0)
    reach = size // 16
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), size / 40), np.float32)
