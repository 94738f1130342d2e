"""The losses of SDM, one function each. B windows, T frames, D numbers of a frame's motion, M width of an embedding."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from talkface_sdm.config import POINTS
from talkface_sdm.denoiser import Denoiser
from talkface_sdm.picture_denoiser import PictureDenoiser
from talkface_studio.nn.diffusion import NoiseSchedule

MOUTH = slice(48, 68)


def regular_loss(now: Tensor, rebuilt_now: Tensor, before: Tensor, rebuilt_before: Tensor) -> Tensor:
    """L_reg: both frames must come back out of their embeddings; mean absolute errors of `(..., D)`."""
    return (now - rebuilt_now).abs().mean() + (before - rebuilt_before).abs().mean()


def independence_loss(rhythm: Tensor, content: Tensor, mode: str) -> Tensor:
    """L_ind of embeddings `(B, T, M)`.

    "paper" is the distance as printed, whose minimum are two equal motions. "orthogonal" is the mean squared cosine
    between both, each without its mean over the batch.
    """
    if mode == "paper":
        return (rhythm - content).abs().mean()
    a, b = (x.flatten(0, 1) - x.mean(dim=(0, 1)) for x in (rhythm, content))
    return F.cosine_similarity(a, b, dim=1).square().mean()


def reconstruction_loss(predicted: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """L_rec: weighted mean absolute error of `(..., D)`; here of the motion that the image is made from."""
    return ((predicted - truth).abs() * weight).mean()


def auxiliary_loss(predicted: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean squared error of F^aux (FreeMo's)."""
    return ((predicted - truth).square() * weight).mean()


def velocity_loss(predicted: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean absolute error of the moves from frame to frame of `(B, T, D)`."""
    return reconstruction_loss(predicted.diff(dim=1), truth.diff(dim=1), weight)


def junction_loss(predicted: Tensor, truth: Tensor, past: Tensor, frames: int, weight: Tensor) -> Tensor:
    """Weighted mean absolute error of a prediction's first moves (FreeMo's): `(B, T, D)` behind `past` `(B, D)`."""
    ours, real = (torch.cat([past[:, None], moved[:, :frames]], dim=1) for moved in (predicted, truth))
    return velocity_loss(ours, real, weight)


def diffusion_loss(
    denoiser: Denoiser | PictureDenoiser,
    schedule: NoiseSchedule,
    motion: Tensor,
    step: Tensor,
    condition: Tensor,
    *,
    weight: Tensor,
) -> Tensor:
    """L_diff: weighted mean absolute error of the noise in noised motion `(B, T, D)`, or a picture, at steps `(B,)`.

    In units of what the denoiser's best guess leaves open, so that all steps count alike.
    """
    noise = torch.randn_like(motion)
    predicted = denoiser(schedule.noised(motion, step, noise), step, condition)
    error: Tensor = ((predicted - noise).abs() / denoiser.doubt(step) * weight).mean()
    return error


def coordinate_weights(size: int, mouth: float, pose: float = 1.0) -> Tensor:
    """Weights `(D,)` with mean 1: those of the mouth's points are `mouth` times, of a pose `pose` times the others'."""
    weights = torch.ones(size)
    weights[: size - 2 * POINTS] = pose
    points = weights[size - 2 * POINTS :].view(POINTS, 2)
    points[MOUTH] = mouth
    return weights / weights.mean()


def kl_weight(step: int, most: float, first: float = 1e-5, decay: float = 0.99995) -> float:
    """The weight of the KL divergence, rising from `first` to `most` (FreeMo's schedule)."""
    return most - (most - first) * decay**step
