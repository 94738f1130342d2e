"""Blocks whose normalised features are scaled and shifted by something else: a map (SPADE) or a vector (AdaIN).

In the alignment, one frame's scale and shift serve all references, so they are computed once for all.

Dimension letters: B frames, N references, C channels, M channels or size of what modulates, H and W sides.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_studio.nn.moments import instance_norm


class Modulation(NamedTuple):
    """Scale and shift, each `(B, C, H, W)` or `(B, C, 1, 1)`."""

    scale: Tensor
    shift: Tensor

    def apply(self, x: Tensor) -> Tensor:
        """Normalise `(B, C, H, W)` or, with N references of each frame, `(B * N, C, H, W)`; then scale and shift."""
        x = instance_norm(x)
        B = len(self.scale)
        if len(x) == B:
            return torch.addcmul(self.shift, x, self.scale)
        grouped = x.reshape(B, -1, *x.shape[1:])
        return torch.addcmul(self.shift[:, None], grouped, self.scale[:, None]).reshape(x.shape)


class MapModulation(nn.Module):
    """Spatially adaptive normalisation (Park et al. 2019): a map `(B, M, H, W)` to scale and shift of each place."""

    def __init__(self, channels: int, modulating: int, hidden: int) -> None:
        super().__init__()
        self.shared = nn.Conv2d(modulating, hidden, 3, padding=1)
        self.scale = nn.Conv2d(hidden, channels, 3, padding=1)
        self.shift = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, by: Tensor) -> Modulation:
        """Scale and shift."""
        # The authors have no activation here.
        y = self.shared(by)
        return Modulation(_around_one(self.scale, y), self.shift(y))


def _around_one(layer: nn.Conv2d, y: Tensor) -> Tensor:
    """What the layer says, and one: added to its few biases, not to each place of what comes out."""
    assert layer.bias is not None
    return F.conv2d(y, layer.weight, layer.bias + 1, padding=layer.padding)


class VectorModulation(nn.Module):
    """Adaptive instance normalisation (Huang and Belongie 2017): a vector `(B, M)` to scale and shift of each map."""

    def __init__(self, channels: int, modulating: int, hidden: int) -> None:
        super().__init__()
        self.shared = nn.Linear(modulating, hidden)
        self.scale = nn.Linear(hidden, channels)
        self.shift = nn.Linear(hidden, channels)

    def forward(self, by: Tensor) -> Modulation:
        """Scale and shift."""
        y = F.relu(self.shared(by))
        return Modulation(1 + self.scale(y)[..., None, None], self.shift(y)[..., None, None])


class ModulatedBlock(nn.Module):
    """Twice: modulated norm, leaky ReLU, 3x3 convolution. Only with `residual` there is a way around it."""

    def __init__(self, channels: int, first: nn.Module, second: nn.Module, *, residual: bool = False) -> None:
        super().__init__()
        self.first, self.second, self.residual = first, second, residual
        self.conv_first = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, by: Tensor) -> Tensor:
        """`(B, C, H, W)` or `(B * N, C, H, W)` to the same shape; `by` belongs to the B frames."""
        y = self.conv_first(F.leaky_relu(self.first(by).apply(x), 0.2))
        out: Tensor = self.conv_second(F.leaky_relu(self.second(by).apply(y), 0.2))
        return x + out if self.residual else out


def spade_block(channels: int, modulating: int, hidden: int, *, residual: bool = False) -> ModulatedBlock:
    """A block modulated by maps."""
    first, second = (MapModulation(channels, modulating, hidden) for _ in range(2))
    return ModulatedBlock(channels, first, second, residual=residual)


def adain_block(channels: int, modulating: int, hidden: int, *, residual: bool = False) -> ModulatedBlock:
    """A block modulated by vectors."""
    first, second = (VectorModulation(channels, modulating, hidden) for _ in range(2))
    return ModulatedBlock(channels, first, second, residual=residual)
