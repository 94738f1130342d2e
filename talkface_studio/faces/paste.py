"""Puts a rendered face back into its frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkface_studio.api.values import FaceCrop, FloatArray, Matrix, RenderedFace, VideoFrame
from talkface_studio.faces.align import matrix_scale
from talkface_studio.faces.mask import Region, face_mask

_QUIET, _LOUD = 3.0, 15.0
"""Levels (of 255) of difference between render and crop: up to the first a pixel is the same, from the second new."""

_ODD = 12.0
"""Levels by which a pair of pixels may miss the usual difference before it counts half."""

_COARSE = 4
"""The colour difference is estimated on a grid of every fourth pixel, in each direction,"""

_MEASURED = 2
"""from every second one."""


def paste_face(frame: VideoFrame, crop: FaceCrop, rendered: RenderedFace, region: Region = "lower") -> VideoFrame:
    """The frame with the rendered face in it; `frame` is the one that `crop` was taken from.

    With N the frame, C the crop, R the render (its colours matched to the crop along the mask's edge), m what part
    of a render's pixel is new and M the face mask, all brought to the frame's resolution, the result is

        N + M * ((R - C) - m * (N - C))

    so that the frame's fine detail stays where the generator changed nothing and goes where the pixel is new. A
    render equal to its crop changes nothing, and no pixel outside the mask changes.
    """
    mask = face_mask(crop, region, rendered.landmarks)
    used = _used(mask)
    window = None if used is None else _window(used, crop.matrix, *frame.size)
    if used is None or window is None:
        return frame
    patch = _patch(crop, rendered, mask, used)
    placed = _place(patch, _shifted(crop.matrix, used), window)
    part = frame.part(window.left, window.top, window.right, window.bottom)
    kept = cv2.merge([1 - cv2.extractChannel(placed, 3)] * 3)
    added = cv2.cvtColor(placed, cv2.COLOR_RGBA2RGB)
    # With 8 bits as its result, OpenCV rounds and clips.
    made = cv2.add(cv2.multiply(part, kept, dtype=cv2.CV_32F), added, dtype=cv2.CV_8U)
    return frame.painted(window.left, window.top, np.asarray(made, np.uint8))


def match_colour(difference: FloatArray, mask: FloatArray, reach: float = 24.0) -> FloatArray:
    """What a render differs by from its crop once both agree along the mask's edge: float32 `(h, w, 3)`, as given.

    The smooth part of the difference is measured in the mask's fading edge, pixel pairs that show different things
    counting little, and taken off everywhere. `reach`, in pixels, is over how far it is averaged.
    """
    some = slice(None, None, _MEASURED)
    edge = (mask[some, some] > 0.02) & (mask[some, some] < 0.9)
    if not edge.any():
        return difference
    seen = np.ascontiguousarray(difference[some, some])
    typical = np.median(seen.reshape(-1, 3).compress(edge.ravel(), axis=0), axis=0).astype(np.float32)
    weight = edge / (1 + (_largest(seen - typical) / _ODD) ** 2)
    size = (max(2, round(mask.shape[1] / _COARSE)), max(2, round(mask.shape[0] / _COARSE)))
    # With 1 as the fourth channel of a colour, that of the sums is the sum of the weights.
    weighted = cv2.multiply(cv2.cvtColor(seen, cv2.COLOR_RGB2RGBA), cv2.merge([weight] * 4))
    # A wide kernel carries the edge's colour into the middle; the little constant is for where no edge is near.
    sums = cv2.GaussianBlur(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), (0, 0), reach / _COARSE)
    shift = (sums[..., :3] + 1e-4 * typical) / (sums[..., 3:] + 1e-4)
    matched: FloatArray = cv2.subtract(difference, cv2.resize(shift, mask.shape[::-1], interpolation=cv2.INTER_LINEAR))
    return matched


def change_mask(difference: FloatArray, radius: float = 1.5) -> FloatArray:
    """What part of each pixel is new, from how much the render differs from the crop: float32 `(h, w)` in 0..1.

    The difference, `(h, w, 3)`, is averaged over about `radius` pixels.
    """
    soft = cv2.GaussianBlur(_largest(difference), (0, 0), radius)
    mask: FloatArray = np.clip((soft - _QUIET) * np.float32(1 / (_LOUD - _QUIET)), 0, 1)
    return mask


def _largest(difference: FloatArray) -> FloatArray:
    """The channel that differs most."""
    size = np.abs(difference)
    largest: FloatArray = np.maximum(np.maximum(size[..., 0], size[..., 1]), size[..., 2])
    return largest


def _patch(crop: FaceCrop, rendered: RenderedFace, mask: FloatArray, used: _Window) -> FloatArray:
    """Colour to add, and the part of the frame to take away, for the used part of the crop: float32 `(h, w, 4)`.

    The formula of `paste_face` reads N * (1 - M m) + M (R - C + m C).
    """
    size = mask.shape[0]
    mask = mask[used.slices]
    source, made = crop.pixels[used.slices], rendered.pixels[used.slices]
    change = match_colour(cv2.subtract(made, source, dtype=cv2.CV_32F), mask, size / 6)
    new = change_mask(change, size / 96) if rendered.mask is None else rendered.mask[used.slices]
    added = cv2.add(cv2.multiply(source, cv2.merge([new] * 3), dtype=cv2.CV_32F), change)
    # The fourth channel of the colour is 1.
    patch = cv2.multiply(cv2.cvtColor(added, cv2.COLOR_RGB2RGBA), cv2.merge([mask, mask, mask, new * mask]))
    scale = matrix_scale(crop.matrix)
    if scale > 1.2:
        # The face is smaller in the frame than in its crop.
        patch = cv2.GaussianBlur(patch, (0, 0), 0.5 * float(np.sqrt(scale**2 - 1)), borderType=cv2.BORDER_CONSTANT)
    # The bicubic kernel spreads by a pixel more than the mask does.
    inner = cv2.erode((mask > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    kept: FloatArray = cv2.copyTo(patch, inner)
    return kept


@dataclass(frozen=True, slots=True)
class _Window:
    """A rectangle of a picture; right and bottom are just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)


