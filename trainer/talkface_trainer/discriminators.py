"""Discriminators that judge patches of a picture, at one or several scales (Wang et al., pix2pixHD, 2018).

B batch, C channels, H and W pixels, h and w patches.
"""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

Norm = Literal["none", "instance", "batch", "spectral"]


class PatchDiscriminator(nn.Module):
    """Convolutions of kernel 4 whose last one gives a logit for each patch (70 pixels wide with 3 layers).

    `layers` halvings, `width` channels after the first, doubled up to eight times.
    """

    def __init__(self, channels: int = 3, *, width: int = 64, layers: int = 3, norm: Norm = "instance") -> None:
        super().__init__()
        blocks = []
        for layer in range(layers + 1):
            out = width * min(2**layer, 8)
            convolution = nn.Conv2d(channels, out, 4, stride=2 if layer < layers else 1, padding=1)
            # No norm in the first layer: it would take the picture's colour away.
            blocks.append(_block(convolution, norm if layer or norm == "spectral" else "none"))
            channels = out
        self.blocks = nn.ModuleList(blocks)
        last = nn.Conv2d(channels, 1, 4, padding=1)
        self.judge: nn.Module = spectral_norm(last) if norm == "spectral" else last

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """`(B, C, H, W)` to logits `(B, 1, h, w)` and the features of every layer."""
        features = []
        for block in self.blocks:
            pictures = block(pictures)
            features.append(pictures)
        return self.judge(pictures), features


class MultiScaleDiscriminator(nn.Module):
    """The same kind of discriminator on the picture and on smaller ones, each half the size of the one before."""

    def __init__(
        self, channels: int = 3, *, width: int = 64, layers: int = 3, scales: int = 2, norm: Norm = "instance"
    ) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            PatchDiscriminator(channels, width=width, layers=layers, norm=norm) for _ in range(scales)
        )

    def forward(self, pictures: Tensor) -> tuple[list[Tensor], list[list[Tensor]]]:
        """`(B, C, H, W)` to the logits and the features of every scale, the full one first."""
        logits, features = [], []
        for i, scale in enumerate(self.scales):
            if i:
                pictures = F.avg_pool2d(pictures, 3, stride=2, padding=1, count_include_pad=False)
            judged, seen = scale(pictures)
            logits.append(judged)
            features.append(seen)
        return logits, features


def _block(convolution: nn.Conv2d, norm: Norm) -> nn.Sequential:
    parts: list[nn.Module] = [spectral_norm(convolution) if norm == "spectral" else convolution]
    if norm == "instance":
        parts.append(nn.InstanceNorm2d(convolution.out_channels))
    elif norm == "batch":
        parts.append(nn.BatchNorm2d(convolution.out_channels))
    return nn.Sequential(*parts, nn.LeakyReLU(0.2))
