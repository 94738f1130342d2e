import itertools

import cv2
import numpy as np
import pytest
from skimage.data import coffee

from talkface_studio.api.landmarks import eye_distance
from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.followed import Followed
from talkface_studio.faces.tracker import FaceTracker


def mapped(landmarks, matrix):
    return landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]


def wandering(time):
    """Drifts, swings, turns and grows, starting at 0.5 of the portrait's size."""
    scale = 0.5 + 0.15 * time
    matrix = cv2.getRotationMatrix2D((225, 125), 15 * np.sin(4 * time), scale)
    matrix[:, 2] += np.array([190, 130]) - (225, 125) + 30 * np.array([np.sin(5 * time), np.cos(6 * time)])
    return matrix


def still(time):
    return np.array([[0.7, 0, 20], [0, 0.7, 30]])


def without(frames, indices, pixels=None):
    """The same clip with some frames blank, or showing something else."""
    blank = np.zeros_like(frames[0].pixels) if pixels is None else pixels
    return [VideoFrame(blank, frame.time, frame.index) if frame.index in indices else frame for frame in frames]


def test_a_moving_face_is_followed_without_lag(tracker, moving, face):
    frames = moving(wandering, seconds=1.2)
    tracked = list(tracker.track(frames))
    assert [each.frame for each in tracked] == frames
    errors, along = [], []
    for each in tracked:
        (seen,) = each.faces
        assert (seen.track, seen.observed, seen.time) == (0, True, each.frame.time)
        matrix = wandering(each.frame.time)
        expected = mapped(face.landmarks, matrix)
        unit = eye_distance(np.float32(expected))
        offset = (seen.landmarks[:, :2] - expected).mean(axis=0)
        errors.append(np.linalg.norm(seen.landmarks[:, :2] - expected, axis=1).mean() / unit)
        motion = mapped(face.landmarks, wandering(each.frame.time + 0.02)).mean(axis=0) - mapped(
            face.landmarks, wandering(each.frame.time - 0.02)
        ).mean(axis=0)
        along.append((offset @ motion, motion @ motion))
    assert max(errors) < 0.03
    lag = -sum(each[0] for each in along) / sum(each[1] for each in along)
    assert abs(lag) < 0.1, "in frames"


def test_a_small_face_in_a_large_picture(tracker, moving, face):
    def walk(time):
        return np.array([[0.5, 0, 300 + 200 * time], [0, 0.5, 250]])

    tracked = list(tracker.track(moving(walk, seconds=0.6, size=(1280, 720))))
    for each in tracked:
        (seen,) = each.faces
        error = np.linalg.norm(seen.landmarks[:, :2] - mapped(face.landmarks, walk(each.frame.time)), axis=1).mean()
        assert error < 0.06 * 0.5 * eye_distance(face.landmarks)


def test_smoothing_takes_jitter_away(moving):
    rng = np.random.default_rng(0)
    frames = [
        VideoFrame(
            np.clip(each.pixels + rng.normal(0, 12, each.pixels.shape), 0, 255).astype(np.uint8), each.time, each.index
        )
        for each in moving(still, seconds=1.2)
    ]
    with FaceTracker(max_faces=1, skipped=0) as tracker:
        raw = np.stack([each.faces[0].landmarks for each in tracker._observe(frames, None, None)])
        smooth = np.stack([each.faces[0].landmarks for each in tracker.track(frames)])
    jitter = [np.abs(np.diff(each[:, :, :2], n=2, axis=0)).mean() for each in (raw, smooth)]
    assert jitter[1] < 0.7 * jitter[0]


@pytest.fixture
def looks(moving, monkeypatch):
    """The numbers of the frames of a walk that a tracker looks at, and what it makes of all frames."""

    def look(tracker, walk, step=1):
        seen = []
        update = Followed.update
        monkeypatch.setattr(Followed, "update", lambda self, frame: (seen.append(frame.index), update(self, frame)))
        frames = moving(walk, seconds=1.04)[::step]
        tracked = list(tracker.track(frames))
        monkeypatch.undo()
        assert [each.frame for each in tracked] == frames
        return tracked, seen

    return look


def drifting(time):
    return np.array([[0.7, 0, 20 + 12 * time], [0, 0.7, 30 + 3 * np.sin(4 * time)]])


def resting(time):
    return np.array([[0.7, 0, 20 + 4 * time], [0, 0.7, 30 + np.sin(4 * time)]])


@pytest.mark.parametrize(
    ("walk", "skipped", "share"), [(resting, 2, 0.45), (drifting, 2, 0.6), (resting, 1, 0.6), (resting, 0, 1)]
)
def test_not_every_frame_of_a_face_that_hardly_moves_is_looked_at(looks, face, walk, skipped, share):
    with FaceTracker(max_faces=1, skipped=skipped) as tracker:
        tracked, seen = looks(tracker, walk)
    assert share - 0.15 <= len(seen) / len(tracked) <= share
    for each in tracked:
        (found,) = each.faces
        expected = mapped(face.landmarks, walk(each.frame.time))
        error = np.linalg.norm(found.landmarks[:, :2] - expected, axis=1).mean()
        assert error < 0.03 * eye_distance(np.float32(expected))


