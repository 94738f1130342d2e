"""Losses, one function each. Tensors are float; B batch, T frames, C channels, H and W pixels, P points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

Logits = Tensor | Sequence[Tensor]
"""What a discriminator says, one tensor for each of its scales; scales count equally."""


def bce_discriminator_loss(real: Logits, fake: Logits) -> Tensor:
    """Binary cross-entropy of telling real from generated: -E[log D(real)] - E[log(1 - D(fake))].

    Goodfellow et al., Generative Adversarial Nets, 2014, Eq. 1. 2 ln 2 = 1.386 is chance.
    """
    real_loss = _mean(F.binary_cross_entropy_with_logits(logit, torch.ones_like(logit)) for logit in _scales(real))
    return real_loss + _mean(
        F.binary_cross_entropy_with_logits(logit, torch.zeros_like(logit)) for logit in _scales(fake)
    )


def bce_generator_loss(fake: Logits) -> Tensor:
    """The non-saturating generator loss -E[log D(fake)] (Goodfellow et al., 2014, section 3)."""
    return _mean(F.binary_cross_entropy_with_logits(logit, torch.ones_like(logit)) for logit in _scales(fake))


def lsgan_discriminator_loss(real: Logits, fake: Logits) -> Tensor:
    """Least squares: E[(D(real) - 1)²] / 2 + E[D(fake)²] / 2 (Mao et al., Least Squares GANs, 2017, Eq. 9)."""
    real_loss = _mean((logit - 1).square().mean() for logit in _scales(real))
    return 0.5 * (real_loss + _mean(logit.square().mean() for logit in _scales(fake)))


def lsgan_generator_loss(fake: Logits) -> Tensor:
    """Least squares: E[(D(fake) - 1)²] / 2 (Mao et al., 2017, Eq. 9)."""
    return 0.5 * _mean((logit - 1).square().mean() for logit in _scales(fake))


def hinge_discriminator_loss(real: Logits, fake: Logits) -> Tensor:
    """E[max(0, 1 - D(real))] + E[max(0, 1 + D(fake))] (Lim and Ye, Geometric GAN, 2017). 2 is chance."""
    real_loss = _mean(F.relu(1 - logit).mean() for logit in _scales(real))
    return real_loss + _mean(F.relu(1 + logit).mean() for logit in _scales(fake))


def hinge_generator_loss(fake: Logits) -> Tensor:
    """-E[D(fake)] (Lim and Ye, 2017)."""
    return -_mean(logit.mean() for logit in _scales(fake))


def feature_matching_loss(real: Sequence[Sequence[Tensor]], fake: Sequence[Sequence[Tensor]]) -> Tensor:
    """Mean absolute difference of a discriminator's features, over scales and layers.

    Wang et al., High-Resolution Image Synthesis (pix2pixHD), 2018, Eq. 4. The features of real pictures are targets:
    no gradient flows through them.
    """
    return _mean(
        F.l1_loss(fake_layer, real_layer.detach())
        for real_scale, fake_scale in zip(real, fake, strict=True)
        for real_layer, fake_layer in zip(real_scale, fake_scale, strict=True)
    )


def weighted_l1_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean of |output - target| * weight, where weight is broadcast; its size matters.

    With weight m + 0.5, m the attention, this is the pixel loss of Chen et al., ATVGnet, 2019, Eq. 8.
    """
    return ((output - target).abs() * weight).mean()


def masked_l1_loss(output: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean of |output - target| where mask (0..1, broadcast) is: its size does not matter. 0 for an empty mask."""
    full = mask.expand_as(output)
    return ((output - target).abs() * full).sum() / full.sum().clamp_min(1e-6)


def weighted_mse_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean of (output - target)² * weight, where weight is broadcast, for example over points `(P, 1)`."""
    return ((output - target).square() * weight).mean()


def velocity_loss(output: Tensor, target: Tensor, dim: int = 1) -> Tensor:
    """Mean squared difference of the changes from one frame to the next along `dim`; 0 for a single frame.

    It punishes jitter and lost movement alike (Cudeiro et al., VOCA, 2019, Eq. 4).
    """
    if output.shape[dim] < 2:
        return output.new_zeros(())
    return F.mse_loss(output.diff(dim=dim), target.diff(dim=dim))


def gram_matrix(features: Tensor) -> Tensor:
    """Products of the channels of `(B, C, H, W)`, `(B, C, C)`, over C * H * W (Johnson et al., 2016, Eq. 3)."""
    B, C, H, W = features.shape
    flat = features.reshape(B, C, H * W)
    return flat @ flat.transpose(1, 2) / (C * H * W)


def style_loss(output: Sequence[Tensor], target: Sequence[Tensor]) -> Tensor:
    """Mean absolute difference of the Gram matrices of each layer's features `(B, C, H, W)`."""
    return _mean(F.l1_loss(gram_matrix(a), gram_matrix(b)) for a, b in zip(output, target, strict=True))


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of N(mean, exp(log_variance)) from N(0, 1), mean over all elements.

    Kingma and Welling, Auto-Encoding Variational Bayes, 2014, appendix B.
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).mean()


def _scales(logits: Logits) -> Sequence[Tensor]:
    return [logits] if isinstance(logits, Tensor) else logits


def _mean(values: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(values)).mean()
