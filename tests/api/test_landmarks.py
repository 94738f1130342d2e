"""The index lists against geometry: a real face, seen upright, tells which point must lie where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import talkface_studio
from talkface_studio.api import landmarks as sets
from talkface_studio.api.values import FloatArray

NAMES = ["IBUG68", "OVAL", "JAW", "BROWS", "NOSE", "RIGHT_EYE", "LEFT_EYE", "OUTER_LIPS", "INNER_LIPS", "LIPS"]


@pytest.fixture(scope="module")
def mesh() -> FloatArray:
    points: FloatArray = np.load(Path(talkface_studio.__file__).parent / "pytest_data" / "landmarks.npy")
    return points


@pytest.mark.parametrize(
    ("name", "count"),
    [("IBUG68", 68), ("OVAL", 25), ("JAW", 17), ("LIPS", 40), ("POSE74", 74), ("CONTENT57", 57)],
)
def test_sets_have_their_published_sizes(name: str, count: int) -> None:
    assert len(getattr(sets, name)) == count


@pytest.mark.parametrize("name", [*NAMES, "POSE74", "CONTENT57"])
def test_indices_are_distinct_points_of_the_mesh(name: str) -> None:
    indices = getattr(sets, name)
    assert indices.min() >= 0
    assert indices.max() < 478
    assert len(set(indices.tolist())) == len(indices)


def test_pose_and_content_split_the_131_points() -> None:
    assert not set(sets.POSE74.tolist()) & set(sets.CONTENT57.tolist())
    assert len(sets.POSE74) + len(sets.CONTENT57) == 131


def test_jaw_runs_from_the_right_ear_over_the_chin_to_the_left(mesh: FloatArray) -> None:
    for jaw in (mesh[sets.IBUG68][sets.IBUG_JAW], mesh[sets.JAW]):
        around = np.unwrap(np.arctan2(jaw[:, 1] - mesh[1, 1], mesh[1, 0] - jaw[:, 0]))
        assert np.all(np.diff(around) > 0)
        assert int(jaw[:, 1].argmax()) == 8


def test_parts_lie_one_below_the_other(mesh: FloatArray) -> None:
    brows, eyes, lips = (
        mesh[indices][:, 1] for indices in (sets.BROWS, np.r_[sets.RIGHT_EYE, sets.LEFT_EYE], sets.LIPS)
    )
    assert brows.mean() < eyes.mean() < mesh[sets.NOSE][:, 1].mean() < lips.min()
    assert lips.max() < mesh[152, 1]


def test_inner_lips_lie_within_the_outer_ones(mesh: FloatArray) -> None:
    outer, inner = mesh[sets.OUTER_LIPS], mesh[sets.INNER_LIPS]
    assert outer[:, 0].min() < inner[:, 0].min()
    assert inner[:, 0].max() < outer[:, 0].max()
    assert outer[:, 1].min() < inner[:, 1].min()
    assert inner[:, 1].max() < outer[:, 1].max()


def test_persons_right_eye_is_left_in_the_picture(mesh: FloatArray) -> None:
    right, left = sets.EYE_OUTER
    assert mesh[right, 0] < mesh[sets.RIGHT_EYE][1:, 0].min()
    assert mesh[left, 0] > np.delete(mesh[sets.LEFT_EYE], 8, axis=0)[:, 0].max()
    assert mesh[sets.RIGHT_EYE][:, 0].max() < mesh[sets.LEFT_EYE][:, 0].min()


def test_ibug_mouth_is_the_mouth(mesh: FloatArray) -> None:
    mouth = mesh[sets.IBUG68][sets.IBUG_MOUTH][:, :2]
    lips = mesh[sets.LIPS][:, :2]
    assert mouth.min(0) == pytest.approx(lips.min(0), abs=2)
    assert mouth.max(0) == pytest.approx(lips.max(0), abs=2)


def test_eye_distance_and_lip_opening_are_measured_in_the_picture_plane(mesh: FloatArray) -> None:
    assert sets.eye_distance(mesh) == pytest.approx(sets.eye_distance(mesh[:, :2]))
    smile = sets.lip_opening(mesh)
    assert 0.02 < smile < 0.3
    assert sets.lip_opening(mesh * 3) == pytest.approx(smile, rel=1e-5)
    closed = mesh.copy()
    closed[13] = closed[14]
    assert sets.lip_opening(closed) == 0