@pytest.mark.parametrize(("walk", "step"), [(wandering, 1), (resting, 3)])
def test_every_frame_is_looked_at_where_a_face_moves_or_frames_are_far_apart(looks, tracker, walk, step):
    tracked, seen = looks(tracker, walk, step=step)
    assert seen == [each.frame.index for each in tracked]


def test_two_faces_keep_their_numbers(tracker, bust):
    frames = []
    for index in range(20):
        pixels = np.full((300, 640, 3), 90, np.uint8)
        pixels[20:276, 10 + 2 * index : 266 + 2 * index] = bust
        small = cv2.resize(bust[:, ::-1], (200, 200), interpolation=cv2.INTER_AREA)
        pixels[40:240, 430 - 4 * index : 630 - 4 * index] = small
        frames.append(VideoFrame(pixels, index / 25, index))
    tracked = list(tracker.track(frames))
    for each in tracked:
        left, right = each.face(0), each.face(1)
        assert len(each.faces) == 2
        assert left is not None
        assert right is not None
        assert left.box[2] < right.box[0]


def test_only_as_many_as_asked_for(bust):
    pixels = np.hstack([bust, bust[:, ::-1]])
    with FaceTracker(max_faces=1) as tracker:
        tracked = list(tracker.track(VideoFrame(pixels, index / 25, index) for index in range(3)))
    assert [len(each.faces) for each in tracked] == [1, 1, 1]
    assert {each.faces[0].track for each in tracked} == {0}


def test_short_gaps_are_bridged(tracker, moving, face):
    def walk(time):
        return np.array([[0.7, 0, 20 + 60 * time], [0, 0.7, 30]])

    frames = without(moving(walk, seconds=1.0), range(8, 14))
    tracked = list(tracker.track(frames))
    assert [each.frame for each in tracked] == frames
    assert [[seen.track for seen in each.faces] for each in tracked] == [[0]] * 25
    assert [each.faces[0].observed for each in tracked] == [index not in range(8, 14) for index in range(25)]
    assert {each.shot for each in tracked} == {0}
    for each in tracked[8:14]:
        expected = mapped(face.landmarks, walk(each.frame.time))
        error = np.linalg.norm(each.faces[0].landmarks[:, :2] - expected, axis=1).mean()
        assert error < 0.06 * 0.7 * eye_distance(face.landmarks)


def test_long_gaps_stay_and_the_person_is_recognised(tracker, moving):
    tracked = list(tracker.track(without(moving(still, seconds=1.6), range(5, 20))))
    assert [bool(each.faces) for each in tracked] == [index not in range(5, 20) for index in range(40)]
    assert {face.track for each in tracked for face in each.faces} == {0}


def test_after_a_cut_nothing_is_bridged_and_the_person_is_recognised_by_shape(tracker, moving):
    def near(time):
        return np.array([[0.9, 0, -20], [0, 0.9, 20]])

    scene = cv2.resize(coffee(), (384, 288))
    first, second = moving(still, seconds=0.4), moving(near, seconds=0.4)
    pictures = [each.pixels for each in first] + [scene] * 3 + [each.pixels for each in second]
    tracked = list(tracker.track(VideoFrame(pixels, index / 25, index) for index, pixels in enumerate(pictures)))
    assert [each.shot for each in tracked] == [0] * 10 + [1] * 3 + [2] * 10
    assert [[face.track for face in each.faces] for each in tracked] == [[0]] * 10 + [[]] * 3 + [[0]] * 10
    assert all(face.observed for each in tracked for face in each.faces)


def test_frames_without_a_face_pass(tracker):
    frames = [VideoFrame(np.full((90, 160, 3), index, np.uint8), index / 50, index) for index in range(30)]
    tracked = list(tracker.track(frames))
    assert [each.frame for each in tracked] == frames
    assert not any(each.faces for each in tracked)


def test_nothing_in_nothing_out(tracker):
    assert list(tracker.track([])) == []


@pytest.mark.parametrize("gap", [range(0), range(10, 200)])
def test_little_is_read_ahead(tracker, moving, gap):
    """An endless clip comes out with at most half a second of delay, in the middle of a gap too."""
    clip = without(moving(still, seconds=2.0), gap)
    read = []

    def frames():
        for index in itertools.count():
            read.append(index / 25)
            yield VideoFrame(clip[index % 50].pixels, index / 25, index)

    stream = tracker.track(frames())
    for each in itertools.islice(stream, 40):
        assert read[-1] - each.frame.time <= 0.6
    stream.close()


def test_runs_are_alike(tracker, moving):
    frames = moving(wandering, seconds=0.4)
    first, second = ([each.faces[0].landmarks for each in tracker.track(frames)] for _ in range(2))
    np.testing.assert_array_equal(first, second)
