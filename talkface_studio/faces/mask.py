"""Where in a crop the rendered face replaces the filmed one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.landmarks import OVAL
from talkface_studio.api.values import FaceCrop, FloatArray

Region = Literal["lower", "full"]

_LOWER_EDGE = np.array([454, 346, 347, 348, 329, 355, 195, 126, 100, 119, 118, 117, 234])
"""From the left ear under the left eye over the bridge of the nose and under the right eye to the right ear."""

_LOWER = np.concatenate([OVAL[2:23], _LOWER_EDGE])

_FOREHEAD = np.array([251, 284, 332, 297, 338, 10, 109, 67, 103, 54, 21])
"""From the left temple over the hair line to the right temple."""

_FULL = np.concatenate([OVAL, _FOREHEAD])

_OUTWARD = 0.06
"""How far, in eye distances, the mask reaches beyond the contour, so that an old jaw line is covered too."""

_FEATHER = 0.16
"""Width, in eye distances, over which it fades, inwards from there."""

_OVERSAMPLING = 6
_FRACTION_BITS = 4


def face_mask(crop: FaceCrop, region: Region = "lower", rendered_landmarks: FloatArray | None = None) -> FloatArray:
    """How much of each crop pixel is replaced: float32 `(S, S)` in 0..1.

    "lower" is the face from below the eyes to the jaw, "full" the whole oval. `rendered_landmarks` `(P, 2)` in crop
    pixels are included. Inside it is 1, at its edge and from there on exactly 0, and so it is on the crop's border.
    """
    size = crop.pixels.shape[0]
    unit = crop.layout.eye_distance * crop.layout.size
    contour = crop.landmarks[_LOWER if region == "lower" else _FULL, :2]
    polygons = [contour]
    if rendered_landmarks is not None:
        polygons.append(cv2.convexHull(np.ascontiguousarray(rendered_landmarks[:, :2], np.float32))[:, 0])
    mask = np.zeros((size, size), np.float32)
    drawn, left, top = _drawn(polygons, size)
    if drawn.size:
        # Only around what was drawn is there anything to grow and to blur.
        disc = _disc(_OUTWARD * unit)
        reach = disc.shape[0] // 2
        left, top = left - reach, top - reach
        grown = cv2.dilate(cv2.copyMakeBorder(drawn, reach, reach, reach, reach, cv2.BORDER_CONSTANT), disc)
        inside = grown[max(1 - top, 0) : size - 1 - top, max(1 - left, 0) : size - 1 - left]
        faded = _feathered(inside, _FEATHER * unit)
        top, left = max(top, 1), max(left, 1)
        mask[top : top + faded.shape[0], left : left + faded.shape[1]] = faded
    return mask


def _drawn(polygons: Sequence[FloatArray], size: int) -> tuple[NDArray[np.uint8], int, int]:
    """All of them, each pixel by how much of it is covered: a box of the crop, and its left and top.

    What lies outside of a crop of this size is left out; where nothing lies inside, the box is empty.
    """
    # OpenCV's own smooth lines are a pixel too wide and creep as the face moves.
    points = np.concatenate(polygons)
    low = np.clip(np.floor(points.min(axis=0)) - 1, 0, size).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)) + 2, 0, size).astype(int)
    (left, top), (width, height) = low.tolist(), (high - low).tolist()
    if width <= 0 or height <= 0:
        return np.zeros((0, 0), np.uint8), left, top
    large = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING), np.uint8)
    for polygon in polygons:
        placed = (polygon - low + 0.5) * _OVERSAMPLING - 0.5
        points = np.round(placed * (1 << _FRACTION_BITS)).astype(np.int32)
        cv2.fillPoly(large, [points], _OVERSAMPLING, shift=_FRACTION_BITS)
    # Rows first, as that is fast; in the average of the columns a covered sample then counts as 1.
    rows = np.add.reduce(large.reshape(height, _OVERSAMPLING, -1), axis=1, dtype=np.uint8)
    counted = cv2.resize(rows, (width, height), interpolation=cv2.INTER_AREA)
    covered: NDArray[np.uint8] = cv2.convertScaleAbs(counted, alpha=255 / _OVERSAMPLING**2)
    return covered, left, top


def _disc(radius: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(radius)) + 1
    disc: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return disc


def _feathered(drawn: NDArray[np.uint8], width: float) -> FloatArray:
    """Fade inwards: the blurred shape is one half at a straight edge, from where on it is stretched to 0..1."""
    shape = drawn.astype(np.float32) / 255
    soft = cv2.GaussianBlur(shape, (0, 0), max(width / 2.5, 0.6), borderType=cv2.BORDER_CONSTANT)
    # Where the edge turns inwards the blur is above one half outside of the shape.
    mask: FloatArray = np.clip(2.1 * soft - 1.08, 0, 1) * shape
    return mask
