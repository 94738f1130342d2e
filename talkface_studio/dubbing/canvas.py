"""How much of a photo its video shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from talkface_studio.api.card import CropSpec
from talkface_studio.api.values import ByteArray, FaceObservation
from talkface_studio.faces.cut import cut_square

HEAD = CropSpec(size=64, largest=4096, eye_distance=0.17, eye_height=0.42)
"""Head and shoulders: six eye distances, of which four lie below the eyes."""


def head_and_shoulders(pixels: ByteArray, face: FaceObservation) -> tuple[ByteArray, FaceObservation]:
    """The part of a photo around a face, as far as the photo goes, and the face in it."""
    height, width = pixels.shape[:2]
    left, top, side = cut_square(width, height, face, HEAD)
    left, top = max(left, 0), max(top, 0)
    part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    box = face.box
    moved = replace(
        face,
        landmarks=face.landmarks - np.array([left, top, 0], np.float32),
        box=(box[0] - left, box[1] - top, box[2] - left, box[3] - top),
    )
    return part, moved
