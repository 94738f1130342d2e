from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import correlate, gaussian_filter
from skimage import data

from talkface_studio.quality.image import cpbd, psnr, ssim


@pytest.fixture(scope="module")
def face():
    return np.ascontiguousarray(data.astronaut()[0:192, 128:320])


def blurred(picture, sigma):
    return np.round(gaussian_filter(picture.astype(float), (sigma, sigma, 0))).astype(np.uint8)


@pytest.mark.parametrize("convention", ["gaussian", "uniform"])
def test_ssim_of_a_picture_with_itself_is_one_and_falls_with_blur(face, convention):
    values = [ssim(face, blurred(face, sigma), convention) for sigma in (0, 1, 2, 4)]
    assert values[0] == pytest.approx(1.0, abs=1e-9)
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] < 0.8


def test_ssim_in_the_gaussian_convention_follows_wang(face):
    """From the formula, with an explicit 11x11 window, where the window lies inside the picture."""
    line = np.exp(-(np.arange(-5, 6.0) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2

    def mean(values):
        return correlate(values, window)[5:-5, 5:-5]

    other, channels = blurred(face, 1.5), []
    for x, y in ((face[..., c].astype(float), other[..., c].astype(float)) for c in range(3)):
        mx, my = mean(x), mean(y)
        numerator = (2 * mx * my + 2.55**2) * (2 * (mean(x * y) - mx * my) + 7.65**2)
        denominator = (mx**2 + my**2 + 2.55**2) * (mean(x * x) - mx**2 + mean(y * y) - my**2 + 7.65**2)
        channels.append((numerator / denominator).mean())
    assert ssim(face, other) == pytest.approx(np.mean(channels), abs=1e-6)


def test_ssim_conventions_differ(face):
    assert abs(ssim(face, blurred(face, 1)) - ssim(face, blurred(face, 1), "uniform")) > 1e-4


def test_psnr_follows_the_formula(face):
    shifted = np.where(face < 128, face + 10, face - 10).astype(np.uint8)
    assert psnr(face, shifted) == pytest.approx(20 * np.log10(255 / 10))
    assert psnr(face, face) == 100.0
    one_off = face.copy()
    one_off[0, 0, 0] ^= 1
    assert 80 < psnr(face, one_off) <= 100


def test_pictures_of_different_size_are_refused(face):
    for measure in (ssim, psnr):
        with pytest.raises(ValueError, match="different size"):
            measure(face, face[:-1])


@pytest.mark.parametrize("variant", ["cpbd", "atvg"])
def test_cpbd_falls_with_blur_and_stays_between_0_and_1(face, variant):
    values = [cpbd(blurred(face, sigma), variant) for sigma in (0, 0.5, 1, 1.5, 2.5)]
    assert all(0 <= value <= 1 for value in values)
    assert all(sharper > softer for sharper, softer in pairwise(values))


def test_cpbd_of_a_portrait(face):
    # The variant without thinning counts flanks of edges too, and is lower, as in the papers' tables.
    assert 0.3 < cpbd(face) < 0.8
    assert cpbd(face, "atvg") < cpbd(face)


def test_cpbd_takes_grey_pictures(face):
    grey = np.round(face @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    assert cpbd(grey) == cpbd(face)


def test_cpbd_without_edges_or_whole_blocks_is_zero(face):
    assert cpbd(np.full((128, 128, 3), 90, np.uint8)) == 0.0
    assert cpbd(face[:63, :63]) == 0.0
