"""Blocks whose normalised features are scaled and shifted by something else: a map (SPADE) or a vector (AdaIN).

In the alignment, one frame's scale and shift serve all references, so they are computed once for all.

Dimension letters: B frames, N references, C channels, M channels or size of what modulates, H and W sides.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F


class Modulation(NamedTuple):
    """Scale (around 0) and shift, each `(B, C, H, W)` or `(B, C, 1, 1)`."""

    scale: Tensor
    shift: Tensor

    def apply(self, x: Tensor) -> Tensor:
        """Normalise `(B, C, H, W)` or, with N references of each frame, `(B * N, C, H, W)`; then scale and shift."""
        x = F.instance_norm(x)
        B = len(self.scale)
        if len(x) == B:
            return x * (1 + self.scale) + self.shift
        grouped = x.reshape(B, -1, *x.shape[1:])
        return (grouped * (1 + self.scale[:, None]) + self.shift[:, None]).reshape(x.shape)


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
        return Modulation(self.scale(y), self.shift(y))


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
        return Modulation(self.scale(y)[..., None, None], self.shift(y)[..., None, None])


class ModulatedBlock(nn.Module):
    """Twice: modulated norm, leaky ReLU, 3x3 convolution. There is no way around it."""

    def __init__(self, channels: int, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.conv_first = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv_second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, by: Tensor) -> Tensor:
        """`(B, C, H, W)` or `(B * N, C, H, W)` to the same shape; `by` belongs to the B frames."""
        x = self.conv_first(F.leaky_relu(self.first(by).apply(x), 0.2))
        out: Tensor = self.conv_second(F.leaky_relu(self.second(by).apply(x), 0.2))
        return out


def spade_block(channels: int, modulating: int, hidden: int) -> ModulatedBlock:
    """A block modulated by maps."""
    return ModulatedBlock(
        channels, MapModulation(channels, modulating, hidden), MapModulation(channels, modulating, hidden)
    )


def adain_block(channels: int, modulating: int, hidden: int) -> ModulatedBlock:
    """A block modulated by vectors."""
    return ModulatedBlock(
        channels, VectorModulation(channels, modulating, hidden), VectorModulation(channels, modulating, hidden)
    )
