"""f_con: the speech around each frame to S_cont, one vector a frame.

Dimension letters: B windows, T frames, W input vectors of a frame, E their size, C width.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_sdm.config import SpeechConfig
from talkface_studio.nn.blocks import ConvBlock


class MelFront(nn.Module):
    """Log-mel `(N, 16, 80)` of one frame each to `(N, C)`: four convolutions that halve both axes."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        channels = (1, *config.mel_channels)
        self.convolutions = nn.Sequential(*(ConvBlock(a, b, stride=2) for a, b in pairwise(channels)))
        self.leave = nn.Linear(channels[-1] * 5, config.width)

    def forward(self, speech: Tensor) -> Tensor:
        """The vector of each frame."""
        out: Tensor = self.leave(self.convolutions(speech[:, None]).flatten(1))
        return out


class VectorFront(nn.Module):
    """A pretrained encoder's vectors `(N, W, E)` of one frame each to `(N, C)`.

    They are standardised with the training data's statistics, so that the training noise has one scale for all.
    """

    feature_mean: Tensor
    feature_std: Tensor

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.noise = config.feature_noise
        self.register_buffer("feature_mean", torch.zeros(config.inputs))
        self.register_buffer("feature_std", torch.ones(config.inputs))
        self.leave = nn.Linear(config.steps * config.inputs, config.width)

    def forward(self, speech: Tensor) -> Tensor:
        """The vector of each frame."""
        x = (speech - self.feature_mean) / self.feature_std
        if self.training and self.noise:
            x = x + self.noise * torch.randn_like(x)
        out: Tensor = self.leave(x.flatten(1))
        return out


class ContextBlock(nn.Module):
    """A dilated convolution over time whose output is added: `(B, C, T)` to the same shape."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        out: Tensor = x + self.dropout(self.mix(F.gelu(self.convolution(x))))
        return out


class ContentEncoder(nn.Module):
    """Speech `(B, T, W, E)` to S_cont `(B, T, C)`."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.front: nn.Module = MelFront(config) if config.kind == "log_mel" else VectorFront(config)
        self.context = nn.Sequential(*(ContextBlock(config.width, 2**i, config.dropout) for i in range(config.context)))
        self.norm = nn.LayerNorm(config.width)

    def standardise(self, mean: Tensor, std: Tensor) -> None:
        """Give a pretrained encoder's vectors the training data's statistics `(E,)`; log-mel stays as it is."""
        if isinstance(self.front, VectorFront):
            self.front.feature_mean.copy_(mean)
            self.front.feature_std.copy_(std)

    def forward(self, speech: Tensor) -> Tensor:
        """See the class."""
        B, T = speech.shape[:2]
        x = F.gelu(self.front(speech.flatten(0, 1))).reshape(B, T, -1)
        out: Tensor = self.norm(self.context(x.transpose(1, 2)).transpose(1, 2))
        return out
