"""Faces between those of two pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from talkface_studio.api.values import CropLayout
from talkface_studio.faces.align import crop_face
from talkface_studio.faces.detector import FaceDetector
from talkface_trainer.morphs import Seen, morph

PORTRAIT = Path(__file__).parents[2] / "resources" / "samples" / "portrait.jpg"


@pytest.fixture(scope="module")
def seen() -> Seen:
    pixels = cv2.imread(str(PORTRAIT))[..., ::-1]
    detector = FaceDetector(max_faces=1)
    (face,) = detector.detect(np.ascontiguousarray(pixels))
    detector.close()
    crop = crop_face(pixels, face, CropLayout(96))
    return Seen(crop.pixels, crop.landmarks[:, :2])


def test_a_face_between_one_and_itself_is_that_face(seen):
    assert np.abs(morph(seen, seen, 0.6).astype(int) - seen.picture).mean() < 1


def test_a_morph_is_as_sharp_as_its_pictures_and_of_a_shape_between_theirs(seen):
    mirrored = Seen(np.ascontiguousarray(seen.picture[:, ::-1]), seen.mesh)
    lower = Seen(mirrored.picture, seen.mesh + np.array([0, 6]) * (seen.mesh[:, 1:] > 55))
    made = morph(seen, lower, 0.6)
    assert np.abs(made.astype(int) - seen.picture).mean() > 0.5
    edges = [np.abs(np.diff(picture.astype(int), axis=0)).mean() for picture in (made, seen.picture)]
    assert edges[0] > 0.8 * edges[1]
    # The first picture alone has hair and clothes.
    assert np.abs(made[:4].astype(int) - seen.picture[:4]).max() < 30
