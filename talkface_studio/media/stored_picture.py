"""Pictures as the file stores them, of which RGB is made where it is looked at.

A picture of a video is converted to be looked at and painted into; but a face is a small part of it, and decoding to
8-bit RGB and encoding from it loses bits of depth and of chroma. So a picture stays as it was decoded, and knows what
was painted over it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from talkface_studio.api.values import ByteArray, VideoFrame
from talkface_studio.media.colour import ColorConverter
from talkface_studio.media.orientation import Orientation
from talkface_studio.media.pixel_format import pixel_format, planar, plane_samples

MARGIN = 8
"""Pixels around an area that are converted with it, because chroma is interpolated over its neighbours."""
_GRAIN = 64
"""Pixels in whose multiples the size of what is converted grows: a scaler for another size is dear to make."""
_SIZES = 6
"""Of parts, for which a thread keeps scalers."""
_MOST = 0.7
"""Share of a picture from which on all of it is made."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class Scalers(threading.local):
    """What converts the pictures of one video; threads may share it, each has scalers of its own."""

    def __init__(self) -> None:
        self._whole, self._small = ColorConverter(), ColorConverter()
        self._parts: OrderedDict[tuple[int, int, str], tuple[ColorConverter, av.VideoFrame]] = OrderedDict()

    def to_rgb(self, frame: av.VideoFrame) -> ByteArray:
        """A picture as `ColorConverter.to_rgb` gives it."""
        return self._whole.to_rgb(frame)

    def small_to_rgb(self, small: av.VideoFrame, frame: av.VideoFrame) -> ByteArray:
        """Some of the pixels of a picture, always as many."""
        return self._small.to_rgb(small, like=frame)

    def part_to_rgb(self, frame: av.VideoFrame, left: int, top: int, right: int, bottom: int) -> ByteArray:
        """A box of a picture of three planes, each with whole samples side by side."""
        # A damaged file, or one that was cut together, may go on in another format.
        size = right - left, bottom - top
        found = self._parts.pop((*size, frame.format.name), None)
        if found is None:
            # What PyAV cannot be told, where chroma lies between luma, goes with what is made of the picture itself.
            found = ColorConverter(), VideoReformatter().reformat(frame, *size, interpolation=Interpolation.POINT)
        self._parts[*size, frame.format.name] = found
        if len(self._parts) > _SIZES:
            self._parts.popitem(last=False)
        converter, area = found
        kind = pixel_format(planar(frame.format.name))
        for number, (source, target) in enumerate(zip(frame.planes, area.planes, strict=True)):
            down, across = kind.subsampling(number)
            samples = plane_samples(target, kind.bits)
            rows, columns = samples.shape
            np.copyto(samples, plane_samples(source, kind.bits)[top >> down :, left >> across :][:rows, :columns])
        return converter.to_rgb(area, like=frame)


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels, uint8 RGB `(h, w, 3)`, that were painted over a picture."""

    left: int
    top: int
    pixels: ByteArray

    @property
    def box(self) -> Box:
        """Where it lies."""
        return self.left, self.top, self.left + self.pixels.shape[1], self.top + self.pixels.shape[0]


class StoredPicture:
    """Implements `api.values.LazyPixels` for a decoded picture. Threads may share it."""

    __slots__ = ("_made", "_scalers", "frame", "orientation", "patches")

    def __init__(
        self,
        frame: av.VideoFrame,
        scalers: Scalers | None = None,
        orientation: Orientation | None = None,
        patches: tuple[Patch, ...] = (),
        made: tuple[Box, ByteArray] | None = None,
    ) -> None:
        """`frame` as it was decoded, `scalers` of its video; `made` is a box of it, upright, that is known in RGB."""
        self.frame = frame
        self._scalers = scalers or Scalers()
        self.orientation = orientation or Orientation.of(frame)
        self.patches = patches
        self._made = made

    @property
    def size(self) -> tuple[int, int]:
        """See `LazyPixels.size`."""
        return self.orientation.size(self.frame.width, self.frame.height)

    def part(self, left: int, top: int, right: int, bottom: int) -> ByteArray:
        """See `LazyPixels.part`."""
        box = left, top, right, bottom
        pixels, copied = self.original(*box), False
        for patch in self.patches:
            shared = _shared(box, patch.box)
            if shared is not None:
                pixels = pixels if copied else pixels.copy()
                copied = True
                _cut(pixels, shared, box)[...] = _cut(patch.pixels, shared, patch.box)
        return pixels

    def original(self, left: int, top: int, right: int, bottom: int) -> ByteArray:
        """The pixels of a box as they were decoded."""
        box = left, top, right, bottom
        made = self._made
        if made is None or _shared(box, made[0]) != box:
            made = self._made = self._make(box)
        return _cut(made[1], box, made[0])

    def every(self, step: int) -> ByteArray:
        """See `LazyPixels.every`."""
        kind = pixel_format(planar(self.frame.format.name))
        # With whole samples of chroma on the way, each plane is a plain view.
        block = 1 << max(kind.log2_width, kind.log2_height)
        step = max(step // block * block, 1)
        if step < block or self.patches or not self._divisible:
            return np.ascontiguousarray(self.part(0, 0, *self.size)[::step, ::step])
        height, width = (-(-side // step) for side in (self.frame.height, self.frame.width))
        small = av.VideoFrame(width, height, _full_chroma(kind.bits))
        for number, (source, target) in enumerate(zip(self.frame.planes, small.planes, strict=True)):
            down, across = kind.subsampling(number)
            samples = plane_samples(source, kind.bits)[:: step >> down, :: step >> across]
            np.copyto(plane_samples(target, kind.bits), samples)
        return self._scalers.small_to_rgb(small, self.frame)

    def painted(self, left: int, top: int, part: ByteArray) -> StoredPicture:
        """See `LazyPixels.painted`."""
        return StoredPicture(
            self.frame, self._scalers, self.orientation, (*self.patches, Patch(left, top, part)), self._made
        )

    def forget(self) -> None:
        """Free what was made; it is made again where it is looked at."""
        self._made = None

    @property
    def _divisible(self) -> bool:
        """Whether a part of the stored picture can be converted alone."""
        kind = pixel_format(planar(self.frame.format.name))
        names = {self.frame.format.name, kind.name}
        upright = self.orientation == Orientation() and all(plane.line_size > 0 for plane in self.frame.planes)
        # Half a sample of chroma at an edge is stretched over the whole picture.
        return upright and names <= _DIVISIBLE and kind.fits(self.frame.width, self.frame.height)

    def _make(self, box: Box) -> tuple[Box, ByteArray]:
        width, height = self.size
        left, right = _grown(box[0], box[2], width)
        top, bottom = _grown(box[1], box[3], height)
        if (right - left) * (bottom - top) > _MOST * width * height or not self._divisible:
            return (0, 0, width, height), self.orientation.upright(self._scalers.to_rgb(self.frame))
        known = _known(left, right, width), _known(top, bottom, height)
        grown = left, top, right, bottom
        inner = known[0][0], known[1][0], known[0][1], known[1][1]
        return inner, _cut(self._scalers.part_to_rgb(self.frame, *grown), inner, grown)


def set_aside(frame: VideoFrame) -> None:
    """Free what was made of a frame's picture, where it can be made again."""
    if isinstance(frame.picture, StoredPicture):
        frame.picture.forget()


