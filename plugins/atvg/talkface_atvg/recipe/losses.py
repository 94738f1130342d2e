"""The losses of the thesis (section 4 of its slides; Chen et al. 2019, equations 5 to 9), one function each."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def pixel_loss(frames: Tensor, truth: Tensor, attention: Tensor, extra: Tensor | None = None) -> Tensor:
    """L_pix: mean of |i - p| * (m + 0.5), m detached.

    `frames` and `truth` are `(B, T, 3, H, W)` in -1..1, `attention` m `(B, T, 1, H, W)`. `extra`, `(B, 1, 1, H, W)`,
    adds weight where it is positive; the mean stays a mean over pixels.
    """
    weight = attention.detach() + 0.5
    if extra is not None:
        weight = weight + extra
    return ((frames - truth).abs() * weight).mean()


def mouth_weights(mask: str, device: torch.device) -> Tensor:
    """M of L_gan-landmark, `(136,)`: 100 on mouth points and 1 elsewhere.

    "y" weighs only their y coordinates, as the authors' code does; "xy" both, as the text says.
    """
    weights = torch.ones(68, 2, device=device)
    if mask == "y":
        weights[48:, 1] = 100
    else:
        weights[48:] = 100
    return weights.reshape(136)


def landmark_loss(shown: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """One term of L_gan-landmark: mean of ((D_l - l) * M)^2, so that the effective weight of the mouth is 10^4."""
    return ((shown - truth) * weights).square().mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """L_gan-dis for D: binary cross-entropy of logits `(B,)`, real as 1 and fake as 0, averaged."""
    return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())


def generator_loss(fake: Tensor) -> Tensor:
    """L_gan-dis for G, non-saturating: the fake is to be judged 1."""
    return F.softplus(-fake).mean()
