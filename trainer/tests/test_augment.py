import cv2
import numpy as np
import pytest
from skimage import data

from talkface_studio.api.landmarks import CONTENT57, IBUG68, LIPS, POSE74
from talkface_trainer.augment import Geometry, Photometry
from talkface_trainer.mirror import mirrored_ibug, mirrored_mesh, mirrored_subset


@pytest.fixture
def face():
    return np.ascontiguousarray(data.astronaut()[30:174, 150:294])[None]


def dots(points, size):
    """Pictures of bright dots at these points, from blurred squares whose centre of mass is exact."""
    pictures = np.zeros((1, size, size, 3), dtype=np.uint8)
    for x, y in points:
        pictures[0, y - 1 : y + 2, x - 1 : x + 2] = 255
    return pictures


def centre(picture):
    weight = picture[..., 0].astype(float)
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@pytest.mark.parametrize("seed", range(6))
def test_landmarks_move_with_the_picture(seed):
    geometry = Geometry.draw(np.random.default_rng(seed), scale=0.2, rotation=20, shift=0.1)
    swap = np.arange(478)
    for point in ((50, 60), (90, 80)):
        crops = geometry.crops(dots([point], 144), 128)
        mesh = np.zeros((1, 478, 3), dtype=np.float32)
        mesh[0, :, :2] = point
        mesh[0, :, 2] = 5
        moved = geometry.landmarks(mesh, 144, 128, swap)
        assert moved.dtype == np.float32
        assert centre(crops[0]) == pytest.approx(moved[0, 7, :2], abs=0.06)
        assert moved[0, 7, 2] == pytest.approx(5 * geometry.scale, rel=1e-5)


def test_the_identity_is_the_exact_centre_of_the_crop(face):
    geometry = Geometry()
    assert np.array_equal(geometry.crops(face, 128)[0], face[0, 8:-8, 8:-8])
    assert np.array_equal(geometry.crops(face, 144), face)
    mesh = np.full((1, 478, 3), 20, dtype=np.float32)
    assert np.allclose(geometry.landmarks(mesh, 144, 128, mirrored_mesh())[0, 0], (12, 12, 20))


def test_a_flip_is_exact_and_swaps_left_and_right(face):
    geometry = Geometry(flip=True)
    assert np.array_equal(geometry.crops(face, 144)[0], face[0, :, ::-1])
    mesh = np.zeros((1, 478, 3), dtype=np.float32)
    mesh[0, 33], mesh[0, 263] = (40, 50, 0), (100, 52, 0)
    flipped = geometry.landmarks(mesh, 144, 144, mirrored_mesh())
    # The right eye of the mirrored person is where the left eye was.
    assert np.allclose(flipped[0, 33], (43, 52, 0))
    assert np.allclose(flipped[0, 263], (103, 50, 0))


def test_rotation_is_counter_clockwise():
    moved = Geometry(rotation=90).landmarks(np.array([[[100.0, 64.0]]], dtype=np.float32), 129, 129, np.arange(1))
    assert np.allclose(moved[0, 0], (64, 28), atol=1e-4)


def test_the_mesh_mirror_is_its_own_inverse_and_keeps_the_sets():
    mirror = mirrored_mesh()
    assert np.array_equal(mirror[mirror], np.arange(478))
    assert int((mirror == np.arange(478)).sum()) == 28
    for subset in (LIPS, POSE74, CONTENT57, IBUG68):
        places = mirrored_subset(subset)
        assert np.array_equal(subset[places], mirror[subset])
    with pytest.raises(ValueError, match="not symmetric"):
        mirrored_subset(np.array([33, 1]))


def test_the_ibug_mirror_is_the_one_everybody_uses():
    order = mirrored_ibug()
    assert order[:17].tolist() == list(range(16, -1, -1))
    assert order[[36, 39, 48, 51, 60, 62]].tolist() == [45, 42, 54, 51, 64, 62]


def test_the_mesh_mirror_fits_a_real_face():
    """The landmarker's mesh of a mirrored picture is the mirrored mesh."""
    from talkface_studio.faces.detector import FaceDetector

    portrait = np.ascontiguousarray(data.astronaut()[:260, 90:360])
    with FaceDetector() as detector:
        one = detector.detect(portrait, 0.0)[0].landmarks
        other = detector.detect(np.ascontiguousarray(portrait[:, ::-1]), 0.0)[0].landmarks
    expected = Geometry(flip=True).landmarks(one[None], 270, 270, mirrored_mesh())[0]
    eyes = np.linalg.norm(one[33, :2] - one[263, :2])
    good = np.linalg.norm(other[:, :2] - expected[:, :2], axis=1).mean() / eyes
    unswapped = Geometry(flip=True).landmarks(one[None], 270, 270, np.arange(478))[0]
    bad = np.linalg.norm(other[:, :2] - unswapped[:, :2], axis=1).mean() / eyes
    assert good < 0.05 < 0.4 < bad


def test_photometry_changes_all_frames_alike_and_strength_zero_nothing(face):
    frames = np.repeat(face, 3, axis=0)
    rng = np.random.default_rng(5)
    assert np.array_equal(Photometry.draw(rng, strength=0).crops(frames), frames)
    changed = Photometry(gamma=1.3, balance=(1.1, 1, 0.9), saturation=0.5, blur=1, jpeg=60).crops(frames)
    assert np.array_equal(changed[0], changed[2])
    assert not np.array_equal(changed[0], frames[0])
    noisy = Photometry(noise=5, seed=4)
    assert not np.array_equal(noisy.crops(frames)[0], noisy.crops(frames)[1])
    assert np.array_equal(noisy.crops(frames), noisy.crops(frames))


def test_each_photometric_change_does_what_it_says(face):
    def mean(picture):
        return picture.astype(float).mean((0, 1, 2))

    assert mean(Photometry(gamma=1.5).crops(face)).mean() < mean(face).mean()
    assert mean(Photometry(brightness=0.1).crops(face)).mean() > mean(face).mean()
    red = mean(Photometry(balance=(1.2, 1, 1)).crops(face)) - mean(face)
    assert red[0] > 5 > abs(red[1]) + abs(red[2])
    grey = Photometry(saturation=0).crops(face)[0]
    assert np.ptp(grey.astype(int), axis=-1).max() <= 1
    sharpness = [cv2.Laplacian(Photometry(blur=s).crops(face)[0], cv2.CV_64F).var() for s in (0, 1, 2)]
    assert sharpness == sorted(sharpness, reverse=True)
    worse = [np.abs(Photometry(jpeg=q).crops(face)[0].astype(int) - face[0]).mean() for q in (95, 50, 10)]
    assert worse == sorted(worse)
    # A coder that took red for blue would do much more harm to a red picture.
    crimson = np.zeros((1, 32, 32, 3), dtype=np.uint8)
    crimson[..., 0] = 200
    assert np.abs(Photometry(jpeg=95).crops(crimson).astype(int) - crimson).max() < 8


def test_drawn_photometry_stays_recognisable(face):
    changes = [Photometry.draw(np.random.default_rng(i)).crops(face)[0].astype(float) for i in range(30)]
    correlations = [np.corrcoef(change.ravel(), face[0].ravel())[0, 1] for change in changes]
    assert min(correlations) > 0.9
    assert np.mean([np.abs(change - face[0]).mean() for change in changes]) > 5
