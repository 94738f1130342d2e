"""Pictures as the file stores them, carried past the studio's RGB to the encoder.

Decoding to 8-bit RGB and encoding from it loses bits of depth and of chroma. So a frame keeps its decoded picture, and
the encoder writes that one, except for the pixels that were changed in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from talkface_studio.api.values import ByteArray, VideoFrame
from talkface_studio.media.colour import INTERPOLATION, ColorConverter, ColorTags
from talkface_studio.media.orientation import Orientation
from talkface_studio.media.pixel_format import PixelFormat, pixel_format, planar, plane_samples

MARGIN = 8
"""Pixels around a changed area that are converted with it, because chroma is interpolated over its neighbours."""

_GRAIN = 32
"""Pixels in whose multiples the size of what is converted grows."""

Plane = NDArray[Any]


@dataclass(frozen=True, slots=True)
class NativePicture:
    """A decoded picture as it is stored, and the upright RGB that was made of it."""

    frame: av.VideoFrame
    orientation: Orientation
    pixels: ByteArray


_SET_ASIDE = np.zeros((0, 0, 3), np.uint8)


def set_aside(frame: VideoFrame) -> VideoFrame:
    """The frame without its pixels, two thirds of its memory, where `TakenUp` can make them again."""
    native = frame.native
    if not isinstance(native, NativePicture) or frame.pixels is not native.pixels:
        return frame
    return replace(frame, pixels=_SET_ASIDE, native=replace(native, pixels=_SET_ASIDE))


class TakenUp:
    """Gives frames that were set aside their pixels again, the same ones. Keeps a scaler: one per thread."""

    def __init__(self) -> None:
        self._converter = ColorConverter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """The frame with its pixels."""
        native = frame.native
        if frame.pixels is not _SET_ASIDE or not isinstance(native, NativePicture):
            return frame
        pixels = native.orientation.upright(self._converter.to_rgb(native.frame))
        return replace(frame, pixels=pixels, native=replace(native, pixels=pixels))


class NativeConverter:
    """Makes the encoder's pictures. Keeps scalers: one per thread."""

    def __init__(self, target: str, tags: ColorTags) -> None:
        """`target` is the encoder's pixel format, `tags` are the output's."""
        self._target = pixel_format(target)
        self._tags = tags
        self._scaler = VideoReformatter()
        self._converter = ColorConverter()
        self._area = (0, 0)
        """Height and width of what is converted of a picture of which little changed."""

    def picture(self, frame: VideoFrame) -> av.VideoFrame:
        """A frame in the encoder's format: what is unchanged as it was decoded, the rest from RGB."""
        planes = self._stored(frame)
        if planes is None:
            return self._converter.from_rgb(frame.pixels, self._target.name, self._tags)
        picture = av.VideoFrame(*frame.size, self._target.name)
        writable = [plane_samples(plane, self._target.bits) for plane in picture.planes]
        for target, source in zip(writable, planes, strict=True):
            np.copyto(target, source)
        assert isinstance(frame.native, NativePicture)
        if frame.pixels is not frame.native.pixels:
            self._repaint(writable, frame.pixels, frame.native.pixels)
        self._tags.mark(picture)
        return picture

    def _stored(self, frame: VideoFrame) -> list[Plane] | None:
        """The decoded planes, upright and in the encoder's format; None where that would not keep the picture."""
        native = frame.native
        if not isinstance(native, NativePicture) or native.pixels.shape != frame.pixels.shape:
            return None
        source = pixel_format(planar(native.frame.format.name))
        tags, (width, height) = ColorTags.of(native.frame), frame.size
        same = tags.matrix(width, height) == self._tags.matrix(width, height) and tags.levels == self._tags.levels
        # Some decoders store rows from the bottom up, and grey has a range of its own.
        turned = any(plane.line_size < 0 for plane in native.frame.planes)
        if source.rgb or self._target.rgb or not same or turned or source.name.startswith("gray"):
            return None
        stored = native.frame
        if native.frame.format.name.replace("yuvj", "yuv") != self._target.name:
            stored = self._scaler.reformat(
                stored,
                format=self._target.name,
                src_colorspace=tags.matrix(width, height),
                dst_colorspace=tags.matrix(width, height),
                src_color_range=tags.levels,
                dst_color_range=tags.levels,
                interpolation=INTERPOLATION,
            )
        return _upright(
            [plane_samples(plane, self._target.bits) for plane in stored.planes], native.orientation, self._target
        )

    def _repaint(self, planes: list[Plane], pixels: ByteArray, original: ByteArray) -> None:
        """Write the pixels that differ from `original` into the planes."""
        step = 1 << max(self._target.log2_width, self._target.log2_height)
        box = _changed_box(pixels, original, step)
        if box is None:
            return
        top, bottom, left, right = box
        height, width = pixels.shape[:2]
        # A scaler for another size takes longer to make than to use: the area only grows.
        self._area = max(self._area[0], _grained(bottom - top)), max(self._area[1], _grained(right - left))
        outer_top, outer_left = (
            _beginning(top, self._area[0], height, step),
            _beginning(left, self._area[1], width, step),
        )
        area = pixels[outer_top : outer_top + self._area[0], outer_left : outer_left + self._area[1]]
        painted = self._converter.from_rgb(area, self._target.name, self._tags, of_size=(width, height))
        differs = pixels[top:bottom, left:right] != original[top:bottom, left:right]
        changed = differs[..., 0] | differs[..., 1] | differs[..., 2]
        masks: dict[tuple[int, int], NDArray[np.bool_]] = {}
        for number, (plane, paint) in enumerate(zip(planes, painted.planes, strict=True)):
            down, across = self._target.subsampling(number)
            if (down, across) not in masks:
                masks[down, across] = _any_of_blocks(changed, down, across)
            mask = masks[down, across]
            rows = slice(top >> down, (top >> down) + mask.shape[0])
            columns = slice(left >> across, (left >> across) + mask.shape[1])
            own_top, own_left = (top - outer_top) >> down, (left - outer_left) >> across
            source = plane_samples(paint, self._target.bits)[own_top:, own_left:][: mask.shape[0], : mask.shape[1]]
            np.copyto(plane[rows, columns], source, where=mask)


