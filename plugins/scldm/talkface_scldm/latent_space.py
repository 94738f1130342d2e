"""Where diffusion happens: scaled latents, and the statistical face prior.

Dimension letters: B faces, C channels of z, L side of z.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_scldm.config import ScldmConfig


class LatentSpace(nn.Module):
    """The scale that brings latents to a standard deviation of 1, and the prior p in that scale, `(C, L, L)`.

    p is the mean of encoded faces (Eq. of the face prior; each gender counts the same where genders are known).
    """

    scale: Tensor
    prior: Tensor

    def __init__(self, config: ScldmConfig) -> None:
        super().__init__()
        self.config = config.diffusion
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("prior", torch.zeros(config.face.latent))

    @property
    def shift(self) -> Tensor:
        """W p: what is added to every noised latent; 0 without a prior and with mode "residual"."""
        shifts = self.config.prior and self.config.prior_mode == "shift"
        return self.prior * (self.config.prior_weight if shifts else 0.0)

    @property
    def centre(self) -> Tensor:
        """What is taken off a latent before it is diffused: p with mode "residual", 0 otherwise."""
        residual = self.config.prior and self.config.prior_mode == "residual"
        return self.prior * float(residual)

    def familiar(self, values: Tensor) -> Tensor:
        """What was diffused, `(B, C, L, L)`, no farther from the prior than `DiffusionConfig.farthest` says."""
        limit = self.config.farthest
        if not (limit and self.config.prior and self.config.prior_mode == "residual"):
            return values
        distance = values.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return values * (limit / distance).clamp(max=1)

    def inward(self, latents: Tensor) -> Tensor:
        """Of the face encoder, to what is diffused."""
        return latents * self.scale - self.centre

    def outward(self, values: Tensor) -> Tensor:
        """The inverse of `inward`."""
        return (values + self.centre) / self.scale
