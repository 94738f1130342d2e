"""Square regions of a picture in which faces are looked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from talkface_studio.api.values import ByteArray, FaceObservation, FloatArray, VideoFrame

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_LEAST, _MOST = 192, 384
"""Pixels per side of the picture that the network gets. It looks at about three quarters of it in 256 pixels."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square with its top-left corner at `(left, top)`, `side` pixels long; it may reach beyond the picture."""

    left: int
    top: int
    side: int

    @classmethod
    def around(cls, landmarks: FloatArray, *, scale: float = 2.0, side: int | None = None) -> Self:
        """The square about a face, `scale` times as large as its box, or of a given side."""
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        length = side or fitting_side(float((high - low).max()) * scale)
        left, top = np.round((low + high + 1 - length) / 2).astype(int)
        return cls(int(left), int(top), length)

    def cut(self, picture: ByteArray | VideoFrame) -> ByteArray:
        """The region's pixels, black outside the picture, brought to a size that suits the network."""
        frame = picture if isinstance(picture, VideoFrame) else VideoFrame(picture, 0.0)
        width, height = frame.size
        left, top = max(self.left, 0), max(self.top, 0)
        right, bottom = min(self.left + self.side, width), min(self.top + self.side, height)
        if right <= left or bottom <= top:
            return np.zeros((_LEAST, _LEAST, 3), np.uint8)
        part = frame.part(left, top, right, bottom)
        margins = (top - self.top, self.top + self.side - bottom, left - self.left, self.left + self.side - right)
        if any(margins):
            part = np.asarray(cv2.copyMakeBorder(part, *margins, cv2.BORDER_CONSTANT), np.uint8)
        if self.side < _LEAST:
            larger: ByteArray = cv2.resize(part, (_LEAST, _LEAST), interpolation=cv2.INTER_CUBIC)
            return larger
        size = self.side // _blocks(self.side)
        if size == self.side:
            return part
        # The network resamples without a low-pass: large faces would shimmer.
        smaller: ByteArray = cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA)
        return smaller

    def to_frame(self, fractions: FloatArray) -> FloatArray:
        """Landmarks as fractions of this region -> frame pixels; z in the same unit."""
        offset = np.array([self.left - 0.5, self.top - 0.5, 0.0], np.float32)
        return fractions * np.float32(self.side) + offset


def fitting_side(length: float) -> int:
    """A side of about this length that shrinks by whole blocks of pixels, which is several times faster."""
    side = max(8, round(length))
    blocks = _blocks(side)
    return math.ceil(side / blocks) * blocks


def _blocks(side: int) -> int:
    return math.ceil(side / _MOST)


def face_box(landmarks: FloatArray) -> Box:
    """Left, top, right, bottom of a face in pixels."""
    # NumPy reduces whole rows several times faster than columns of three.
    flat = np.ascontiguousarray(landmarks[:, :2].T)
    (left, top), (right, bottom) = flat.min(axis=1).tolist(), flat.max(axis=1).tolist()
    return left, top, right, bottom


def box_size(box: Box) -> float:
    """The longer side of a box."""
    return max(box[2] - box[0], box[3] - box[1])


def box_move(first: Box, second: Box) -> float:
    """How far the middles of two boxes are apart, across or along, whichever is farther."""
    across = (first[0] + first[2]) - (second[0] + second[2])
    along = (first[1] + first[3]) - (second[1] + second[3])
    return max(abs(across), abs(along)) / 2


def overlap(first: Box, second: Box) -> float:
    """Shared area as a fraction of the smaller box, 0..1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return width * height / max(min(areas), 1e-6)


def observation(landmarks: FloatArray, time: float, *, track: int = 0) -> FaceObservation:
    """A face that was seen. The network gives no score of its own, so that of a seen face is 1."""
    return FaceObservation(landmarks=landmarks, box=face_box(landmarks), score=1.0, time=time, track=track)