def _grained(length: int) -> int:
    return -(-(length + 2 * MARGIN) // _GRAIN) * _GRAIN


def _beginning(first: int, length: int, whole: int, step: int) -> int:
    """Where a stretch of this length around what begins at `first` begins, inside of the picture if it can be."""
    return max(0, min(first - MARGIN, -(-(whole - length) // step) * step))


def _upright(planes: list[Plane], orientation: Orientation, kind: PixelFormat) -> list[Plane] | None:
    """Turned planes; None where turning would move chroma against luma."""
    if orientation == Orientation():
        return planes
    even = all(side % 2 == 0 for side in planes[0].shape)
    if not even or (orientation.transposed and kind.log2_width != kind.log2_height):
        return None
    return [orientation.upright(plane[..., None])[..., 0] for plane in planes]


def _changed_box(pixels: ByteArray, original: ByteArray, step: int) -> tuple[int, int, int, int] | None:
    """Top, bottom, left and right around what differs, multiples of `step`; None where nothing does."""
    height, width = pixels.shape[:2]
    rows = np.flatnonzero((_words(pixels) != _words(original)).any(axis=1))
    if not len(rows):
        return None
    between = slice(int(rows[0]), int(rows[-1]) + 1)
    words = _words(pixels[between])
    columns = np.flatnonzero((words != _words(original[between])).any(axis=0)) * words.itemsize
    first, last = int(columns[0]) // 3, (int(columns[-1]) + words.itemsize - 1) // 3
    top, left = int(rows[0]) // step * step, first // step * step
    bottom, right = -(-(int(rows[-1]) + 1) // step) * step, -(-(last + 1) // step) * step
    return top, min(bottom, height), left, min(right, width)


def _words(pixels: ByteArray) -> NDArray[Any]:
    """The rows of a picture, `(H, n)`, in the widest words that they consist of."""
    rows = np.ascontiguousarray(pixels).reshape(pixels.shape[0], -1)
    return rows.view(np.uint64) if rows.shape[1] % 8 == 0 else rows


def _any_of_blocks(changed: NDArray[np.bool_], down: int, across: int) -> NDArray[np.bool_]:
    """Which blocks of 2^down by 2^across pixels hold a changed one."""
    for axis, log2 in enumerate((down, across)):
        if log2:
            changed = np.logical_or.reduceat(changed, np.arange(0, changed.shape[axis], 1 << log2), axis=axis)
    return changed
