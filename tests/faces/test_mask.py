from dataclasses import replace

import cv2
import numpy as np
import pytest

from talkface_studio.api.landmarks import INNER_LIPS, JAW, LEFT_EYE, OVAL, RIGHT_EYE
from talkface_studio.api.values import CropLayout
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.mask import face_mask


@pytest.fixture(scope="module")
def crop(portrait, face):
    return crop_face(portrait, face, CropLayout().padded(8))


def at(mask, points):
    columns, rows = np.round(points[:, :2]).astype(int).T
    return mask[rows, columns]


def test_lower_covers_the_mouth_and_leaves_the_eyes(crop):
    mask = face_mask(crop)
    assert mask.shape == (144, 144)
    assert mask.dtype == np.float32
    assert (at(mask, crop.landmarks[INNER_LIPS]) == 1).all()
    assert (at(mask, crop.landmarks[np.concatenate([LEFT_EYE, RIGHT_EYE])]) == 0).all()


def test_full_covers_the_eyes_too_and_holds_lower(crop):
    full, lower = face_mask(crop, "full"), face_mask(crop, "lower")
    assert (at(full, crop.landmarks[np.concatenate([LEFT_EYE, RIGHT_EYE, INNER_LIPS])]) == 1).all()
    assert full.sum() > 1.4 * lower.sum()
    assert (full >= lower - 0.5).all()


@pytest.mark.parametrize("region", ["lower", "full"])
def test_it_fades_to_exactly_nothing(crop, region):
    mask = face_mask(crop, region)
    assert mask.min() == 0
    assert mask.max() == 1
    inside = cv2.fillConvexPoly(
        np.zeros((144, 144), np.uint8), cv2.convexHull(np.round(crop.landmarks[:, :2]).astype(np.int32)), 255
    )
    far = cv2.dilate(inside, np.ones((13, 13), np.uint8)) == 0
    assert (mask[far] == 0).all()
    steps = max(np.abs(np.diff(mask, axis=axis)).max() for axis in (0, 1))
    assert steps < 0.35, "no step is visible"


def test_the_old_jaw_is_covered(crop):
    mask = face_mask(crop)
    assert at(mask, crop.landmarks[JAW]).min() > 0
    assert at(mask, crop.landmarks[JAW]).mean() > 0.1


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_nothing_on_the_border_of_the_crop(crop, scale):
    large = replace(crop, landmarks=((crop.landmarks - 72) * np.float32(scale) + 72))
    for region in ("lower", "full"):
        mask = face_mask(large, region)
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()
        assert mask.max() == 1


def test_rendered_landmarks_widen_it(crop):
    lowered = crop.landmarks[OVAL, :2] + np.float32([0, 8])
    narrow, wide = face_mask(crop), face_mask(crop, rendered_landmarks=lowered)
    chin = np.argmax(lowered[:, 1])
    below = lowered[chin] + np.float32([0, -2])
    assert at(wide, below[None])[0] > at(narrow, below[None])[0] + 0.3
    assert (wide >= narrow - 1e-6).all()


def test_it_moves_smoothly_with_the_face(crop):
    """A tenth of a pixel changes every value a little, so that a still face has a still edge."""
    moved = replace(crop, landmarks=crop.landmarks + np.float32([0.1, 0.1, 0]))
    change = np.abs(face_mask(moved) - face_mask(crop))
    assert 0 < change.max() < 0.06


def test_a_face_outside_its_crop_has_no_mask(crop):
    gone = replace(crop, landmarks=crop.landmarks + np.float32([5000, 0, 0]))
    assert not face_mask(gone).any()
