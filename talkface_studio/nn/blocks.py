"""Convolution blocks that several models are built from.

Dimension letters: B batch, C channels, H height, W width.
"""

from __future__ import annotations

import math
from typing import Literal

from torch import Tensor, nn

from talkface_studio.nn.moments import GroupNorm

Norm = Literal["batch", "group", "instance", "none"]


def norm_layer(kind: Norm, channels: int, *, groups: int = 8) -> nn.Module:
    """A normalisation layer for `(B, C, H, W)` with learned scale and shift ("none": the identity).

    "group" uses the largest number of groups that divides the channels, at most `groups`.
    """
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "group":
        return GroupNorm(math.gcd(groups, channels), channels)
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=True)
    return nn.Identity()


class ConvBlock(nn.Sequential):
    """Convolution, normalisation, activation; the convolution has a bias only where nothing normalises it.

    The padding keeps the size (or halves it with stride 2) unless given.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | None = None,
        norm: Norm = "batch",
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__(
            nn.Conv2d(
                inputs,
                outputs,
                kernel,
                stride=stride,
                padding=kernel // 2 if padding is None else padding,
                bias=norm == "none",
            ),
            norm_layer(norm, outputs),
            nn.ReLU() if activation is None else activation,
        )


class UpBlock(nn.Sequential):
    """Transposed convolution that doubles the side, normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, *, norm: Norm = "batch", bias: bool = False) -> None:
        super().__init__(
            nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1, bias=bias),
            norm_layer(norm, outputs),
            nn.ReLU(),
        )


class ResidualBlock(nn.Module):
    """Adds two normalised 3x3 convolutions to the input; no activation after the sum."""

    def __init__(self, channels: int, *, norm: Norm = "batch", dropout: float = 0.0) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvBlock(channels, channels, norm=norm),
            nn.Dropout(dropout),
            ConvBlock(channels, channels, norm=norm, activation=nn.Identity()),
        )

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, H, W)` to the same shape."""
        out: Tensor = x + self.body(x)
        return out
