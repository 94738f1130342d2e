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
    drawn = _drawn(polygons, size)
    outward = _OUTWARD * unit
    drawn = cv2.dilate(drawn, _disc(outward))
    drawn[[0, -1], :] = 0
    drawn[:, [0, -1]] = 0
    return _feathered(drawn, _FEATHER * unit)


def _drawn(polygons: Sequence[FloatArray], size: int) -> NDArray[np.uint8]:
    """All of them on a canvas, each pixel by how much of it is covered."""
    # OpenCV's own smooth lines are a pixel too wide and creep as the face moves.
    canvas = np.zeros((size, size), np.uint8)
    points = np.concatenate(polygons)
    low = np.clip(np.floor(points.min(axis=0)) - 1, 0, size).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)) + 2, 0, size).astype(int)
    width, height = (high - low).tolist()
    if width <= 0 or height <= 0:
        return canvas
    large = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING), np.uint8)
    for polygon in polygons:
        placed = (polygon - low + 0.5) * _OVERSAMPLING - 0.5
        cv2.fillPoly(large, [np.round(placed * (1 << _FRACTION_BITS)).astype(np.int32)], 255, shift=_FRACTION_BITS)
    canvas[low[1] : high[1], low[0] : high[0]] = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    return canvas


def _disc(radius: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(radius)) + 1
    disc: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return disc


def _feathered(drawn: NDArray[np.uint8], width: float) -> FloatArray:
    """Fade inwards: the blurred shape is one half at a straight edge, from where on it is stretched to 0..1."""
    mask = np.zeros(drawn.shape, np.float32)
    # Beyond the shape there is nothing to blur, nor is anything kept.
    left, top, across, down = cv2.boundingRect(drawn)
    inside = slice(top, top + down), slice(left, left + across)
    if across and down:
        shape = drawn[inside].astype(np.float32) / 255
        soft = cv2.GaussianBlur(shape, (0, 0), max(width / 2.5, 0.6), borderType=cv2.BORDER_CONSTANT)
        # Where the edge turns inwards the blur is above one half outside of the shape.
        mask[inside] = np.clip(2.1 * soft - 1.08, 0, 1) * shape
    return mask
