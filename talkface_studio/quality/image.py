"""How like the truth, and how sharp, a picture is.

All pictures are uint8, RGB `(H, W, 3)` or grey `(H, W)`. Numbers of different crops, sizes or conventions are not
comparable: record them beside each number.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from talkface_studio.api.values import ByteArray

PSNR_CAP = 100.0
"""In dB; what identical pictures score."""


def ssim(real: ByteArray, generated: ByteArray, convention: Literal["gaussian", "uniform"] = "gaussian") -> float:
    """Structural similarity, -1..1, 1 for identical pictures of at least 11 pixels a side.

    "gaussian": 11x11 window of sigma 1.5, population covariance (Wang et al. 2004). "uniform": 7x7 window, sample
    covariance, the defaults of scikit-image that ATVG's script uses. Both per channel, mean over map and channels,
    computed by scikit-image. The two are not interchangeable.

    Raises:
        ValueError: the pictures differ in size.
    """
    from skimage.metrics import structural_similarity

    _check_pair(real, generated)
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return float(
        structural_similarity(
            real,
            generated,
            data_range=255,
            channel_axis=2 if real.ndim == 3 else None,
            **(settings if convention == "gaussian" else {}),
        )
    )


def psnr(real: ByteArray, generated: ByteArray) -> float:
    """Peak signal-to-noise ratio in dB over all pixels and channels, at most 100.

    10 log10(255^2 / MSE). Average the decibels of frames, not their errors, as IP_LAP and ATVG do (ATVG on grey
    pictures).

    Raises:
        ValueError: the pictures differ in size.
    """
    _check_pair(real, generated)
    error = float(np.mean((real.astype(np.float64) - generated) ** 2))
    return min(PSNR_CAP, 10 * np.log10(255**2 / error)) if error > 0 else PSNR_CAP


def cpbd(picture: ByteArray, variant: Literal["cpbd", "atvg"] = "cpbd") -> float:
    """Cumulative probability of blur detection, 0..1, higher is sharper; see `quality.blur`.

    The picture is made grey first (ITU-R 601 weights). Blocks are 64 pixels wide: below that the result is 0, and at
    128 only four blocks speak, so measure at 256. "atvg" is what ATVG's script computes, and so what the tables of
    the papers after it hold.
    """
    from talkface_studio.quality.blur import cumulative_probability

    grey = picture.astype(np.float64)
    if grey.ndim == 3:
        grey = grey @ np.array([0.299, 0.587, 0.114])
    return cumulative_probability(np.round(grey), variant)


def _check_pair(real: ByteArray, generated: ByteArray) -> None:
    if real.shape != generated.shape:
        raise ValueError(f"pictures of different size: {real.shape} and {generated.shape}")