def _used(mask: FloatArray) -> _Window | None:
    """The part of the crop that the mask covers, and a pixel around it; None when it covers nothing."""
    left, top, width, height = cv2.boundingRect((mask > 0).view(np.uint8))
    return _Window(left - 1, top - 1, left + width + 1, top + height + 1) if width else None


def _window(used: _Window, matrix: Matrix, width: int, height: int) -> _Window | None:
    """The part of the frame that the used part of the crop reaches; None when it lies outside."""
    x, y = (used.left, used.right), (used.top, used.bottom)
    corners = np.array([(x[0], y[0], 1), (x[1], y[0], 1), (x[0], y[1], 1), (x[1], y[1], 1)], np.float64)
    placed = corners @ cv2.invertAffineTransform(matrix).T
    left, top = np.maximum(np.floor(placed.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(placed.max(axis=0)).astype(int) + 1, (width, height))
    return None if left >= right or top >= bottom else _Window(int(left), int(top), int(right), int(bottom))


def _shifted(matrix: Matrix, used: _Window) -> Matrix:
    """From frame to the coordinates of the used part of the crop."""
    shifted = matrix.copy()
    shifted[:, 2] -= (used.left, used.top)
    return shifted


def _place(patch: FloatArray, matrix: Matrix, window: _Window) -> FloatArray:
    """The patch at the frame's resolution, `(h, w, 4)` for the window."""
    # Frame to crop, with the window's corner as the frame's origin: what WARP_INVERSE_MAP asks for.
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ (window.left, window.top)
    placed: FloatArray = cv2.warpAffine(
        patch,
        local,
        (window.right - window.left, window.bottom - window.top),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return placed
