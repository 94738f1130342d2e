"""Frames at the size of the face in the video, from a network that works at a smaller one.

The network says where each place comes from; the reference's own pixels are brought there at full size, so that skin
keeps its texture, and what the network adds to them is smooth enough to be enlarged. This happens on the CPU, wherever
the network is: small maps travel from the device instead of large pictures.

Dimension letters: B frames, R references, N of them shown to a frame, S the side of the network's crop, L the side
wanted, h and w the sides of a part of what the network makes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.face_generator import FaceOutput
from talkface_studio.api.values import ByteArray, FloatArray

FADE = 8
"""Pixels of the network's crop over which what it made begins at an edge that is not the crop's own."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A rectangle of what the network made, in pixels of its maps, and the same in the crop at the size wanted."""

    small: tuple[slice, slice]
    large: tuple[slice, slice]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height at the size wanted."""
        rows, columns = self.large
        return columns.stop - columns.start, rows.stop - rows.start


def native_frames(
    out: FaceOutput,
    frames: ByteArray,
    references: ByteArray,
    chosen: NDArray[np.int64],
    *,
    config: FaceConfig,
    shown: FloatArray | None = None,
) -> Iterator[ByteArray]:
    """RGB `(L, L, 3)` for each of the frames `(B, L, L, 3)`, from the references `(R, L, L, 3)` of `chosen` `(B, N)`.

    `out` is what a network of this configuration made of them at its own size. What it does not make is the frame's
    own, and so may be what lies outside of `shown` `(B, 4)`: left, top, right and bottom, in pixels of L.
    """
    S, L, N = config.size, frames.shape[1], chosen.shape[1]
    rows, columns = config.made
    flow, confidence = (_rows_last(each.flatten(0, 1)) for each in (out.flow, out.confidence))
    added = _rows_last((out.picture - out.warped)[:, :, rows, columns])
    everything = np.array([0, 0, L, L], np.float32)
    for number, frame in enumerate(frames):
        part = _part(everything if shown is None else shown[number], config, L)
        ours = slice(number * N, (number + 1) * N)
        merged = _merged(
            flow[ours, *part.small] * np.float32(L / S), confidence[ours, *part.small], references[chosen[number]], part
        )
        made = frame.copy()
        correction = cv2.resize(added[number][part.small] * np.float32(255), part.size, interpolation=cv2.INTER_LINEAR)
        # With 8 bits as its result, OpenCV rounds and clips.
        made[part.large] = cv2.add(merged, correction, dtype=cv2.CV_8U)
        _fade_in(made, frame, part, config)
        yield made


def _part(box: FloatArray, config: FaceConfig, L: int) -> _Part:
    """The smallest part around a box in pixels of L whose edges are whole pixels at either size, or all there is."""
    S = config.size
    step = S // math.gcd(S, L)
    made = config.made
    places = []
    for low, high, edge in zip((box[1], box[0]), (box[3], box[2]), made, strict=True):
        first = max(math.floor(float(low) * S / L / step) * step, edge.start)
        places.append(slice(first, min(math.ceil(float(high) * S / L / step) * step, edge.stop)))
    if any(place.start >= place.stop for place in places):
        places = list(made)
    rows, columns = (
        slice(place.start - edge.start, place.stop - edge.start) for place, edge in zip(places, made, strict=True)
    )
    down, across = (slice(place.start * L // S, place.stop * L // S) for place in places)
    return _Part((rows, columns), (down, across))


def _fade_in(made: ByteArray, frame: ByteArray, part: _Part, config: FaceConfig) -> None:
    """Let a part of `made` `(L, L, 3)` begin as `frame` where the network's picture begins within the crop."""
    scale = len(frame) / config.size
    width = round(FADE * scale)
    # From one half of a step to half a step before 1.
    rising = (np.arange(width, dtype=np.float32) + np.float32(0.5)) / np.float32(width)
    rows, columns = part.large
    top, left = round(config.top * scale), round(config.left * scale)
    right = len(frame) - left
    if top and rows.start < top + width:
        share = rising[rows.start - top : rows.stop - top, None, None]
        _blend(made, frame, (slice(rows.start, rows.start + len(share)), columns), share)
    if left and columns.start < left + width:
        share = rising[None, columns.start - left : columns.stop - left, None]
        _blend(made, frame, (rows, slice(columns.start, columns.start + share.shape[1])), share)
    if left and columns.stop > right - width:
        share = rising[None, right - columns.stop : right - columns.start, None][:, ::-1]
        _blend(made, frame, (rows, slice(columns.stop - share.shape[1], columns.stop)), share)


def _blend(made: ByteArray, frame: ByteArray, place: tuple[slice, slice], share: FloatArray) -> None:
    own = frame[place].astype(np.float32)
    made[place] = np.rint(own + (made[place] - own) * share)


def _merged(flow: FloatArray, confidence: FloatArray, references: ByteArray, part: _Part) -> FloatArray:
    """A part of references `(N, L, L, 3)` warped by `flow` `(N, h, w, 2)` in pixels of L.

    Their mean is weighted by `confidence` `(N, h, w, 1)`.
    """
    rows, columns = part.large
    x, y = np.meshgrid(
        np.arange(columns.start, columns.stop, dtype=np.float32), np.arange(rows.start, rows.stop, dtype=np.float32)
    )
    total, weights = np.zeros((*part.size[::-1], 3), np.float32), np.full(part.size[::-1], 1e-5, np.float32)
    for moves, trusted, picture in zip(flow, confidence, references, strict=True):
        dx, dy = cv2.split(cv2.resize(moves, part.size, interpolation=cv2.INTER_LINEAR))
        # Cubic, because a linear one takes the finest texture off.
        warped = cv2.remap(picture, x + dx, y + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        weight = cv2.resize(trusted, part.size, interpolation=cv2.INTER_LINEAR)
        cv2.accumulate(cv2.multiply(warped, cv2.merge([weight] * 3), dtype=cv2.CV_32F), total)
        weights += weight
    merged: FloatArray = cv2.divide(total, cv2.merge([weights] * 3))
    return merged


def _rows_last(maps: Tensor) -> FloatArray:
    """`(n, C, H, W)` to float32 `(n, H, W, C)` on the CPU."""
    return np.ascontiguousarray(maps.float().movedim(1, 3).cpu().numpy())
