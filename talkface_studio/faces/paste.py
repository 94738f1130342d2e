"""Puts a rendered face back into its frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkface_studio.api.values import ByteArray, FaceCrop, FloatArray, Matrix, RenderedFace
from talkface_studio.faces.align import matrix_scale
from talkface_studio.faces.mask import Region, face_mask

_QUIET, _LOUD = 3.0, 15.0
"""Levels (of 255) of difference between render and crop: up to the first a pixel is the same, from the second new."""

_COARSE = 32
"""Side of the grid on which the colour difference is estimated."""


def paste_face(pixels: ByteArray, crop: FaceCrop, rendered: RenderedFace, region: Region = "lower") -> ByteArray:
    """A new frame with the rendered face in it; `pixels` is the frame that `crop` was taken from.

    With N the frame, C the crop, R the render (its colours matched to the crop along the mask's edge), m what part
    of a render's pixel is new and M the face mask, all brought to the frame's resolution, the result is

        N + M * ((R - C) - m * (N - C))

    so that the frame's fine detail stays where the generator changed nothing and goes where the pixel is new. A
    render equal to its crop changes nothing, and no pixel outside the mask changes.
    """
    mask = face_mask(crop, region, rendered.landmarks)
    patch = _patch(crop, rendered, mask)
    result = pixels.copy()
    window = _window(mask, crop.matrix, pixels.shape[1], pixels.shape[0])
    if window is None:
        return result
    part = result[window.top : window.bottom, window.left : window.right]
    placed = _place(patch, crop.matrix, window)
    blended = part * (1 - placed[..., 3:]) + placed[..., :3]
    part[...] = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
    return result


def match_colour(rendered: FloatArray, crop: FloatArray, mask: FloatArray) -> FloatArray:
    """The render with its colours moved to the crop's, so that both agree along the mask's edge; float32 `(S, S, 3)`.

    The smooth part of the difference is measured in the mask's fading edge, pixel pairs that show different things
    left out, and taken off everywhere.
    """
    edge = ((mask > 0.02) & (mask < 0.9)).astype(np.float32)
    if not edge.any():
        return rendered
    difference = rendered - crop
    typical = np.median(difference[edge > 0], axis=0)
    odd = np.abs(difference - typical).max(axis=2)
    weight = edge / (1 + (odd / 12.0) ** 2)
    both = np.concatenate([difference * weight[..., None], weight[..., None]], axis=2)
    coarse = cv2.resize(both, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA)
    # A wide kernel carries the edge's colour into the middle; the little constant is for where no edge is near.
    soft = cv2.GaussianBlur(coarse, (0, 0), _COARSE / 6, borderType=cv2.BORDER_REFLECT)
    shift = (soft[..., :3] + 1e-4 * typical) / (soft[..., 3:] + 1e-4)
    smooth = cv2.resize(shift.astype(np.float32), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
    matched: FloatArray = rendered - smooth
    return matched


def change_mask(rendered: FloatArray, crop: FloatArray) -> FloatArray:
    """What part of each pixel is new, from how much the render differs from the crop: float32 `(S, S)` in 0..1."""
    difference = np.abs(rendered - crop).max(axis=2)
    soft = cv2.GaussianBlur(difference, (0, 0), max(rendered.shape[0] / 96, 0.8))
    mask: FloatArray = np.clip((soft - _QUIET) / (_LOUD - _QUIET), 0, 1)
    return mask


def _patch(crop: FaceCrop, rendered: RenderedFace, mask: FloatArray) -> FloatArray:
    """Colour to add, and the part of the frame to take away, float32 `(S, S, 4)`: M (R - C + m C) and M m."""
    source = crop.pixels.astype(np.float32)
    matched = match_colour(rendered.pixels.astype(np.float32), source, mask)
    new = change_mask(matched, source) if rendered.mask is None else rendered.mask
    # The bicubic kernel spreads by a pixel more than the mask does.
    inner = mask * cv2.erode((mask > 0).astype(np.float32), np.ones((3, 3), np.uint8))
    added = matched - source * (1 - new)[..., None]
    return np.concatenate([added * inner[..., None], (new * inner)[..., None]], axis=2, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Window:
    left: int
    top: int
    right: int
    bottom: int


def _window(mask: FloatArray, matrix: Matrix, width: int, height: int) -> _Window | None:
    """The part of the frame that the mask reaches, or None."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return None
    x, y = [columns[0] - 1, columns[-1] + 1], [rows[0] - 1, rows[-1] + 1]
    corners = np.array([(x[0], y[0], 1), (x[1], y[0], 1), (x[0], y[1], 1), (x[1], y[1], 1)], np.float64)
    placed = corners @ cv2.invertAffineTransform(matrix).T
    left, top = np.maximum(np.floor(placed.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(placed.max(axis=0)).astype(int) + 1, (width, height))
    return None if left >= right or top >= bottom else _Window(int(left), int(top), int(right), int(bottom))


def _place(patch: FloatArray, matrix: Matrix, window: _Window) -> FloatArray:
    """The patch at the frame's resolution, `(h, w, 4)` for the window."""
    scale = matrix_scale(matrix)
    if scale > 1.2:
        # The face is smaller in the frame than in its crop.
        patch = cv2.GaussianBlur(patch, (0, 0), 0.5 * float(np.sqrt(scale**2 - 1)), borderType=cv2.BORDER_CONSTANT)
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
