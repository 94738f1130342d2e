import cv2
import numpy as np
import pytest

from talkface_studio.api.landmarks import EYE_OUTER, eye_distance
from talkface_studio.api.values import CropLayout
from talkface_studio.faces.align import (
    STABLE,
    TEMPLATE,
    crop_face,
    face_matrix,
    fit_similarity,
    matrix_scale,
    transform_landmarks,
    warp_to_crop,
)

LAYOUTS = [CropLayout(), CropLayout(size=256, eye_distance=0.3, eye_height=0.45), CropLayout().padded(8)]


def mean_face():
    """A mesh whose stable points are exactly the template's."""
    mesh = np.zeros((478, 3), np.float32)
    mesh[STABLE, :2] = TEMPLATE
    return mesh


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("angle", "scale"), [(0, 60), (30, 200), (-75, 15)])
def test_a_mean_face_lies_as_the_layout_says_however_it_was_filmed(layout, angle, scale):
    turn = scale * np.exp(1j * np.radians(angle))
    filmed = mean_face()
    flat = (filmed[:, 0] + 1j * filmed[:, 1]) * turn + (300 + 200j)
    filmed[:, :2] = np.stack([flat.real, flat.imag], 1)
    eyes = transform_landmarks(filmed, face_matrix(filmed, layout))[list(EYE_OUTER), :2]
    y = layout.eye_height * layout.size
    middle, half = (layout.size - 1) / 2, layout.eye_distance * layout.size / 2
    np.testing.assert_allclose(eyes, [(middle - half, y), (middle + half, y)], atol=0.01)


def test_a_real_face_is_near_the_template(face):
    layout = CropLayout()
    crop_points = transform_landmarks(face.landmarks, face_matrix(face.landmarks, layout))
    assert eye_distance(crop_points) == pytest.approx(0.4 * 128, rel=0.08)
    assert crop_points[152, 1] == pytest.approx(0.9 * 128, abs=10), "the chin"
    placed = TEMPLATE * 0.4 * 128 + (63.5, 128 / 3)
    assert np.abs(crop_points[STABLE, :2] - placed).max() < 0.06 * 0.4 * 128


def test_speaking_and_blinking_do_not_move_the_crop(face):
    spoken = face.landmarks.copy()
    spoken[[14, 17, 152, 13, 159, 145, 386, 374], 1] += 10
    np.testing.assert_array_equal(face_matrix(spoken, CropLayout()), face_matrix(face.landmarks, CropLayout()))


def test_fit_similarity_undoes_a_similarity():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(6, 2))
    a, b = 1.7 * np.exp(0.6j), 3 - 2j
    moved = a * (points[:, 0] + 1j * points[:, 1]) + b
    fitted = fit_similarity(points, np.stack([moved.real, moved.imag], 1))
    np.testing.assert_allclose(fitted, (a, b))


def test_depth_is_scaled_with_the_rest(face):
    matrix = face_matrix(face.landmarks, CropLayout(size=512))
    moved = transform_landmarks(face.landmarks, matrix)
    np.testing.assert_allclose(moved[:, 2], face.landmarks[:, 2] * matrix_scale(matrix), rtol=1e-5)
    assert moved.dtype == np.float32


@pytest.mark.parametrize("size", [32, 48, 128, 300])
def test_pixels_and_landmarks_agree(portrait, detector, face, size):
    """A face found in the crop lies where the crop says that it does, whether it was shrunk or enlarged."""
    layout = CropLayout(size=size, eye_distance=0.25, eye_height=0.4)
    crop = crop_face(portrait, face, layout)
    assert crop.pixels.shape == (size, size, 3)
    enlarged = cv2.resize(crop.pixels, (320, 320), interpolation=cv2.INTER_CUBIC)
    found = (detector.detect(enlarged)[0].landmarks[:, :2] + 0.5) * size / 320 - 0.5
    offset = (found - crop.landmarks[:, :2]).mean(axis=0)
    assert np.abs(offset).max() < 0.04 * eye_distance(crop.landmarks)


def test_shrinking_does_not_alias():
    stripes = np.zeros((800, 800, 3), np.uint8)
    stripes[:, ::2] = 255
    shrunk = warp_to_crop(stripes, np.array([[0.15, 0, 0], [0, 0.15, 0]]), 100)
    assert np.ptp(shrunk[10:-10, 10:-10]) < 40
    assert abs(float(shrunk[10:-10, 10:-10].mean()) - 127.5) < 2


def test_shrinking_keeps_the_place():
    """The centre of mass of a blob moves exactly as the matrix says."""
    rows, columns = np.mgrid[0:400, 0:400]
    blob = (255 * np.exp(-((columns - 150.0) ** 2 + (rows - 130.0) ** 2) / 800)).round().astype(np.uint8)
    pixels = cv2.merge([blob] * 3)
    for scale in (0.3, 0.5, 1.0, 1.5):
        matrix = np.array([[scale, 0, 3.25], [0, scale, -2.5]])
        crop = warp_to_crop(pixels, matrix, 400)[..., 0].astype(float)
        y, x = (np.mgrid[0:400, 0:400] * crop).sum(axis=(1, 2)) / crop.sum()
        assert x == pytest.approx(scale * 150 + 3.25, abs=0.1)
        assert y == pytest.approx(scale * 130 - 2.5, abs=0.1)


def test_beyond_the_frame_its_edge_is_repeated(portrait, face):
    frame = np.ascontiguousarray(portrait[:, 180:])
    moved = face.landmarks - np.float32([180, 0, 0])
    crop = crop_face(frame, type(face)(moved, face.box, 1.0, 0.0), CropLayout())
    np.testing.assert_array_equal(crop.pixels[60, 0], crop.pixels[60, 2])
