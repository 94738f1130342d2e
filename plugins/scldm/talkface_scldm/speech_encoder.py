"""Speech to a vector and tokens: the convolutions of Speech2Face with attention over channels and places (CBAM).

Dimension letters: B windows, P planes, T frames, F frequencies, C channels, K tokens, W size of the speech vector.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_scldm.config import SpeechConfig
from talkface_scldm.spectrogram import FRAMES


class Heard(NamedTuple):
    """What is heard in a window."""

    vector: Tensor
    """`(B, W)`."""
    tokens: Tensor
    """`(B, K, C)`: averages of parts of time and frequency."""


class Cbam(nn.Module):
    """Scales channels, then places, by how much they matter (Woo et al., CBAM, 2018, Eq. 2 and 3)."""

    def __init__(self, channels: int, ratio: int) -> None:
        super().__init__()
        hidden = max(channels // ratio, 1)
        self.channels = nn.Sequential(nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels))
        self.places = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, T, F)` to the same shape."""
        seen = self.channels(x.mean(dim=(2, 3))) + self.channels(x.amax(dim=(2, 3)))
        x = x * torch.sigmoid(seen)[:, :, None, None]
        summary = torch.cat([x.mean(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)], dim=1)
        return x * torch.sigmoid(self.places(summary))


def _stage(inputs: int, outputs: int, *, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    """ReLU comes before the normalisation, as in Speech2Face."""
    return [nn.Conv2d(inputs, outputs, 4, stride=stride, padding=padding), nn.ReLU(), nn.BatchNorm2d(outputs)]


_SPEECH2FACE = (64, 64, 128, 0, 128, 0, 128, 0, 256, 0, 512, -512, -512)
"""Channels of the convolutions; 0 halves time alone, and a negative one strides."""


def _speech2face(config: SpeechConfig) -> nn.Sequential:
    parts: list[nn.Module] = []
    channels = config.planes
    for width in _SPEECH2FACE:
        if not width:
            parts.append(nn.MaxPool2d((2, 1)))
            continue
        parts += _stage(channels, abs(width), stride=2 if width < 0 else 1)
        channels = abs(width)
        if channels == _SPEECH2FACE[-3]:
            parts.append(Cbam(channels, config.ratio))
    return nn.Sequential(*parts)


def _compact(config: SpeechConfig) -> nn.Sequential:
    parts: list[nn.Module] = []
    for place, (inputs, outputs) in enumerate(pairwise((config.planes, *config.channels))):
        parts += _stage(inputs, outputs, stride=2, padding=1)
        if place >= len(config.channels) - 3:
            parts.append(Cbam(outputs, config.ratio))
    return nn.Sequential(*parts)


class SpeechEncoder(nn.Module):
    """A spectrogram `(B, P, T, F)` to what is heard in it.

    Raises:
        ValueError: no spectrogram of this size passes the convolutions.
    """

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.config = config
        large = config.layout == "speech2face"
        self.convolutions = _speech2face(config) if large else _compact(config)
        self.channels, places = _shape(self.convolutions, config)
        # Speech2Face flattens the frequencies, so that the vector knows where in the spectrum something was.
        head: list[nn.Module] = [nn.Linear(self.channels * places, config.width)]
        if large:
            head += [nn.ReLU(), nn.Linear(config.width, config.width)]
        self.head = nn.Sequential(*head)

    def forward(self, planes: Tensor) -> Heard:
        """See the class."""
        seen = self.convolutions(planes)
        vector = self.head(seen.mean(dim=2).flatten(1))
        tokens = F.adaptive_avg_pool2d(seen, self.config.tokens).flatten(2).transpose(1, 2)
        return Heard(vector, tokens)


def _shape(convolutions: nn.Sequential, config: SpeechConfig) -> tuple[int, int]:
    """Channels and frequencies of the last feature map."""
    channels, time, places = config.planes, FRAMES, config.bins
    for part in convolutions:
        if isinstance(part, nn.Conv2d):
            stride, padding = part.stride[0], int(part.padding[0])
            time, places = ((size + 2 * padding - 4) // stride + 1 for size in (time, places))
            channels = part.out_channels
        elif isinstance(part, nn.MaxPool2d):
            time //= 2
    if min(time, places) < 1:
        raise ValueError(f"a spectrogram of {config.bins} frequencies is too small for the layout {config.layout}")
    return channels, places
