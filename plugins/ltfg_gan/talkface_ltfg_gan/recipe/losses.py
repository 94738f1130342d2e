"""The losses of LTFG-GAN's paper, one function each. B windows, T frames, C points of jaw and lips."""

from __future__ import annotations

from torch import Tensor

from talkface_ltfg_gan.lip_gap import lip_gap


def landmark_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_m: mean absolute error of `(B, T, C, 2)`."""
    return (predicted - truth).abs().mean()


def landmark_velocity_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """L_v: the mean over moves from frame to frame of the length of their error, all points as one vector."""
    error = (predicted.diff(dim=1) - truth.diff(dim=1)).flatten(2)
    # The root of zero has no gradient.
    return (error.square().sum(dim=2) + 1e-12).sqrt().mean()


def opening_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """Mean absolute error of the gap between the lips of `(B, T, C, 2)` (not in the paper)."""
    return (lip_gap(predicted) - lip_gap(truth)).abs().mean()


def squared_loss(predicted: Tensor, truth: Tensor, *, velocity_weight: float, opening_weight: float) -> Tensor:
    """Squared errors of points, moves and the gap between the lips, of `(B, T, C, 2)` (not in the paper).

    Its answer to doubt is the mean of what may be, where the absolute error's is the middle: lips that may be open or
    closed stay half open, which follows a speech better than lips that stay shut.
    """
    error = predicted - truth
    place = error.square().mean() + velocity_weight * error.diff(dim=1).square().mean()
    return place + opening_weight * lip_gap(error).square().mean()
