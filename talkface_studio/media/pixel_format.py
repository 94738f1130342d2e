"""Pixel formats: what their names mean, and which one an encoder is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from av.video.format import VideoFormat
from av.video.plane import VideoPlane
from numpy.typing import NDArray

_SAME = {"nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "p010le": "yuv420p10le", "p210le": "yuv422p10le"}
"""Interleaved formats, by the planar ones that hold the same samples."""


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """A pixel format by FFmpeg's name; chroma has 2^-log2 as many columns and rows as luma, samples have `bits`."""

    name: str
    bits: int
    rgb: bool
    log2_width: int
    log2_height: int

    def subsampling(self, plane: int) -> tuple[int, int]:
        """Base-2 logarithms of a plane's reduction: rows, columns."""
        return (self.log2_height, self.log2_width) if plane in {1, 2} else (0, 0)

    def fits(self, width: int, height: int) -> bool:
        """Whether a picture of this size has whole chroma samples."""
        return width % (1 << self.log2_width) == 0 and height % (1 << self.log2_height) == 0


@cache
def pixel_format(name: str) -> PixelFormat:
    """What a name means."""
    kind = VideoFormat(name)
    components = kind.components
    luma, chroma = kind.chroma_width(256), kind.chroma_height(256)
    rgb = kind.is_rgb or kind.has_palette
    return PixelFormat(
        name,
        max(part.bits for part in components),
        rgb,
        (256 // luma).bit_length() - 1,
        (256 // chroma).bit_length() - 1,
    )


def planar(name: str) -> str:
    """The planar format without the old full-range names ("yuvj420p") that holds the same samples."""
    return _SAME.get(name, name).replace("yuvj", "yuv")


def plane_samples(plane: VideoPlane, bits: int) -> NDArray[Any]:
    """A view of a plane's samples, `(H, W)` uint8, or uint16 for more than 8 bits, without the padding of its rows."""
    dtype = np.dtype("<u2" if bits > 8 else "u1")
    samples: NDArray[Any] = np.frombuffer(memoryview(plane), dtype=dtype)
    rows: NDArray[Any] = samples.reshape(plane.height, plane.line_size // dtype.itemsize)
    return rows[:, : plane.width]


def closest(source: str, choices: Sequence[str], width: int, height: int) -> str | None:
    """The format of `choices` that loses least of `source` and, among those, adds least; None where none fits the size.

    Depth comes before chroma.
    """
    given = pixel_format(planar(source))
    fitting = [kind for kind in map(pixel_format, choices) if kind.fits(width, height)]

    def cost(kind: PixelFormat) -> tuple[int, ...]:
        depth = kind.bits - given.bits
        chroma = given.log2_width + given.log2_height - kind.log2_width - kind.log2_height
        return (kind.rgb != given.rgb, max(0, -depth), max(0, -chroma), depth, chroma)

    return min(fitting, key=cost).name if fitting else None
