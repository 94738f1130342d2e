import numpy as np
import pytest

from talkface_atvg.pca import PcaBasis


def faces(canonical, count=60, seed=0):
    rng = np.random.default_rng(seed)
    gaps, noise = rng.uniform(0, 0.1, count), rng.normal(size=(count, 68, 2)) * 1e-4
    return (canonical.mean + gaps[:, None, None] * canonical.opening + noise).astype(np.float32)


def test_first_component_is_the_motion(canonical):
    landmarks = faces(canonical)
    basis = PcaBasis.fit(landmarks, 3)
    direction = canonical.opening.reshape(136) / np.linalg.norm(canonical.opening)
    assert abs(float(basis.directions[:, 0] @ direction)) > 0.999
    np.testing.assert_allclose(basis.directions.T @ basis.directions, np.eye(3), atol=1e-5)
    np.testing.assert_allclose(basis.unproject(basis.project(landmarks)), landmarks, atol=1e-3)
    np.testing.assert_array_equal(basis.directions, PcaBasis.fit(landmarks[::-1].copy()[::-1], 3).directions)


def test_squared_error_of_coefficients_is_that_of_landmarks(canonical):
    basis = PcaBasis.fit(faces(canonical), 136)
    one, other = faces(canonical, 2, seed=3)
    coefficients = basis.project(np.stack([one, other]))
    expected = 25 * ((one - other) ** 2).sum()
    assert ((coefficients[0] - coefficients[1]) ** 2).sum() == pytest.approx(expected, rel=1e-3)


def test_zero_components_keep_everything(canonical):
    landmarks = faces(canonical)
    basis = PcaBasis.fit(landmarks, 0, scale=2.0)
    assert basis.size == 136
    np.testing.assert_allclose(basis.unproject(basis.project(landmarks)), landmarks, atol=1e-6)


def test_weights_balance_speakers(canonical):
    many, few = faces(canonical, 90), faces(canonical, 10) + np.float32(0.1)
    weights = np.concatenate([np.full(90, 1 / 90), np.full(10, 1 / 10)]).astype(np.float32)
    basis = PcaBasis.fit(np.concatenate([many, few]), 2, weights=weights)
    middle = (many.mean(axis=0) + few.mean(axis=0)) / 2
    np.testing.assert_allclose(basis.mean, 5 * middle.reshape(136), atol=1e-3)
