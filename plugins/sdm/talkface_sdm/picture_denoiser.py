"""Shallow diffusion of pictures: the renderer's coarse picture of each frame with noise, and back.

The paper calls both motion and image F; this is the same scheme for the other reading. Pictures are the renderer's
region, -1..1 here.

Dimension letters: B frames, S the side of the region, C channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_sdm.config import SdmConfig
from talkface_sdm.denoiser import REVERSE_STEPS, StepEmbedding, doubt_around, noise_around, schedule_of
from talkface_sdm.renderer import GROUPS
from talkface_studio.nn.blocks import ConvBlock
from talkface_studio.nn.diffusion import NoiseSchedule, sample

NOISE_STREAM = 3
"""What the seed's random numbers are for; see `motion` for the others."""


class PictureDenoiser(nn.Module):
    """A noised picture `(B, 3, S, S)`, a step `(B,)` and a condition to the noise, `(B, 3, S, S)`.

    The condition `(B, 11, S, S)` is the coarse picture and the heat maps of the landmarks wanted. The buffers are those
    of `Denoiser`, `spread` being `(3, 1, 1)`.
    """

    start: Tensor
    spread: Tensor
    kept: Tensor

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        a, b = config.renderer.width, 2 * config.renderer.width
        self.register_buffer("start", torch.tensor(config.diffusion.steps // 2))
        self.register_buffer("spread", torch.full((3, 1, 1), 0.1))
        self.register_buffer("kept", torch.tensor(schedule_of(config).kept, dtype=torch.float32), persistent=False)
        self.enter = ConvBlock(3 + 3 + len(GROUPS), a, norm="group")
        self.step = StepEmbedding(b)
        self.down = ConvBlock(a, b, stride=2, norm="group")
        self.middle = nn.Sequential(ConvBlock(b, b, norm="group"), ConvBlock(b, b, norm="group"))
        self.up = ConvBlock(b + a, a, norm="group")
        self.leave = nn.Conv2d(a, 3, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, noised: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        """See the class; untrained, it guesses the truth from the coarse picture and the noised one alone."""
        kept = self.kept[step].reshape(-1, 1, 1, 1)
        return noise_around(
            condition[:, :3], self.spread, noised, kept, lambda shown: self._answer(shown, step, condition)
        )

    def _answer(self, shown: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        fine = self.enter(torch.cat([shown, condition], dim=1))
        coarse = self.middle(self.down(fine) + self.step(step)[..., None, None])
        large = F.interpolate(coarse, scale_factor=2.0, mode="bilinear")
        out: Tensor = self.leave(self.up(torch.cat([large, fine], dim=1)))
        return out

    def doubt(self, step: Tensor) -> Tensor:
        """How much of the noise is unknown to the best guess, `(B, 3, 1, 1)`."""
        return doubt_around(self.spread, self.kept[step].reshape(-1, 1, 1, 1))


def refined(denoiser: PictureDenoiser, schedule: NoiseSchedule, condition: Tensor, noise: Tensor) -> Tensor:
    """The coarse picture of a condition with K additions of noise, and back: `(B, 3, S, S)`."""
    start = int(denoiser.start)

    def predicted(x: Tensor, step: int) -> Tensor:
        made: Tensor = denoiser(x, torch.full((len(x),), step, device=x.device), condition)
        return made

    noised = schedule.noised(condition[:, :3], start - 1, noise)
    return sample(schedule, predicted, noised, start, stride=max(start // REVERSE_STEPS, 1), clip=1.0)


@dataclass(frozen=True, slots=True)
class PictureRefiner:
    """Shallow diffusion of a take's pictures."""

    denoiser: PictureDenoiser
    schedule: NoiseSchedule
    noise: Tensor
    """`(1, 3, S, S)`, one for all frames of a take: drawn anew for each it would flicker."""

    @classmethod
    def of(cls, denoiser: PictureDenoiser, config: SdmConfig, seed: int) -> Self:
        """With a seed's noise."""
        side = config.renderer.size
        values = np.random.default_rng((seed, NOISE_STREAM)).standard_normal((1, 3, side, side), dtype=np.float32)
        return cls(denoiser, schedule_of(config), torch.from_numpy(values))

    def __call__(self, coarse: Tensor, target: Tensor) -> Tensor:
        """RGB in 0..1, `(1, 3, S, S)`, from the renderer's and the heat maps of the landmarks wanted."""
        condition = torch.cat([2 * coarse - 1, target], dim=1)
        return (refined(self.denoiser, self.schedule, condition, self.noise.to(coarse.device)) + 1) / 2
