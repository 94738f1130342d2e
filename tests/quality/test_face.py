from __future__ import annotations

import numpy as np
import pytest

from talkface_studio.quality.face import amplitude_ratio, lip_lmd, lmd, opening_correlation


@pytest.fixture
def landmarks():
    return np.random.default_rng(0).uniform(0, 256, (10, 68, 2)).astype(np.float32)


def test_lmd_of_identical_mouths_is_zero(landmarks):
    distance = lmd(landmarks, landmarks.copy())
    assert (distance.centred, distance.summed, distance.absolute) == (0.0, 0.0, 0.0)


def test_lmd_sees_the_shape_of_the_mouth_and_not_its_place(landmarks):
    moved = landmarks + np.array([3.0, 4.0], dtype=np.float32)
    distance = lmd(landmarks, moved)
    assert distance.absolute == pytest.approx(5.0, abs=1e-4)
    assert distance.centred == pytest.approx(0.0, abs=1e-4)


def test_lmd_is_a_mean_over_twenty_mouth_points(landmarks):
    opened = landmarks.copy()
    opened[:, 57, 1] += 20
    distance = lmd(landmarks, opened)
    # The moved point is 19 off its mouth's mean, the nineteen others 1.
    assert distance.centred == pytest.approx((19 + 19 * 1) / 20, abs=1e-4)
    assert distance.summed == pytest.approx(20 * distance.centred, abs=1e-3)
    assert distance.absolute == pytest.approx(1.0, abs=1e-4)
    elsewhere = landmarks.copy()
    elsewhere[:, :48] += 50
    assert lmd(landmarks, elsewhere).absolute == 0.0


def test_lmd_refuses_what_it_cannot_compare(landmarks):
    with pytest.raises(ValueError, match="not two equal"):
        lmd(landmarks, landmarks[:-1])
    with pytest.raises(ValueError, match="not two equal"):
        lmd(landmarks[:0], landmarks[:0])
    with pytest.raises(ValueError, match="68 landmarks"):
        lmd(landmarks[:, :57], landmarks[:, :57])


def test_lip_lmd_is_a_share_of_the_crop():
    real = np.zeros((4, 57, 2), dtype=np.float32)
    moved = real + np.array([6.0, 16.0], dtype=np.float32)
    assert lip_lmd(real, moved, (200.0, 400.0)) == pytest.approx(np.hypot(0.03, 0.04))
    assert lip_lmd(real, real, (256.0, 256.0)) == 0.0


def test_opening_curves_are_compared_in_shape_and_in_size():
    real = np.abs(np.sin(np.arange(75) / 4))
    assert opening_correlation(real, real) == pytest.approx(1.0)
    assert amplitude_ratio(real, real) == 1.0
    assert opening_correlation(real, 0.1 + 0.5 * real) == pytest.approx(1.0)
    assert amplitude_ratio(real, 0.1 + 0.5 * real) == pytest.approx(0.5)
    assert opening_correlation(real, -real) == pytest.approx(-1.0)


def test_a_mouth_that_never_moves_has_no_correlation_and_no_amplitude():
    real, still = np.abs(np.sin(np.arange(75) / 4)), np.full(75, 0.1)
    assert np.isnan(opening_correlation(real, still))
    assert amplitude_ratio(real, still) == pytest.approx(0.0)
    assert np.isnan(amplitude_ratio(still, real))
    assert np.isnan(opening_correlation(still, real))


def test_curves_of_different_length_are_refused():
    for measure in (opening_correlation, amplitude_ratio):
        with pytest.raises(ValueError, match="not two equal"):
            measure(np.zeros(5), np.zeros(6))
