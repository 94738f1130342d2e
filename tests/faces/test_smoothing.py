from dataclasses import replace

import numpy as np
import pytest

from talkface_studio.api.landmarks import eye_distance, lip_opening
from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.region import face_box
from talkface_studio.faces.smoothing import Smoothing, local_weights, smooth_faces
from talkface_studio.faces.tracked import TrackedFrame

PIXELS = np.zeros((8, 8, 3), np.uint8)
LOWER_LIP = [14, 17, 87, 317]


def tracked(face, meshes, times, shots=None):
    frames = []
    for index, (mesh, time) in enumerate(zip(meshes, times, strict=True)):
        seen = replace(face, landmarks=mesh.astype(np.float32), box=face_box(mesh), time=time)
        frames.append(TrackedFrame(VideoFrame(PIXELS, time, index), (seen,), shots[index] if shots else 0))
    return frames


def smoothed(face, meshes, times, **options):
    frames = tracked(face, meshes, times, options.pop("shots", None))
    return np.stack([each.faces[0].landmarks for each in smooth_faces(frames, **options)])


@pytest.mark.parametrize("rate", [23.976, 25.0, 50.0])
def test_fast_lips_keep_their_amplitude_and_their_time(face, rate):
    times = np.arange(round(2 * rate)) / rate
    wave = 6 * np.sin(2 * np.pi * 5 * times)
    meshes = np.repeat(face.landmarks[None], len(times), axis=0)
    meshes[:, LOWER_LIP, 1] += wave[:, None].astype(np.float32)
    out = smoothed(face, meshes, times)[:, 14, 1] - face.landmarks[14, 1]
    inner = slice(5, -5)
    gain = (out[inner] @ wave[inner]) / (wave[inner] @ wave[inner])
    quarter = 6 * np.cos(2 * np.pi * 5 * times)
    lag = (out[inner] @ quarter[inner]) / (wave[inner] @ wave[inner])
    assert gain > 0.9
    assert abs(lag) < 0.02


@pytest.mark.parametrize("rate", [25.0, 50.0])
def test_jitter_shrinks(face, rate):
    rng = np.random.default_rng(0)
    times = np.arange(round(2 * rate)) / rate
    shakes = rng.normal(0, 1, (len(times), 1, 3)) * (1, 1, 0)
    own = rng.normal(0, 1, (len(times), 478, 3))
    clean = face.landmarks[None]
    whole = smoothed(face, clean + shakes, times) - clean
    single = smoothed(face, clean + own, times) - clean
    assert whole[4:-4].std() < 0.7 * shakes[4:-4].std()
    assert single[4:-4].std() < 0.85 * own[4:-4].std()


def test_steady_motion_is_left_alone(face):
    """Constant speed, turn and growth, at irregular times, up to both ends."""
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.uniform(0.01, 0.06, 40))
    meshes = np.stack([face.landmarks * (1 + 0.1 * time) + np.float32([50 * time, -30 * time, 0]) for time in times])
    np.testing.assert_allclose(smoothed(face, meshes, times), meshes, atol=0.02)


def test_nothing_is_blended_across_a_cut_or_a_jump(face):
    times = np.arange(20) / 25
    for move, shots in ((20, [0] * 10 + [1] * 10), (60, None)):
        meshes = np.repeat(face.landmarks[None], 20, axis=0)
        meshes[10:, :, 0] += move
        np.testing.assert_allclose(smoothed(face, meshes, times, shots=shots), meshes, atol=0.01)


def test_a_track_ends_where_its_face_is_missing(face):
    times = np.arange(12) / 25
    meshes = np.repeat(face.landmarks[None], 12, axis=0)
    meshes[6:] += np.float32([5, 0, 0])
    frames = tracked(face, meshes, times)
    frames[5] = replace(frames[5], faces=())
    out = list(smooth_faces(frames))
    assert [len(each.faces) for each in out] == [1] * 5 + [0] + [1] * 6
    np.testing.assert_allclose(out[4].faces[0].landmarks, meshes[4], atol=0.01)
    np.testing.assert_allclose(out[6].faces[0].landmarks, meshes[6], atol=0.01)


def test_what_is_not_the_place_of_the_points_is_kept(face):
    frames = tracked(replace(face, track=7, observed=False, score=0.5), [face.landmarks] * 3, [0.0, 0.04, 0.08])
    for before, after in zip(frames, smooth_faces(frames), strict=True):
        assert after.frame is before.frame
        (seen,) = after.faces
        assert (seen.track, seen.observed, seen.score, seen.time) == (7, False, 0.5, before.frame.time)
        assert seen.box == face_box(seen.landmarks)


def test_lips_can_be_smoothed_more_than_by_default(face):
    times = np.arange(50) / 25
    meshes = np.repeat(face.landmarks[None], 50, axis=0)
    meshes[:, LOWER_LIP, 1] += (6 * np.sin(2 * np.pi * 5 * times))[:, None].astype(np.float32)
    weak, strong = (
        np.std([lip_opening(mesh) for mesh in smoothed(face, meshes, times, smoothing=Smoothing(lips=lips))])
        for lips in (0.09, 0.2)
    )
    assert strong < 0.6 * weak
    assert eye_distance(face.landmarks) > 0


@pytest.mark.parametrize("times", [[0.0], [0.0, 0.04], [0.0, 0.04, 0.05, 0.3], np.arange(9) / 25])
def test_weights_reproduce_parabolas(times):
    times = np.array(times)
    for time in times:
        weights = local_weights(times, time, 0.12)
        assert weights @ np.ones_like(times) == pytest.approx(1)
        assert weights @ (3 - 2 * times + 5 * times**2) == pytest.approx(3 - 2 * time + 5 * time**2)


def test_weights_do_not_depend_on_where_in_a_file_a_window_lies():
    around = np.arange(-4, 5) / 25
    first, late = (local_weights(around + time, time, 0.14) for time in (1.0, 3600 + 1 / 3))
    np.testing.assert_array_equal(first, late)
    assert not np.array_equal(first, local_weights(around, 0.0, 0.09))
