"""Turning a picture upright by the container's display matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.buffer import Buffer

from talkface_studio.api.values import ByteArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight ways a stored picture can lie: first rows and columns are swapped, then each axis is flipped."""

    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of(cls, frame: av.VideoFrame) -> Orientation:
        """That of a decoded frame; angles between the quarters count as the nearest quarter."""
        side_data = cast("Buffer | None", frame.side_data.get("DISPLAYMATRIX"))
        if side_data is None:
            return cls()
        # FFmpeg's libavutil/display.h: shown x = a x + c y and shown y = b x + d y, y pointing down.
        matrix = np.frombuffer(memoryview(side_data), dtype=np.int32)
        a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    @property
    def rotation(self) -> int:
        """Degrees clockwise from stored to upright: 0, 90, 180 or 270 (a mirrored picture: those before mirroring)."""
        if self.transposed:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (height, width) if self.transposed else (width, height)

    def upright(self, pixels: ByteArray) -> ByteArray:
        """The picture `(H, W, C)` turned upright, C-contiguous."""
        if self.transposed:
            pixels = pixels.transpose(1, 0, 2)
        if self.flip_x:
            pixels = pixels[:, ::-1]
        if self.flip_y:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)
