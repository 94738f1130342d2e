"""Faces between those of two speakers: what the decoder learns to make of a mixture of two codes.

A mean of two pictures is a blur; so both are first warped to the shape between them. Hair, clothes and background are
those of the first. Dimension letters: P points, S side of a picture.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import torch

from talkface_studio.api.landmarks import BROWS, LEFT_EYE, LIPS, NOSE, OVAL, RIGHT_EYE
from talkface_studio.api.values import ByteArray, FloatArray
from talkface_studio.nn.flow import shepard_flow, warp

POINTS = np.concatenate([OVAL, BROWS, NOSE, RIGHT_EYE, LEFT_EYE, LIPS])
"""Of the mesh, that are moved."""
CONTOUR = len(OVAL) + len(BROWS)
"""The first of them, whose hull is the face."""
SHARES = (0.55, 0.85)
"""Least and largest share of the first in a mixture."""
INSET, SOFTNESS = 28, 40
"""Parts of a picture's side: how far inside the contour the second face begins to fade, and how softly."""
GRID = 32


class Seen(NamedTuple):
    """A frame uint8 `(S, S, 3)` and its mesh in its pixels, `(478, 2)`."""

    picture: ByteArray
    mesh: FloatArray


def morph(first: Seen, second: Seen, share: float) -> ByteArray:
    """The face that is `share` of the way from the second to the first, uint8 `(S, S, 3)`."""
    size = first.picture.shape[0]
    points = np.stack([seen.mesh[POINTS] for seen in (first, second)]).astype(np.float32)
    between = share * points[0] + (1 - share) * points[1]
    pictures = np.stack([first.picture, second.picture]).astype(np.float32)
    flow = shepard_flow(torch.from_numpy(points)[None], torch.from_numpy(between)[None], size, grid=GRID)
    own, other = warp(torch.from_numpy(pictures).movedim(3, 1), flow[0]).movedim(1, 3).numpy()
    mask = np.zeros((size, size), np.float32)
    cv2.fillConvexPoly(mask, cv2.convexHull(between[:CONTOUR].round().astype(np.int32)), 1.0)
    inset = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (size // INSET) + 1,) * 2)
    mask = cv2.GaussianBlur(cv2.erode(mask, inset), (0, 0), size / SOFTNESS)[:, :, None]
    # The light of the first picture falls on both faces.
    means, spreads = zip(*(_colours(picture, mask) for picture in (own, other)), strict=True)
    lit = (other - means[1]) * (spreads[0] / spreads[1]) + means[0]
    mixed = own + (1 - share) * mask * (lit - own)
    return np.asarray(mixed.round().clip(0, 255), np.uint8)


def _colours(picture: FloatArray, mask: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and deviation `(3,)` of the colours under a mask `(S, S, 1)`."""
    weight = mask.sum() + 1e-6
    mean = (picture * mask).sum(axis=(0, 1)) / weight
    return mean, np.sqrt((np.square(picture - mean) * mask).sum(axis=(0, 1)) / weight) + 1.0
