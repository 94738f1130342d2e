"""The losses of Speech2Video, one function each. B items, F frames, S side of a frame.

Equations 4 to 6 of the paper are what the three discriminators minimise; the decoder minimises the second half of each
with the label turned round. Generated is 1 and real is 0, as in the paper.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from talkface_speech2video.discriminators import FAKE, REAL


def contrast_loss(predicted: Tensor, true: Tensor, others: Tensor) -> Tensor:
    """InfoNCE (van den Oord et al. 2018, Eq. 4).

    Predictions `(..., n, Z)` shall fit the true z `(..., n, Z)` better than any of the others `(..., M, Z)`.
    """
    own = (predicted * true).sum(dim=-1, keepdim=True)
    scores = torch.cat([own, predicted @ others.transpose(-1, -2)], dim=-1) / predicted.shape[-1] ** 0.5
    loss: Tensor = -scores.log_softmax(dim=-1)[..., 0].mean()
    return loss


def movement_loss(said: Tensor, true: Tensor, known: Tensor) -> Tensor:
    """One less the correlation over time of lip shapes `(B, F, K)` where `known` `(B, F)` is 1; mean of the first four.

    The squared error alone is least for lips that hardly move.
    """
    weight = known[..., None] / known.sum(dim=1).clamp_min(1)[:, None, None]
    apart = [
        (part[..., :4] - (weight * part[..., :4]).sum(dim=1, keepdim=True)) * weight.sqrt() for part in (said, true)
    ]
    own, other = (part.square().sum(dim=1) for part in apart)
    together = (apart[0] * apart[1]).sum(dim=1)
    # Where lips keep still there is nothing to follow.
    loss: Tensor = 1 - (together / (own * other + 1e-6).sqrt()).mean()
    return loss


def normal_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """The squared distance of normalised vectors `(B, n)`, the first and the third term of L1."""
    return (F.normalize(student, dim=1) - F.normalize(teacher, dim=1)).square().sum(dim=1).mean()


def distillation_loss(student: Tensor, teacher: Tensor, order: str, temperature: float) -> Tensor:
    """The cross-entropy of softened vectors `(B, n)`, the second and the fourth term of L1.

    l(x, y) = -sum softmax(x) log softmax(y). "paper" is l(student, teacher) as printed; "teacher_first" is
    l(teacher, student) at a temperature, in units that leave gradients as large (Hinton et al. 2015).
    """
    if order == "paper":
        return -(student.softmax(dim=1) * teacher.log_softmax(dim=1)).sum(dim=1).mean()
    soft, said = (teacher / temperature).softmax(dim=1), (student / temperature).log_softmax(dim=1)
    return -(soft * said).sum(dim=1).mean() * temperature**2


def identity_judge_loss(generated: Tensor, real: Tensor) -> Tensor:
    """Equation 4: D_ID on answers to maps of the identity branch and of the teacher."""
    return 0.5 * (generated - FAKE).square().mean() + 0.5 * (real - REAL).square().mean()


def frame_judge_loss(generated: Tensor, real: Tensor) -> Tensor:
    """Equation 5: D_fr on answers to single frames; means over frames and patches, not sums."""
    return 0.5 * ((generated - FAKE).square().mean() + (real - REAL).square().mean())


def sync_judge_loss(matched: Tensor, shifted: Tensor, generated: Tensor) -> Tensor:
    """Equation 6: D_sync on real pictures with their sound and with another instant's, and on generated ones."""
    wrong = 0.5 * (shifted - FAKE).square().mean() + 0.5 * (generated - FAKE).square().mean()
    return (matched - REAL).square().mean() + wrong


def deceiving_loss(answers: Sequence[Tensor]) -> Tensor:
    """L_adv as the decoder minimises it: half the squared distance of each discriminator's answers from "real"."""
    return torch.stack([0.5 * (answer - REAL).square().mean() for answer in answers]).sum()


def similarity_loss(made: Tensor, true: Tensor, weight: Tensor) -> Tensor:
    """L_sim: mean absolute error of frames `(B, 3, S, S)`, weighted by `(S, S)`; see `frame_weights`."""
    return ((made - true).abs() * weight).mean()


def gradient_loss(made: Tensor, true: Tensor) -> Tensor:
    """L_grad: mean absolute difference of the Sobel derivatives of smoothed frames `(B, 3, S, S)`."""
    return _edges(made - true).abs().mean()


def frame_weights(size: int, upper: float, mouth: float) -> Tensor:
    """`(S, S)`: 1 in the lower half, `upper` in the upper, and up to `mouth` more where mouths are."""
    y, x = torch.meshgrid(torch.arange(size) / size, torch.arange(size) / size, indexing="ij")
    lower = (y >= 0.5).float()
    place = torch.exp(-(((x - 0.5) / 0.13) ** 2) - ((y - 0.68) / 0.1) ** 2)
    return lower + upper * (1 - lower) + mouth * place


def _edges(frames: Tensor) -> Tensor:
    """Both derivatives of each channel, `(B, 6, S - 6, S - 6)`, smoothed by a Gaussian of 5 pixels, sigma 1."""
    grid = torch.arange(-2.0, 3.0, device=frames.device)
    line = torch.exp(-(grid**2) / 2)
    line = line / line.sum()
    flat = frames.flatten(0, 1)[:, None]
    smooth = F.conv2d(F.conv2d(flat, line.view(1, 1, 5, 1)), line.view(1, 1, 1, 5))
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], device=frames.device) / 8
    kernels = torch.stack([sobel, sobel.T])[:, None]
    edges = F.conv2d(smooth, kernels)
    return edges.reshape(frames.shape[0], -1, *edges.shape[2:])
