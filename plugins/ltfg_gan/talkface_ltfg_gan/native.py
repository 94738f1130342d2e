"""Frames at the size of the face in the video, from a network that works at a smaller one.

The network says where each place comes from; the reference's own pixels are brought there at full size, so that skin
keeps its texture, and what the network adds to them is smooth enough to be enlarged. This happens on the CPU, wherever
the network is: small maps travel from the device instead of large pictures.

Dimension letters: B frames, R references, N of them shown to a frame, S the side of the network's crop, H its rows from
`top` on, L the side wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from talkface_ltfg_gan.face_generator import FaceOutput
from talkface_studio.api.values import ByteArray, FloatArray


def native_frames(
    out: FaceOutput, frames: ByteArray, references: ByteArray, chosen: NDArray[np.int64], top: int
) -> Iterator[ByteArray]:
    """RGB `(L, L, 3)` for each of the frames `(B, L, L, 3)`, from the references `(R, L, L, 3)` of `chosen` `(B, N)`.

    `out` is what the network made of them at its own size, from row `top` on; the rows above are the frame's own.
    """
    S, L = out.picture.shape[-1], frames.shape[1]
    first = L - (S - top) * L // S
    flow, confidence = (_rows_last(each.flatten(0, 1)) for each in (out.flow, out.confidence))
    added = _rows_last((out.picture - out.warped)[:, :, top:])
    N = chosen.shape[1]
    for number, frame in enumerate(frames):
        shown = slice(number * N, (number + 1) * N)
        merged = _merged(flow[shown] * np.float32(L / S), confidence[shown], references[chosen[number]], first)
        made = frame.copy()
        correction = cv2.resize(added[number] * np.float32(255), (L, L - first), interpolation=cv2.INTER_LINEAR)
        # With 8 bits as its result, OpenCV rounds and clips.
        cv2.add(merged, correction, dst=made[first:], dtype=cv2.CV_8U)
        yield made


def _merged(flow: FloatArray, confidence: FloatArray, references: ByteArray, first: int) -> FloatArray:
    """References `(N, L, L, 3)` warped by `flow` `(N, H, S, 2)` in pixels of L, `(rows, L, 3)` from row `first` on.

    Their mean is weighted by `confidence` `(N, H, S, 1)`.
    """
    side = references.shape[1]
    size = (side, side - first)
    x, y = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(first, side, dtype=np.float32))
    total, weights = np.zeros((*size[::-1], 3), np.float32), np.full(size[::-1], 1e-5, np.float32)
    for moves, trusted, picture in zip(flow, confidence, references, strict=True):
        dx, dy = cv2.split(cv2.resize(moves, size, interpolation=cv2.INTER_LINEAR))
        # Cubic, because a linear one takes the finest texture off.
        warped = cv2.remap(picture, x + dx, y + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        weight = cv2.resize(trusted, size, interpolation=cv2.INTER_LINEAR)
        cv2.accumulate(cv2.multiply(warped, cv2.merge([weight] * 3), dtype=cv2.CV_32F), total)
        weights += weight
    merged: FloatArray = cv2.divide(total, cv2.merge([weights] * 3))
    return merged


def _rows_last(maps: Tensor) -> FloatArray:
    """`(n, C, H, W)` to float32 `(n, H, W, C)` on the CPU."""
    return np.ascontiguousarray(maps.float().movedim(1, 3).cpu().numpy())
