"""Faces to latents and back.

Dimension letters: B pictures, S side of a picture, C channels of z, L side of z.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_scldm.config import FaceConfig
from talkface_studio.nn.blocks import ConvBlock

VGG16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
"""Channels of the 13 convolutions; 0 halves the picture (Parkhi et al., Deep Face Recognition, 2015)."""
VGG_FEATURES = 4096
"""Size of fc6 and fc7."""


class FaceEncoder(nn.Module):
    """Pictures `(B, 3, S, S)` in -1..1 to z, `(B, C, L, L)`.

    With layout "vgg16", z is fc7 of VGG-Face in the shape of a picture.

    Raises:
        ValueError: the sizes do not fit each other.
    """

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.config = config
        if config.layout == "vgg16":
            if config.latent_size != VGG_FEATURES or config.side % 32:
                raise ValueError(f"layout vgg16 needs a z of {VGG_FEATURES} numbers and a side that 32 divides")
            self.body = nn.Sequential(*_vgg16(), nn.Flatten(), *_dense(512 * (config.side // 32) ** 2))
            return
        if config.side != config.latent_side * 2 ** len(config.widths):
            raise ValueError(f"a side of {config.side} halved {len(config.widths)} times is not {config.latent_side}")
        parts: list[nn.Module] = []
        for inputs, outputs in pairwise((3, *config.widths)):
            parts += [ConvBlock(inputs, outputs), ConvBlock(outputs, outputs, stride=2)]
        self.body = nn.Sequential(*parts, nn.Conv2d(config.widths[-1], config.latent_channels, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        out: Tensor = self.body(pictures)
        return out.reshape(-1, *self.config.latent)


class FaceDecoder(nn.Module):
    """Latents `(B, C, L, L)` to pictures `(B, 3, S, S)` in -1..1; S is `FaceConfig.drawn_side`."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.config = config
        if config.layout == "vgg16":
            self.body = nn.Sequential(*_mirrored_vgg16(config.side // 32))
            return
        widths = config.decoder_widths
        parts: list[nn.Module] = [ConvBlock(config.latent_channels, widths[0])]
        for place, (inputs, outputs) in enumerate(pairwise((widths[0], *widths))):
            # The last doubling is left to the pixels themselves, which costs a quarter of a convolution at full side.
            parts += [nn.Upsample(scale_factor=2)] if place else []
            parts += [ConvBlock(inputs, outputs), ConvBlock(outputs, outputs)]
        self.body = nn.Sequential(*parts, nn.Conv2d(widths[-1], 12, 3, padding=1), nn.PixelShuffle(2))

    def forward(self, latents: Tensor) -> Tensor:
        """See the class."""
        return torch.tanh(self.body(latents))


def _vgg16() -> list[nn.Module]:
    parts: list[nn.Module] = []
    channels = 3
    for width in VGG16:
        parts += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
        channels = width or channels
    return parts


def _dense(inputs: int) -> list[nn.Module]:
    return [nn.Linear(inputs, VGG_FEATURES), nn.ReLU(), nn.Linear(VGG_FEATURES, VGG_FEATURES)]


def _mirrored_vgg16(side: int) -> list[nn.Module]:
    parts: list[nn.Module] = [
        nn.Flatten(),
        nn.Linear(VGG_FEATURES, 512 * side**2),
        nn.Unflatten(1, (512, side, side)),
    ]
    channels = 512
    for width in reversed(VGG16):
        parts += [ConvBlock(channels, width)] if width else [nn.Upsample(scale_factor=2)]
        channels = width or channels
    return [*parts, nn.Conv2d(channels, 3, 3, padding=1)]


class Projection(nn.Sequential):
    """A head of two layers that brings an embedding to the size at which both are compared."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__(nn.Flatten(), nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))


def normalised(values: Tensor) -> Tensor:
    """`(B, ...)` as vectors of length 1."""
    return F.normalize(values.flatten(1), dim=1)
