"""AT-net: speech to landmark coefficients (Chen, Maddox, Duan, Xu 2019, section 3.1).

Dimension letters: B batch, T ticks, S steps of an MFCC window (28), M MFCC coefficients (12), V Whisper vectors of one
tick (2), E size of a Whisper vector, D width, K landmark coefficients.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_atvg.config import AtNetConfig
from talkface_studio.nn.blocks import ConvBlock

MFCC_STEPS, MFCC_COEFFICIENTS = 28, 12
VECTORS_PER_TICK = 2


class MfccEncoder(nn.Module):
    """A window of MFCC to a speech code: `(B, T, S, M)` to `(B, T, audio_size)`."""

    def __init__(self, config: AtNetConfig) -> None:
        super().__init__()
        a, b, c, d, e = config.convolutions
        self.convolutions = nn.Sequential(
            ConvBlock(1, a),
            ConvBlock(a, b),
            nn.MaxPool2d(3, stride=(1, 2)),
            ConvBlock(b, c),
            ConvBlock(c, d),
            ConvBlock(d, e),
            nn.MaxPool2d(3, stride=2),
        )
        self.linear = nn.Sequential(
            # 28 x 12 leaves 12 x 2 positions after the two poolings.
            nn.Linear(e * 12 * 2, config.audio_hidden),
            nn.ReLU(),
            nn.Linear(config.audio_hidden, config.audio_size),
            nn.ReLU(),
        )

    def forward(self, speech: Tensor) -> Tensor:
        """The code of every tick."""
        B, T, S, M = speech.shape
        maps: Tensor = self.convolutions(speech.reshape(B * T, 1, S, M))
        code: Tensor = self.linear(maps.flatten(1))
        return code.reshape(B, T, -1)


class WhisperEncoder(nn.Module):
    """The Whisper vectors around a tick to a speech code: `(B, T, V, E)` to `(B, T, audio_size)`.

    Vectors are standardised with the training data's statistics, so that the training noise has one scale for all.
    """

    feature_mean: Tensor
    feature_std: Tensor

    def __init__(self, config: AtNetConfig) -> None:
        super().__init__()
        self.noise = config.feature_noise
        self.register_buffer("feature_mean", torch.zeros(config.feature_size))
        self.register_buffer("feature_std", torch.ones(config.feature_size))
        self.linear = nn.Linear(VECTORS_PER_TICK * config.feature_size, config.audio_size)
        self.norm = nn.LayerNorm(config.audio_size)

    def forward(self, speech: Tensor) -> Tensor:
        """The code of every tick."""
        x = (speech - self.feature_mean) / self.feature_std
        if self.training and self.noise:
            x = x + self.noise * torch.randn_like(x)
        code: Tensor = self.norm(self.linear(x.flatten(2)))
        return nn.functional.gelu(code)


class DilatedBlock(nn.Module):
    """A residual convolution over time, `(B, D, T)`; nothing in it mixes ticks beyond its kernel."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.spread = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """`(B, D, T)` to the same shape."""
        y: Tensor = self.norm(x.transpose(1, 2)).transpose(1, 2)
        y = self.mix(self.dropout(nn.functional.gelu(self.spread(y))))
        return x + y


class DilatedTemporal(nn.Module):
    """Residual dilated convolutions, `(B, T, inputs)` to `(B, T, D)`, with `config.context` ticks seen on each side."""

    def __init__(self, config: AtNetConfig, inputs: int) -> None:
        super().__init__()
        self.enter = nn.Linear(inputs, config.hidden) if inputs != config.hidden else nn.Identity()
        self.blocks = nn.Sequential(*(DilatedBlock(config.hidden, d, config.dropout) for d in config.dilations))
        self.norm = nn.LayerNorm(config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """All ticks at once; beyond both ends the blocks see zeros."""
        y: Tensor = self.blocks(self.enter(x).transpose(1, 2)).transpose(1, 2)
        out: Tensor = self.norm(y)
        return out


class AtNet(nn.Module):
    """Speech, and the example's coefficients where the configuration has them, to landmark coefficients.

    With `lstm` the state starts at zero at the first tick given. With `dilated` an output is exact, that is independent
    of the window given, when `config.context` ticks are present on both of its sides.
    """

    output_scale: Tensor

    def __init__(self, config: AtNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder: nn.Module = MfccEncoder(config) if config.speech == "mfcc" else WhisperEncoder(config)
        self.dropout = nn.Dropout(config.dropout)
        inputs = config.audio_size
        if config.example_input:
            self.example = nn.Sequential(
                nn.Linear(config.coefficients, config.example_hidden),
                nn.ReLU(),
                nn.Linear(config.example_hidden, 2 * config.audio_size),
                nn.ReLU(),
            )
            inputs += 2 * config.audio_size
        self.temporal: nn.Module = (
            nn.LSTM(inputs, config.hidden, config.layers, batch_first=True)
            if config.temporal == "lstm"
            else DilatedTemporal(config, inputs)
        )
        self.head = nn.Linear(config.hidden, config.coefficients)
        # Set from the training data where outputs should start with the spread of the truth; 1 in the paper.
        self.register_buffer("output_scale", torch.ones(config.coefficients))

    def forward(self, speech: Tensor, example: Tensor | None = None) -> Tensor:
        """`speech` is `(B, T, S, M)` MFCC or `(B, T, V, E)` Whisper vectors, `example` `(B, K)`; gives `(B, T, K)`."""
        code: Tensor = self.dropout(self.encoder(speech))
        if self.config.example_input:
            if example is None:
                raise ValueError("this AT-net needs the example's coefficients")
            constant = self.example(example)[:, None].expand(-1, code.shape[1], -1)
            # The authors put the example before the speech.
            code = torch.cat([constant, code], dim=2)
        y = self.temporal(code)
        y = y[0] if isinstance(y, tuple) else y
        out: Tensor = self.head(y) * self.output_scale
        return out
