"""How well two curves fit, and at which shift."""

import numpy as np
import pytest

from talkface_studio.quality.sync import REACH, sync_score


@pytest.fixture
def curve():
    """Ninety frames of something like speech."""
    noise = np.random.default_rng(4).normal(size=96)
    return np.convolve(noise, np.ones(4) / 4)[:96][6:]


def noisy(curve, seed=1):
    return 0.2 * curve + 0.05 + np.random.default_rng(seed).normal(0, 0.02, len(curve))


def test_a_true_pair_fits_and_stands_out(curve):
    score = sync_score(curve, noisy(curve))
    assert score.correlation > 0.9
    assert score.confidence > 0.7
    assert score.offset == 0


@pytest.mark.parametrize("late", [-7, -1, 1, 3, REACH])
def test_a_shift_is_found_and_lowers_the_fit(curve, late):
    score = sync_score(curve, noisy(np.roll(curve, late)))
    assert score.offset == late
    assert score.correlation < sync_score(curve, noisy(curve)).correlation - 0.1


def test_another_voice_does_not_fit(curve):
    other = np.convolve(np.random.default_rng(9).normal(size=93), np.ones(4) / 4)[:90]
    score, own = sync_score(other, noisy(curve)), sync_score(curve, noisy(curve))
    assert abs(score.correlation) < 0.35
    assert score.confidence < own.confidence - 0.3


def test_what_cannot_be_said_is_no_number(curve):
    assert np.isnan(sync_score(curve[:20], curve[:20]).correlation)
    assert np.isnan(sync_score(curve, np.zeros_like(curve)).confidence)
    with pytest.raises(ValueError, match="two equal"):
        sync_score(curve, curve[:-1])
