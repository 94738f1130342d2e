"""Motion out of meshes and back, against heads that are turned by known angles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from talkface_sdm.config import MotionConfig
from talkface_sdm.head_motion import Home, closed_lips, decoded, encoded, points, poses
from talkface_studio.api.landmarks import IBUG68


@pytest.fixture(scope="module")
def turned(crop):
    """The photo's head, turned, shifted and made larger by known amounts, its chin dropped in the second half."""
    mesh = crop.landmarks.astype(np.float64)
    home = Home.of_photo(crop.landmarks)
    t = np.arange(40) / 40
    pose = np.stack([0.08 * np.sin(7 * t), 0.1 * np.sin(4 * t), 0.05 * t, 0.1 * t, -0.05 * t, 0.03 * t], axis=1)
    turns = Rotation.from_rotvec(pose[:, :3]).as_matrix() * np.exp(pose[:, 5])[:, None, None]
    moved = mesh - home.centre
    frames = moved @ turns.transpose(0, 2, 1) + home.centre
    frames[:, :, :2] += pose[:, None, 3:5] * home.unit
    return home, pose, frames.astype(np.float32)


def test_poses_are_found(turned) -> None:
    home, pose, frames = turned
    motion = home.motion(frames)
    assert motion.shape == (40, 142)
    np.testing.assert_allclose(poses(motion), pose, atol=2e-3)
    # A head that only turns has the photo's face.
    np.testing.assert_allclose(points(motion), np.broadcast_to(home.shown, (40, 68, 2)), atol=2e-3)


@pytest.mark.parametrize("space", ["head", "landmarks"])
def test_both_spaces_say_the_same(turned, space) -> None:
    home, _, frames = turned
    motion = home.motion(frames)
    motion[20:, 6 + 2 * 57 + 1] += 0.05
    config = MotionConfig(space=space)
    values = encoded(motion, home, config)
    assert values.shape == (40, config.size)
    back = decoded(values, home, config)
    np.testing.assert_allclose(poses(back), poses(motion), atol=0.012)
    assert (back[20:, 6 + 2 * 57 + 1] - back[19, 6 + 2 * 57 + 1]).min() > 0.04


def test_parted_lips_are_closed(crop) -> None:
    home = Home.of_photo(crop.landmarks)
    open_lips = home.shape[IBUG68, :2] / 0.4
    shut = closed_lips(open_lips)
    gaps = [each[[65, 66, 67], 1] - each[[63, 62, 61], 1] for each in (open_lips, shut)]
    assert gaps[0].max() > 0.05
    np.testing.assert_allclose(np.maximum(gaps[1], 0), 0, atol=1e-9)
    np.testing.assert_allclose(shut[:48], open_lips[:48])
    np.testing.assert_allclose(closed_lips(shut), shut, atol=1e-9)


def test_a_clip_is_at_home_in_the_middle_of_its_motion(turned) -> None:
    _, pose, frames = turned
    motion = Home.of_clip(frames).motion(frames)
    np.testing.assert_allclose(poses(motion).mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(np.ptp(poses(motion), axis=0), np.ptp(pose, axis=0), atol=0.01)
