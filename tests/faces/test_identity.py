from dataclasses import replace

import numpy as np
import pytest

from talkface_studio.faces.identity import SAME_SHAPE, Roll, face_shape, same_place, shape_distance
from talkface_studio.faces.region import face_box


def moved(face, x, track=0):
    landmarks = face.landmarks + np.float32([x, 0, 0])
    return replace(face, landmarks=landmarks, box=face_box(landmarks), track=track)


def somebody_else(face):
    """A face a twelfth longer."""
    landmarks = face.landmarks * np.float32([1, 1.09, 1])
    return replace(face, landmarks=landmarks, box=face_box(landmarks))


def test_shape_knows_no_place_size_or_turn(face):
    yaw = np.radians(25)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    seen = (2.5 * face.landmarks @ turn + (50, 60, 70)).astype(np.float32)
    assert shape_distance(face_shape(seen), face_shape(face.landmarks)) < 1e-5
    assert np.linalg.norm(face_shape(face.landmarks)) == pytest.approx(1)


def test_a_mirrored_face_is_not_turned_onto_itself(face):
    mirrored = face.landmarks * np.float32([1, 1, -1])
    assert shape_distance(face_shape(mirrored), face_shape(face.landmarks)) > 0.1


def test_speaking_changes_little(face):
    spoken = face.landmarks.copy()
    spoken[[14, 17, 87, 317, 152, 377, 148, 176, 400], 1] += 12
    assert shape_distance(face_shape(spoken), face_shape(face.landmarks)) < SAME_SHAPE / 4
    assert shape_distance(face_shape(somebody_else(face).landmarks), face_shape(face.landmarks)) > SAME_SHAPE


def test_who_comes_back_keeps_the_number(face):
    roll = Roll()
    other = somebody_else(moved(face, 400))
    assert roll.recognise(face.landmarks, set()) == 0
    roll.saw(face)
    assert roll.recognise(other.landmarks, {0}) == 1
    roll.saw(replace(other, track=1))
    # By place, then, in a new shot, by shape.
    assert roll.recognise(moved(face, 30).landmarks, set()) == 0
    roll.new_shot()
    assert roll.recognise(other.landmarks, set()) == 1
    assert roll.recognise(moved(face, 200).landmarks, set()) == 0
    assert roll.recognise(face.landmarks, {0}) == 2


def test_the_nearest_is_taken(face):
    roll = Roll()
    for track, x in enumerate((0, 100)):
        assert roll.recognise(moved(face, x).landmarks, set(range(track))) == track
        roll.saw(moved(face, x, track))
    assert roll.recognise(moved(face, 70).landmarks, set()) == 1
    assert roll.recognise(moved(face, 40).landmarks, set()) == 0


def test_same_place():
    box = (0.0, 0.0, 100.0, 100.0)
    assert same_place(box, (50, 0, 150, 100))
    assert not same_place(box, (90, 0, 190, 100))
    assert not same_place(box, (20, 20, 80, 80))
