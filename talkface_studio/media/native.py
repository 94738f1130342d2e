"""Stored pictures to those that an encoder is given: what nobody painted over is written as it was decoded."""

from __future__ import annotations

from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.colour import INTERPOLATION, ColorConverter, ColorTags
from talkface_studio.media.orientation import Orientation
from talkface_studio.media.pixel_format import PixelFormat, pixel_format, planar, plane_samples
from talkface_studio.media.stored_picture import MARGIN, Box, Patch, StoredPicture

_GRAIN = 32
"""Pixels in whose multiples the size of what is converted grows."""

Plane = NDArray[Any]


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
        stored = frame.picture
        planes = self._stored(stored) if isinstance(stored, StoredPicture) else None
        if planes is None:
            return self._converter.from_rgb(frame.pixels, self._target.name, self._tags)
        picture = av.VideoFrame(*frame.size, self._target.name)
        writable = [plane_samples(plane, self._target.bits) for plane in picture.planes]
        for target, source in zip(writable, planes, strict=True):
            np.copyto(target, source)
        assert isinstance(stored, StoredPicture)
        for patch in stored.patches:
            self._repaint(writable, stored, patch)
        self._tags.mark(picture)
        return picture

    def _stored(self, picture: StoredPicture) -> list[Plane] | None:
        """The decoded planes, upright and in the encoder's format; None where that would not keep the picture."""
        source = pixel_format(planar(picture.frame.format.name))
        tags, (width, height) = ColorTags.of(picture.frame), picture.size
        same = tags.matrix(width, height) == self._tags.matrix(width, height) and tags.levels == self._tags.levels
        # Some decoders store rows from the bottom up, and grey has a range of its own.
        turned = any(plane.line_size < 0 for plane in picture.frame.planes)
        if source.rgb or self._target.rgb or not same or turned or source.name.startswith("gray"):
            return None
        stored = picture.frame
        if stored.format.name.replace("yuvj", "yuv") != self._target.name:
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
            [plane_samples(plane, self._target.bits) for plane in stored.planes], picture.orientation, self._target
        )

    def _repaint(self, planes: list[Plane], stored: StoredPicture, patch: Patch) -> None:
        """Write the pixels of a patch that differ from what was decoded into the planes."""
        width, height = stored.size
        step = 1 << max(self._target.log2_width, self._target.log2_height)
        found = _changed(stored, patch, step)
        if found is None:
            return
        (left, top, right, bottom), changed = found
        # A scaler for another size takes longer to make than to use: the area only grows.
        self._area = max(self._area[0], _grained(bottom - top)), max(self._area[1], _grained(right - left))
        outer_top, outer_left = (
            _beginning(top, self._area[0], height, step),
            _beginning(left, self._area[1], width, step),
        )
        outer_bottom, outer_right = min(outer_top + self._area[0], height), min(outer_left + self._area[1], width)
        area = stored.part(outer_left, outer_top, outer_right, outer_bottom)
        painted = self._converter.from_rgb(area, self._target.name, self._tags, of_size=(width, height))
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


def _changed(stored: StoredPicture, patch: Patch, step: int) -> tuple[Box, NDArray[np.bool_]] | None:
    """Which pixels a patch changes, and the box of whole blocks around them; None where it changes nothing."""
    left, top, right, bottom = _whole_blocks(patch.box, *stored.size, step)
    differs = stored.part(left, top, right, bottom) != stored.original(left, top, right, bottom)
    changed = differs[..., 0] | differs[..., 1] | differs[..., 2]
    first_column, first_row, across, down = cv2.boundingRect(changed.view(np.uint8))
    if not across:
        return None
    reached = left + first_column, top + first_row, left + first_column + across, top + first_row + down
    box = _whole_blocks(reached, *stored.size, step)
    return box, changed[box[1] - top : box[3] - top, box[0] - left : box[2] - left]


def _whole_blocks(box: Box, width: int, height: int, step: int) -> Box:
    """The smallest box around one that consists of whole blocks of `step` pixels, inside of the picture."""
    left, top = box[0] // step * step, box[1] // step * step
    return left, top, min(-(-box[2] // step) * step, width), min(-(-box[3] // step) * step, height)


def _any_of_blocks(changed: NDArray[np.bool_], down: int, across: int) -> NDArray[np.bool_]:
    """Which blocks of 2^down by 2^across pixels hold a changed one."""
    rows, columns = 1 << down, 1 << across
    height, width = changed.shape
    blocks = np.zeros((-(-height // rows), -(-width // columns)), np.bool_)
    for row in range(rows):
        for column in range(columns):
            # The last block may be cut off by the picture's end.
            part = changed[row::rows, column::columns]
            blocks[: part.shape[0], : part.shape[1]] |= part
    return blocks
