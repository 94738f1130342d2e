"""Cumulative probability of blur detection (CPBD): how many edges are narrower than the eye can tell from sharp.

Narvekar and Karam, "A No-Reference Image Blur Metric Based on the Cumulative Probability of Blur Detection", IEEE
Transactions on Image Processing 20(9), 2011; edge widths after Marziliano et al. 2002. A grey picture is float64
`(H, W)` in 0..255.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.values import Matrix

BLOCK = 64
EDGE_BLOCK_SHARE = 0.002
"""Share of edge pixels above which a block counts."""
BETA = 3.6
LONGEST_WALK = 100
ATVG_THRESHOLD = 4.0

Mask = NDArray[np.bool_]


def cumulative_probability(grey: Matrix, variant: Literal["cpbd", "atvg"] = "cpbd") -> float:
    """Share of edges whose blur is detected with a probability that rounds to at most 63 %; 0 without any edge.

    "atvg" differs from the published code in three places: a fixed threshold on edges, no thinning, and a sum that ends
    at 62 %.
    """
    from skimage.feature import canny

    rows, columns = grey.shape[0] // BLOCK, grey.shape[1] // BLOCK
    if rows == 0 or columns == 0:
        return 0.0
    widths = _blocks(edge_widths(grey, vertical_edges(grey, variant)), rows, columns)
    busy = _blocks(canny(grey), rows, columns).sum(axis=1) > EDGE_BLOCK_SHARE * BLOCK**2
    brightness = _blocks(grey, rows, columns)
    contrast = (brightness.max(axis=1) - brightness.min(axis=1)).astype(np.int64)
    just_noticeable = np.where(contrast <= 50, 5.0, 3.0)[:, None]
    counted = (widths > 0) & busy[:, None]
    if not counted.any():
        return 0.0
    probability = (1 - np.exp(-((widths / just_noticeable) ** BETA)))[counted]
    return float(np.mean(np.round(100 * probability) <= (62 if variant == "atvg" else 63)))


def vertical_edges(grey: Matrix, variant: Literal["cpbd", "atvg"] = "cpbd") -> Mask:
    """Where a horizontal Sobel derivative, its weights' magnitudes summing to 1, is strong: bool `(H, W)`.

    The square of the derivative is compared with twice its root mean, and thinned to local maxima along rows or
    columns, as GNU Octave's edge function does.
    """
    from scipy.ndimage import correlate

    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    strength: Matrix = correlate(grey, kernel) ** 2
    if variant == "atvg":
        return np.asarray(strength > ATVG_THRESHOLD)
    strength[strength <= 2 * np.sqrt(strength.mean())] = 0
    framed = np.pad(strength, 1)
    along_row = (strength > framed[1:-1, :-2]) & (strength > framed[1:-1, 2:])
    along_column = (strength > framed[:-2, 1:-1]) & (strength > framed[2:, 1:-1])
    return np.asarray(along_row | along_column)


def edge_widths(grey: Matrix, edges: Mask) -> Matrix:
    """Width in pixels of every edge that runs vertically, 0 elsewhere: float64 `(H, W)`.

    From the edge's neighbours, one walks left and right as long as brightness goes on rising or falling, at most 100
    pixels. Edges whose gradient is nearer to another multiple of 45 degrees are left out, so are the picture's borders.
    """
    down, right = np.gradient(grey)
    direction = np.round(np.degrees(np.arctan2(down, right)) / 45)
    inside = np.zeros_like(edges)
    inside[1:-1, 1:-1] = edges[1:-1, 1:-1]
    steps = np.diff(grey, axis=1)
    rising, falling = _walks(steps > 0), _walks(steps < 0)
    return np.where(inside & (direction == 0), rising, np.where(inside & (np.abs(direction) == 4), falling, 0.0))


def _walks(monotone: Mask) -> Matrix:
    """Width at each pixel if its edge goes the way in which `monotone` `(H, W - 1)` holds between neighbours."""
    H, W = monotone.shape[0], monotone.shape[1] + 1
    place = np.arange(W - 1)
    broken_before = np.maximum.accumulate(np.where(monotone, -1, place), axis=1)
    broken_after = np.minimum.accumulate(np.where(monotone, W - 1, place)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.zeros((H, W)), np.zeros((H, W))
    # The steps on both sides of the edge pixel itself belong to it: walks begin one pixel further out.
    left[:, 2:] = (place - broken_before)[:, :-1]
    right[:, :-2] = (broken_after - place)[:, 1:]
    return np.asarray(2 + np.minimum(left, LONGEST_WALK) + np.minimum(right, LONGEST_WALK))


def _blocks(values: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Whole 64x64 blocks, flat: `(rows * columns, 4096)`."""
    whole = values[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return whole.transpose(0, 2, 1, 3).reshape(rows * columns, BLOCK * BLOCK)
