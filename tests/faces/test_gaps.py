from dataclasses import replace

import numpy as np
import pytest

from talkface_studio.api.values import VideoFrame
from talkface_studio.faces.gaps import bridge_gaps
from talkface_studio.faces.region import face_box
from talkface_studio.faces.tracked import TrackedFrame

PIXELS = np.zeros((8, 8, 3), np.uint8)


def frames_of(face, places, *, rate=25.0, shots=None):
    """One frame for each element: where the face lies (x, relative to the original), or None for no face."""
    frames = []
    for index, place in enumerate(places):
        time = index / rate
        faces = ()
        if place is not None:
            landmarks = face.landmarks + np.float32([place, 0, 0])
            faces = (replace(face, landmarks=landmarks, box=face_box(landmarks), time=time),)
        frames.append(TrackedFrame(VideoFrame(PIXELS, time, index), faces, shots[index] if shots else 0))
    return frames


def test_a_gap_is_filled_in_a_straight_line(face):
    places = [0, 1, None, None, None, 5, 6]
    bridged = list(bridge_gaps(frames_of(face, places)))
    for index, each in enumerate(bridged):
        (seen,) = each.faces
        np.testing.assert_allclose(seen.landmarks[:, 0] - face.landmarks[:, 0], index, atol=1e-3)
        assert seen.time == each.frame.time == index / 25
        assert seen.box[0] == pytest.approx(face.box[0] + index)
        assert seen.observed == (places[index] is not None)
        assert seen.score == (1.0 if seen.observed else 0.5)


@pytest.mark.parametrize(("rate", "bridged"), [(25.0, True), (22.0, False)])
def test_the_longest_gap_is_in_seconds(face, rate, bridged):
    """Nine frames are missing: 0.4 s from sight to sight at 25 frames a second, 0.45 s at 22."""
    places = [0, *[None] * 9, 0]
    assert all(each.faces for each in bridge_gaps(frames_of(face, places, rate=rate))) == bridged


@pytest.mark.parametrize("places", [[None, None, 0, 0], [0, 0, None, None], [None, None]])
def test_beginnings_and_ends_stay(face, places):
    assert [bool(each.faces) for each in bridge_gaps(frames_of(face, places))] == [p is not None for p in places]


def test_a_gap_across_a_cut_stays(face):
    bridged = list(bridge_gaps(frames_of(face, [0, None, 0, 0], shots=[0, 0, 1, 1])))
    assert [bool(each.faces) for each in bridged] == [True, False, True, True]


def test_a_face_that_is_somewhere_else_is_not_guessed(face):
    assert not list(bridge_gaps(frames_of(face, [0, None, 200])))[1].faces


def test_a_gap_of_one_track_leaves_the_other_alone(face):
    def both(first, second):
        return [
            replace(one, faces=(*one.faces, *(replace(face, track=1) for face in other.faces)))
            for one, other in zip(frames_of(face, first), frames_of(face, second), strict=True)
        ]

    bridged = list(bridge_gaps(both([0, 0, 0, 0], [300, None, 302, 303])))
    assert [[face.track for face in each.faces] for each in bridged] == [[0, 1]] * 4
    assert [each.face(1).observed for each in bridged] == [True, False, True, True]
    assert all(each.face(0).observed for each in bridged)


def test_frames_are_held_only_during_a_gap(face):
    given = []

    def feed():
        for each in frames_of(face, [0, 0, 0, *[None] * 30]):
            given.append(each)
            yield each

    waits = [given[-1].frame.time - each.frame.time for each in bridge_gaps(feed())]
    assert waits[:3] == [0, 0, 0]
    assert 0.3 < max(waits) <= 0.44
    assert waits[-1] == 0
