import cv2
import numpy as np
import pytest

from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import VideoFrame


def test_the_face_of_a_portrait(face):
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    # Read off the picture: the pupils and the tip of the nose.
    np.testing.assert_allclose(face.landmarks[468, :2], (203, 100.6), atol=1.5)
    np.testing.assert_allclose(face.landmarks[473, :2], (247, 103), atol=1.5)
    np.testing.assert_allclose(face.landmarks[4, :2], (224, 127), atol=2)
    assert face.landmarks[4, 2] < face.landmarks[234, 2], "the nose is nearer to the camera than the ear"
    assert face.box[0] == face.landmarks[:, 0].min()
    assert face.observed


@pytest.mark.parametrize(("size", "factor"), [((1920, 1080), 0.5), ((1280, 720), 0.7), ((854, 480), 0.3)])
def test_small_faces_in_large_pictures(portrait, detector, face, size, factor):
    small = cv2.resize(portrait[:256], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    picture = np.full((size[1], size[0], 3), 90, np.uint8)
    left, top = size[0] // 5, size[1] // 3
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    (found,) = detector.detect(picture, time=1.5)
    assert found.time == 1.5
    expected = (face.landmarks[:, :2] + 0.5) * factor - 0.5 + (left, top)
    error = np.linalg.norm(found.landmarks[:, :2] - expected, axis=1).mean()
    assert error < 0.05 * factor * eye_distance(face.landmarks)
    # Depth is in pixels too.
    assert np.ptp(found.landmarks[:, 2]) == pytest.approx(factor * np.ptp(face.landmarks[:, 2]), rel=0.15)


def test_several_faces_largest_first(bust, detector):
    picture = np.full((300, 640, 3), 90, np.uint8)
    picture[20:212, 10:202] = cv2.resize(bust, (192, 192), interpolation=cv2.INTER_AREA)
    picture[20:276, 300:556] = bust[:, ::-1]
    faces = detector.detect(picture)
    assert [face.track for face in faces] == [0, 1]
    assert faces[0].box[0] > 300
    assert faces[1].box[2] < 202
    assert faces[0].box[3] - faces[0].box[1] > faces[1].box[3] - faces[1].box[1]


def test_turned_and_cut_off_faces(portrait, detector, face):
    matrix = cv2.getRotationMatrix2D((225, 130), 35, 1.0)
    turned = cv2.warpAffine(portrait, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    (found,) = detector.detect(turned)
    expected = face.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert np.linalg.norm(found.landmarks[:, :2] - expected, axis=1).mean() < 0.06 * eye_distance(face.landmarks)
    (halved,) = detector.detect(np.ascontiguousarray(portrait[:, 205:]))
    assert halved.box[0] < 0


def test_a_picture_without_a_face(detector):
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    assert detector.detect(noise) == ()


def test_known_faces_are_looked_away_from(portrait, detector, face):
    assert len(detector.search(portrait, levels=0)) == 1
    assert detector.search(portrait, levels=0, without=[face.box]) == []


def test_a_look_at_a_known_place_sees_what_a_search_finds(portrait, detector, face):
    moved = face.landmarks + np.float32(0.3 * eye_distance(face.landmarks))
    seen = detector.look(VideoFrame(portrait, 2.0), moved)
    assert seen.time == 2.0
    error = np.linalg.norm(seen.landmarks[:, :2] - face.landmarks[:, :2], axis=1).mean()
    assert error < 0.02 * eye_distance(face.landmarks)
    assert detector.look(VideoFrame(np.full_like(portrait, 90), 0.0), face.landmarks) is None
