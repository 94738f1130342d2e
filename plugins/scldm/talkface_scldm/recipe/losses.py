"""The losses of SCLDM, one function each. B pairs, E size of an embedding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_scldm.denoiser import Denoiser
from talkface_scldm.face_networks import normalised
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.speech_encoder import Heard
from talkface_studio.nn.diffusion import NoiseSchedule

LOWEST_TEMPERATURE = 0.01


class Temperature(nn.Module):
    """tau of the contrastive loss, learned."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.logarithm = nn.Parameter(torch.tensor(start).log())

    def forward(self) -> Tensor:
        """Its value, at least 0.01."""
        return self.logarithm.exp().clamp_min(LOWEST_TEMPERATURE)


def contrastive_loss(speech: Tensor, face: Tensor, temperature: Tensor) -> Tensor:
    """L_con: symmetric cross-entropy over the cosines of all pairs of `(B, E)` (Radford et al., CLIP, 2021, Fig. 3).

    Pair i belongs together; every other one is taken for another person's.
    """
    logits = normalised(speech) @ normalised(face).T / temperature
    target = torch.arange(len(logits), device=logits.device)
    return 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))


def spread_loss(latents: Tensor) -> Tensor:
    """How far the latents' mean and spread are from those of a normal distribution: a KL divergence, as in LDM."""
    mean, variance = latents.mean(), latents.var().clamp_min(1e-6)
    return 0.5 * (mean.square() + variance - 1 - variance.log())


def diffusion_loss(
    net: Denoiser, space: LatentSpace, schedule: NoiseSchedule, clean: Tensor, *, steps: Tensor, heard: Heard
) -> Tensor:
    """Mean squared error of the noise that the network says in z_t + w p."""
    noise = torch.randn_like(clean)
    noised = schedule.noised(clean, steps, noise) + space.shift
    said: Tensor = net(noised, steps, net.condition(heard))
    return (said - noise).square().mean()
