"""The speech around a frame to one vector: from log-mel, or from a pretrained encoder's vectors.

Dimension letters: B frames, W input vectors of a frame, E their size, D width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_ltfg_gan.config import SpeechConfig
from talkface_ltfg_gan.conformer import ConformerBlock
from talkface_studio.nn.blocks import ConvBlock


class ResidualConv(nn.Module):
    """A 3x3 convolution and norm, added to the input before the activation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = ConvBlock(channels, channels, activation=nn.Identity())

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, H, W)` to the same shape."""
        return torch.relu(x + self.block(x))


class MelEncoder(nn.Module):
    """Log-mel `(B, 16, 80)` to `(B, D)`: the 2-D convolutions that IP_LAP has from Wav2Lip."""

    def __init__(self, config: SpeechConfig, activation: nn.Module) -> None:
        super().__init__()
        a, b, c, d = config.mel_channels
        self.convolutions = nn.Sequential(
            ConvBlock(1, a),
            ResidualConv(a),
            ResidualConv(a),
            ConvBlock(a, b, stride=(3, 1)),
            ResidualConv(b),
            ResidualConv(b),
            ConvBlock(b, c, stride=3),
            ResidualConv(c),
            ResidualConv(c),
            ConvBlock(c, d, stride=(3, 2)),
            ResidualConv(d),
            # 80 x 16 has become 3 x 3.
            ConvBlock(d, config.width, padding=0),
            ConvBlock(config.width, config.width, 1, activation=activation),
        )

    def forward(self, speech: Tensor) -> Tensor:
        """The vector of each frame."""
        out: Tensor = self.convolutions(speech.transpose(1, 2)[:, None]).flatten(1)
        return out


class StandardisedFeatures(nn.Module):
    """Encoder vectors standardised with the training data's statistics: the training noise has one scale for all."""

    feature_mean: Tensor
    feature_std: Tensor

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.noise = config.feature_noise
        self.register_buffer("feature_mean", torch.zeros(config.feature_size))
        self.register_buffer("feature_std", torch.ones(config.feature_size))

    def standardised(self, speech: Tensor) -> Tensor:
        """`(B, W, E)` to the same shape, in training with noise."""
        x = (speech - self.feature_mean) / self.feature_std
        return x + self.noise * torch.randn_like(x) if self.training and self.noise else x


class FeatureEncoder(StandardisedFeatures):
    """Encoder vectors `(B, W, E)` to `(B, D)`: dimension reduction, Conformer blocks, their mean."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__(config)
        self.reduce = nn.Linear(config.feature_size, config.width)
        # The blocks do not see order beyond their kernel by themselves.
        self.position = nn.Parameter(torch.zeros(config.steps, config.width))
        self.blocks = nn.ModuleList(
            ConformerBlock(config.width, config.heads, config.feed_forward, config.kernel, config.dropout)
            for _ in range(config.blocks)
        )
        self.leave = nn.Linear(config.width, config.width)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, speech: Tensor) -> Tensor:
        """The vector of each frame."""
        x = self.reduce(self.standardised(speech)) + self.position
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(self.leave(x.mean(dim=1)))
        return out


class StackedFeatures(StandardisedFeatures):
    """Encoder vectors `(B, W, E)` to `(B, D)`: each is reduced to half of D, and one layer sees all of them."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__(config)
        reduced = config.width // 2
        self.reduce = nn.Linear(config.feature_size, reduced)
        self.enter = nn.Sequential(
            nn.Linear(config.steps * reduced, config.width), nn.GELU(), nn.Dropout(config.dropout)
        )

    def forward(self, speech: Tensor) -> Tensor:
        """The vector of each frame."""
        out: Tensor = self.enter(self.reduce(self.standardised(speech)).flatten(1))
        return out


def speech_front(config: SpeechConfig, *, mel_activation: nn.Module) -> nn.Module:
    """The front that `config` names: `(B, W, E)` to `(B, D)`; `mel_activation` ends the log-mel one."""
    if config.kind == "log_mel":
        return MelEncoder(config, mel_activation)
    return StackedFeatures(config) if config.front == "stack" else FeatureEncoder(config)
