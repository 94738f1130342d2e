"""The frame decoder F and its identity branch.

Dimension letters: B frames, D numbers of what is heard, E of an emotion, M of a manner, I of an identity, S side.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from talkface_speech2video.config import Speech2VideoConfig


class IdentityMaps(NamedTuple):
    """What the identity branch gives, the smallest map first (twice, four and eight times the base)."""

    maps: tuple[Tensor, Tensor, Tensor]
    """As the decoder takes them."""
    aligned: tuple[Tensor, Tensor, Tensor]
    """With the channels of the teacher's maps."""


class IdentityBranch(nn.Module):
    """nu to three maps, each twice as large as the last."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: Speech2VideoConfig) -> None:
        super().__init__()
        own = config.decoder
        width = own.identity_channels
        self.base = own.base
        self.enter = nn.Linear(config.students.identity, width * own.base**2)
        self.grow = nn.ModuleList(_doubling(width, width) for _ in range(3))
        self.align = nn.ModuleList(nn.Conv2d(width, channels, 1) for channels in reversed(own.teacher_channels))
        self.register_buffer("mean", torch.zeros(config.students.identity))
        self.register_buffer("deviation", torch.ones(()))

    def forward(self, nu: Tensor) -> IdentityMaps:
        """From nu `(B, I)`."""
        x = self.enter((nu - self.mean) / self.deviation).unflatten(1, (-1, self.base, self.base)).relu()
        maps, aligned = [], []
        for grow, align in zip(self.grow, self.align, strict=True):
            x = grow(x)
            maps.append(x)
            aligned.append(align(x))
        return IdentityMaps((maps[0], maps[1], maps[2]), (aligned[0], aligned[1], aligned[2]))


class FrameDecoder(nn.Module):
    """What is heard, mu and the manner to a small map; with the identity's maps beside it, it grows to a frame."""

    def __init__(self, config: Speech2VideoConfig) -> None:
        super().__init__()
        own = config.decoder
        first, *rest = own.channels
        self.base = own.base
        self.enter = nn.Linear(config.heard + config.students.emotion + own.manner, first * own.base**2)
        steps, inputs = [], first
        for number, outputs in enumerate(rest):
            beside = own.identity_channels if 1 <= number <= 3 else 0
            steps.append(nn.Sequential(_doubling(inputs + beside, outputs), _mixing(outputs), _mixing(outputs)))
            inputs = outputs
        self.steps = nn.ModuleList(steps)
        self.leave = nn.Conv2d(inputs, 3, 3, padding=1)

    def forward(self, heard: Tensor, emotion: Tensor, manner: Tensor, identity: tuple[Tensor, ...]) -> Tensor:
        """`(B, D)`, `(B, E)`, `(B, M)` and the branch's maps to frames `(B, 3, S, S)` in -1..1."""
        given = torch.cat([heard, emotion.softmax(dim=1), manner], dim=1)
        x = self.enter(given).unflatten(1, (-1, self.base, self.base)).relu()
        for number, step in enumerate(self.steps):
            if 1 <= number <= 3:
                beside = identity[number - 1]
                x = torch.cat([x, beside.expand(x.shape[0], *beside.shape[1:])], dim=1)
            x = step(x)
        frames: Tensor = self.leave(x).tanh()
        return frames


def _doubling(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def _mixing(channels: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())
