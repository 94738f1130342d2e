"""Crops that are cut as they are, and put back."""

from __future__ import annotations

import numpy as np
import pytest

from talkface_studio.api.card import CropSpec
from talkface_studio.api.landmarks import EYE_OUTER
from talkface_studio.api.values import FaceObservation, RenderedFace, VideoFrame
from talkface_studio.faces.cut import cut_crop, cut_square, put_crop

SPEC = CropSpec(size=64, largest=300, eye_distance=0.2, eye_height=0.4)


def face_at(x: float, y: float, eyes: float) -> FaceObservation:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, :2] = x, y
    landmarks[list(EYE_OUTER), :2] = [[x - eyes / 2, y], [x + eyes / 2, y]]
    landmarks[:, 2] = 7
    return FaceObservation(landmarks, (x - 1, y - 1, x + 1, y + 1), 1.0, 0.5)


def picture(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_crop_shows_the_pictures_own_pixels() -> None:
    pixels = picture(400, 300)
    crop = cut_crop(pixels, face_at(200, 120, 30), SPEC)
    assert crop.pixels.shape == (150, 150, 3)
    np.testing.assert_array_equal(crop.pixels, pixels[60:210, 125:275])
    assert crop.landmarks[33] == pytest.approx([60, 60, 7])
    assert crop.layout.eye_distance == pytest.approx(0.2)
    assert crop.layout.eye_height == pytest.approx(0.4)
    assert crop.time == 0.5


@pytest.mark.parametrize(
    ("face", "square"),
    [
        # Near an edge it is moved inwards; a small face gets the smallest crop, a large one no more than the picture.
        (face_at(20, 20, 30), (0, 0, 150)),
        (face_at(390, 290, 30), (250, 150, 150)),
        (face_at(200, 150, 5), (168, 124, 64)),
        (face_at(200, 150, 50), (75, 50, 250)),
        (face_at(200, 150, 90), (50, 0, 300)),
    ],
)
def test_where_the_square_lies(face, square) -> None:
    assert cut_square(400, 300, face, SPEC) == square


def test_what_lies_beyond_the_picture_repeats_its_edge_and_is_not_put_back() -> None:
    pixels = picture(100, 60)
    crop = cut_crop(pixels, face_at(50, 30, 90), SPEC)
    assert crop.pixels.shape == (100, 100, 3)
    np.testing.assert_array_equal(crop.pixels[20:80], pixels)
    np.testing.assert_array_equal(crop.pixels[0], pixels[0])
    white = RenderedFace(np.full_like(crop.pixels, 255), 0.5)
    assert put_crop(VideoFrame(pixels, 0.5), crop, white).pixels.min() == 255


def test_a_crop_is_put_back_where_it_was_and_nowhere_else() -> None:
    pixels = picture(400, 300)
    crop = cut_crop(pixels, face_at(200, 120, 30), SPEC)
    np.testing.assert_array_equal(
        put_crop(VideoFrame(pixels, 0.5), crop, RenderedFace(crop.pixels, 0.5)).pixels, pixels
    )
    made = put_crop(VideoFrame(pixels, 0.5), crop, RenderedFace(255 - crop.pixels, 0.5)).pixels
    np.testing.assert_array_equal(made[60:210, 125:275], 255 - crop.pixels)
    made[60:210, 125:275] = pixels[60:210, 125:275]
    np.testing.assert_array_equal(made, pixels)