_DIVISIBLE = {f"yuv{chroma}p{depth}" for chroma in ("420", "422", "444", "440") for depth in ("", "10le", "12le")} | {
    "yuvj420p",
    "yuvj422p",
    "yuvj444p",
    "yuvj440p",
}
"""Formats of three planes, with whole samples side by side."""


def _full_chroma(bits: int) -> str:
    return "yuv444p" if bits == 8 else f"yuv444p{bits}le"


def _grown(first: int, last: int, length: int) -> tuple[int, int]:
    """A stretch around `first..last` whose length is a multiple of `_GRAIN` or reaches an end of the picture."""
    start = max(0, (first - MARGIN) // 16 * 16)
    wanted = -(-(last + MARGIN - start) // _GRAIN) * _GRAIN
    return start, min(start + wanted, length)


def _known(first: int, last: int, length: int) -> tuple[int, int]:
    """What of a converted stretch is as it is in the whole picture."""
    return (0 if first == 0 else first + MARGIN), (length if last == length else last - MARGIN)


def _shared(one: Box, other: Box) -> Box | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return None if left >= right or top >= bottom else (left, top, right, bottom)


def _cut(pixels: ByteArray, box: Box, where: Box) -> ByteArray:
    """The pixels of a box, of a picture that lies at `where`."""
    return pixels[box[1] - where[1] : box[3] - where[1], box[0] - where[0] : box[2] - where[0]]
