"""Frames at the size of the face in the video, from a network that works at a smaller one.

The network says where each place comes from; the reference's own pixels are brought there at full size, so that skin
keeps its texture, and what the network adds to them is smooth enough to be enlarged. This happens on the CPU, wherever
the network is: small maps travel from the device instead of large pictures.

Dimension letters: B frames, R references, N of them shown to a frame, S the side of the network's crop, L the side
wanted, h and w the sides of a part of the network's rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from talkface_ltfg_gan.face_generator import FaceOutput
from talkface_studio.api.values import ByteArray, FloatArray


@dataclass(frozen=True, slots=True)
class _Part:
    """A rectangle of the network's rows from `top` on, in its pixels, and the same at the size wanted."""

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
    top: int,
    shown: FloatArray | None = None,
) -> Iterator[ByteArray]:
    """RGB `(L, L, 3)` for each of the frames `(B, L, L, 3)`, from the references `(R, L, L, 3)` of `chosen` `(B, N)`.

    `out` is what the network made of them at its own size, from row `top` on; the rows above are the frame's own, and
    so may be what lies outside of `shown` `(B, 4)`: left, top, right and bottom, in pixels of L.
    """
    S, L, N = out.picture.shape[-1], frames.shape[1], chosen.shape[1]
    flow, confidence = (_rows_last(each.flatten(0, 1)) for each in (out.flow, out.confidence))
    added = _rows_last((out.picture - out.warped)[:, :, top:])
    everything = np.array([0, 0, L, L], np.float32)
    for number, frame in enumerate(frames):
        part = _part(everything if shown is None else shown[number], S, L, top)
        ours = slice(number * N, (number + 1) * N)
        merged = _merged(
            flow[ours, *part.small] * np.float32(L / S), confidence[ours, *part.small], references[chosen[number]], part
        )
        made = frame.copy()
        correction = cv2.resize(added[number][part.small] * np.float32(255), part.size, interpolation=cv2.INTER_LINEAR)
        # With 8 bits as its result, OpenCV rounds and clips.
        made[part.large] = cv2.add(merged, correction, dtype=cv2.CV_8U)
        yield made


def _part(box: FloatArray, S: int, L: int, top: int) -> _Part:
    """The smallest part around a box in pixels of L whose edges are whole pixels at either size, from row `top` on."""
    step = S // math.gcd(S, L)
    first = max(math.floor(float(box[1]) * S / L / step) * step, top // step * step)
    left = max(math.floor(float(box[0]) * S / L / step) * step, 0)
    last, right = (min(math.ceil(float(edge) * S / L / step) * step, S) for edge in (box[3], box[2]))
    if first < top or first >= last or left >= right:
        first, last, left, right = top, S, 0, S
    low, high, near, far = first * L // S, last * L // S, left * L // S, right * L // S
    return _Part((slice(first - top, last - top), slice(left, right)), (slice(low, high), slice(near, far)))


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
