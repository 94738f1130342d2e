"""The losses of LTFG-GAN's paper, one function each. B windows, T frames, C points of jaw and lips."""

from __future__ import annotations

from torch import Tensor

UPPER_LIP, LOWER_LIP = 17 + 25, 17 + 35
"""Middles of the inner lips among the 57 points of jaw and lips."""


def landmark_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_m: mean absolute error of `(B, T, C, 2)`."""
    return (predicted - truth).abs().mean()


def landmark_velocity_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_v: the mean over moves from frame to frame of the length of their error, all points as one vector."""
    error = (predicted.diff(dim=1) - truth.diff(dim=1)).flatten(2)
    # The root of zero has no gradient.
    return (error.square().sum(dim=2) + 1e-12).sqrt().mean()


def lip_gap(content: Tensor) -> Tensor:
    """Gap between the inner lips of jaw and lips `(..., 57, 2)`, in the points' unit."""
    gap: Tensor = content[..., LOWER_LIP, 1] - content[..., UPPER_LIP, 1]
    return gap


def opening_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """Mean absolute error of the gap between the lips of `(B, T, C, 2)` (not in the paper)."""
    return (lip_gap(predicted) - lip_gap(truth)).abs().mean()
