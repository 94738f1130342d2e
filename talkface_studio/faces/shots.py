"""Scene cuts, seen from thumbnails."""

from __future__ import annotations

import cv2
import numpy as np

from talkface_studio.api.values import ByteArray, FloatArray

WATCHED = 90
"""Pixels of a frame's shorter side that are enough."""
_FLAT = 4.0
_CHANGE = 12.0
_LIKENESS = 0.6


class ShotWatch:
    """Tells, frame by frame, where a new shot begins."""

    def __init__(self, last: FloatArray | None = None) -> None:
        self.last = last
        """The thumbnail that the next frame is compared with, float32 `(18, 32, 3)`."""

    def is_cut(self, pixels: ByteArray) -> bool:
        """Whether this frame begins a new shot; of its `pixels` every so many are enough.

        A picture without contrast (a dropped or blanked frame) is not a shot of its own: what follows is compared
        with what was before it.
        """
        small = cv2.resize(pixels, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32)
        if small.std(axis=(0, 1)).max() < _FLAT:
            return False
        last, self.last = self.last, small
        if last is None or float(np.abs(small - last).mean()) < _CHANGE:
            return False
        # Light that changes alters every pixel but not the pattern.
        return bool(np.corrcoef(small.ravel(), last.ravel())[0, 1] < _LIKENESS)
