"""Crops that are cut from a picture as it is, neither turned nor scaled, and put back without loss."""

from __future__ import annotations

import math

import cv2
import numpy as np

from talkface_studio.api.card import CropSpec
from talkface_studio.api.landmarks import EYE_OUTER, eye_distance
from talkface_studio.api.values import ByteArray, CropLayout, FaceCrop, FaceObservation, RenderedFace, VideoFrame


def cut_square(width: int, height: int, face: FaceObservation, spec: CropSpec) -> tuple[int, int, int]:
    """Left, top and side of the square around a face that is framed as `spec` asks, in a picture of this size.

    It is moved inwards as far as it can lie inside the picture, and is no larger than the picture's longer side where
    `spec.size` allows that.
    """
    side = math.ceil(eye_distance(face.landmarks) / spec.eye_distance)
    side = max(spec.size, min(side, spec.largest or spec.size, max(width, height)))
    x, y = face.landmarks[list(EYE_OUTER), :2].mean(axis=0)
    return _inwards(x - side / 2, side, width), _inwards(y - spec.eye_height * side, side, height), side


def cut_crop(pixels: ByteArray, face: FaceObservation, spec: CropSpec) -> FaceCrop:
    """The crop around a face of a picture, uint8 RGB `(H, W, 3)`; what lies beyond the picture repeats its edge."""
    height, width = pixels.shape[:2]
    left, top, side = cut_square(width, height, face, spec)
    inside = pixels[max(top, 0) : top + side, max(left, 0) : left + side]
    before = max(-top, 0), max(-left, 0)
    after = side - before[0] - inside.shape[0], side - before[1] - inside.shape[1]
    cut = cv2.copyMakeBorder(inside, before[0], after[0], before[1], after[1], cv2.BORDER_REPLICATE)
    landmarks = face.landmarks - np.array([left, top, 0], np.float32)
    middle = landmarks[list(EYE_OUTER), :2].mean(axis=0)
    layout = CropLayout(size=side, eye_distance=eye_distance(face.landmarks) / side, eye_height=float(middle[1]) / side)
    matrix = np.array([[1.0, 0.0, -left], [0.0, 1.0, -top]])
    return FaceCrop(np.ascontiguousarray(cut, np.uint8), matrix, landmarks, face.time, layout)


def put_crop(frame: VideoFrame, crop: FaceCrop, rendered: RenderedFace) -> VideoFrame:
    """The frame with the rendered crop where `crop` was cut from it."""
    width, height = frame.size
    left, top = round(-crop.matrix[0, 2]), round(-crop.matrix[1, 2])
    side = crop.pixels.shape[0]
    x, y = max(-left, 0), max(-top, 0)
    return frame.painted(left + x, top + y, rendered.pixels[y : min(side, height - top), x : min(side, width - left)])


def _inwards(start: float, side: int, length: int) -> int:
    """The first of `side` pixels out of `length`: inside or, where they are more, with as much beyond each end."""
    if side >= length:
        return (length - side) // 2
    return int(np.clip(round(start), 0, length - side))
