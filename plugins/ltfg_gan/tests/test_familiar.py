"""Tests of how far a frame is dubbed at all."""

import cv2
import numpy as np
import pytest

from talkface_ltfg_gan.familiar import STRANGE, TURN, Familiar
from talkface_ltfg_gan.steady_head import SteadyHead


@pytest.fixture(scope="module")
def crops(dataset):
    """Crops of the sample video: a real head that talks."""
    from talkface_trainer.dataset import Dataset

    return np.array(Dataset(dataset).clips()[0].crops)


def covered(picture):
    """A dark thing, a microphone or a sleeve, before mouth and chin."""
    hidden = picture.copy()
    side = len(picture)
    cv2.circle(hidden, (side // 2, round(0.78 * side)), round(0.18 * side), (40, 30, 25), -1)
    return hidden


def test_frames_of_the_person_are_dubbed(crops):
    familiar = Familiar.with_references(crops[::6])
    np.testing.assert_array_equal(familiar.share(crops, np.zeros(len(crops))), 1.0)


def test_a_covered_mouth_is_left_alone(crops):
    familiar = Familiar.with_references(crops[::6])
    hidden = np.stack([covered(crop) for crop in crops])
    assert familiar.share(hidden, np.zeros(len(crops))).max() < 0.2


def test_light_alone_is_not_strange(crops):
    familiar = Familiar.with_references(crops[::6])
    brighter = np.clip(crops.astype(int) + 25, 0, 255).astype(np.uint8)
    assert familiar.share(brighter, np.zeros(len(crops))).min() > 0.8


def test_a_turned_head_fades_out(crops):
    familiar = Familiar.with_references(crops[::6])
    turns = np.array([0.0, TURN[0], (TURN[0] + TURN[1]) / 2, TURN[1], 80.0])
    np.testing.assert_allclose(familiar.share(crops[:5], turns), [1, 1, 0.5, 0, 0])


def test_one_reference_says_nothing_of_what_is_usual(crops):
    familiar = Familiar.with_references(crops[:1])
    assert familiar.share(covered(crops[0])[None], np.zeros(1)) == 1.0
    assert STRANGE[0] < STRANGE[1]


def test_turns_are_measured_from_the_persons_own_pose(clip):
    meshes = np.asarray(clip.landmarks[:20])
    head = SteadyHead.fit(meshes)
    before = head.turns(meshes)
    assert before.max() < 20
    angle = np.radians(40)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    middle = meshes.mean(axis=1, keepdims=True)
    turned = ((meshes - middle) @ turn.T + middle).astype(np.float32)
    assert abs(np.median(head.turns(turned)) - 40) < 15
