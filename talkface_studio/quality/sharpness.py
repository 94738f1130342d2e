"""How much fine detail a part of a picture has, to compare parts of one face with each other.

A picture is uint8 RGB `(H, W, 3)`, a region float32 `(H, W)` in 0..1.
"""

from __future__ import annotations

import cv2
import numpy as np

from talkface_studio.api.landmarks import LIPS
from talkface_studio.api.values import ByteArray, FloatArray

_BROWS, _CHIN = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300), 152
_SIDES = (234, 454)
_LIDS = (159, 145, 386, 374)


def detail(picture: ByteArray, region: FloatArray) -> float:
    """Standard deviation of the Laplacian of brightness (ITU-R 601) inside a region, in levels of 0..255.

    The variance of the Laplacian is the common measure of focus (Pech-Pacheco et al. 2000). Pixels count as much as the
    region says.

    Raises:
        ValueError: picture and region differ in size, or the region is empty.
    """
    if picture.shape[:2] != region.shape or float(region.sum()) <= 0:
        raise ValueError(f"no region of shape {region.shape} to measure in a picture of {picture.shape}")
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = cv2.Laplacian(grey, cv2.CV_32F)
    weight = region / region.sum()
    mean = float((edges * weight).sum())
    return float(np.sqrt((((edges - mean) ** 2) * weight).sum()))


def lower_face(mesh: FloatArray, side: int) -> FloatArray:
    """The oval around lips and chin of a mesh `(478, 3)`, in a crop of this side."""
    lips = mesh[LIPS, :2]
    top, bottom = float(lips[:, 1].min()), float(mesh[_CHIN, 1])
    width = float(np.ptp(lips[:, 0]))
    centre = float(lips[:, 0].mean()), (top + bottom) / 2
    return _oval(centre, (0.75 * width, 0.55 * (bottom - top)), side)


def upper_face(mesh: FloatArray, side: int) -> FloatArray:
    """The oval around the eyes of a mesh `(478, 3)`, brows included, in a crop of this side."""
    left, right = (float(mesh[index, 0]) for index in _SIDES)
    top = float(mesh[list(_BROWS), 1].min())
    lids = float(mesh[list(_LIDS), 1].max())
    return _oval(((left + right) / 2, (top + lids) / 2), (0.42 * abs(right - left), 0.8 * (lids - top)), side)


def _oval(centre: tuple[float, float], radii: tuple[float, float], side: int) -> FloatArray:
    y, x = np.mgrid[:side, :side]
    inside = ((x - centre[0]) / max(radii[0], 1.0)) ** 2 + ((y - centre[1]) / max(radii[1], 1.0)) ** 2 <= 1
    return np.asarray(inside, np.float32)
