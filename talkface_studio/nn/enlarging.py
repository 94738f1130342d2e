"""A network's picture at the size at which it is shown."""

from __future__ import annotations

import cv2
import numpy as np

from talkface_studio.api.values import ByteArray

BLUR, SHARPENING = 0.5, 0.6
"""Of the enlarged picture: width of the blur in the network's pixels, and how much of the difference is added."""


def enlarged(picture: ByteArray, side: int) -> ByteArray:
    """A square picture, uint8 `(S, S, 3)`, as one of another side."""
    if picture.shape[0] == side:
        return np.ascontiguousarray(picture)
    levels = cv2.resize(picture.astype(np.float32), (side, side), interpolation=cv2.INTER_LANCZOS4)
    # Enlarging leaves edges as wide as the network's pixels; this takes part of that width back.
    soft = cv2.GaussianBlur(levels, (0, 0), BLUR * side / picture.shape[0])
    return np.asarray(np.clip(levels + SHARPENING * (levels - soft), 0, 255).round(), np.uint8)
