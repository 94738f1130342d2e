from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from talkface_studio.quality.distribution import FeatureStatistics, frechet_distance


def statistics(features, batch=7):
    gathered = FeatureStatistics(features.shape[1])
    for start in range(0, len(features), batch):
        gathered.add(features[start : start + batch])
    return gathered


@pytest.fixture
def features():
    random = np.random.default_rng(0)
    return (random.normal(size=(200, 6)) @ random.normal(size=(6, 6)) + 3).astype(np.float32)


def test_statistics_are_those_of_the_whole_set(features):
    gathered = statistics(features)
    assert gathered.count == 200
    assert gathered.mean == pytest.approx(features.mean(axis=0), abs=1e-5)
    assert gathered.covariance == pytest.approx(np.cov(features.T), abs=1e-4)


def test_equal_sets_are_at_distance_zero_in_any_order(features):
    assert frechet_distance(statistics(features), statistics(features[::-1], 50)) == pytest.approx(0, abs=1e-6)


def test_a_shift_counts_with_its_square(features):
    assert frechet_distance(statistics(features), statistics(features + 2)) == pytest.approx(6 * 4, rel=1e-4)


def test_distance_follows_the_formula(features):
    other = (features[:150] * np.linspace(0.5, 2, 6) + 1).astype(np.float32)
    one, two = np.cov(features.T), np.cov(other.T)
    difference = features.mean(axis=0, dtype=float) - other.mean(axis=0, dtype=float)
    expected = difference @ difference + np.trace(one + two - 2 * sqrtm(one @ two).real)
    assert frechet_distance(statistics(features), statistics(other)) == pytest.approx(expected, rel=1e-4)
    assert frechet_distance(statistics(other), statistics(features)) == pytest.approx(expected, rel=1e-4)


def test_fewer_pictures_than_features_still_give_a_number(features):
    assert np.isfinite(frechet_distance(statistics(features[:3]), statistics(features[3:8])))


def test_what_cannot_be_compared_is_refused(features):
    with pytest.raises(ValueError, match="at least two"):
        frechet_distance(statistics(features), statistics(features[:1]))
    with pytest.raises(ValueError, match=r"not \(n, 6\)"):
        FeatureStatistics(6).add(features[:, :4])
