"""CPC: contrastive predictive coding of raw speech, after Riviere et al., CPC_audio, 2020.

Dimension letters: B batch, N samples, T steps (100 a second), Z channels of the encoder, C of the state.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_speech2video.config import STRIDE, CpcConfig

CONVOLUTIONS = ((10, 5, 3), (8, 4, 2), (4, 2, 1), (4, 2, 1), (4, 2, 1))
"""Kernel, stride and padding."""
REACH = 2 * STRIDE
"""Samples before and behind a step's own 160 that the encoder hears: (465 - 160) / 2, in whole steps."""
EPSILON = 1e-5

State = tuple[Tensor, Tensor]


class ChannelNorm(nn.Module):
    """Each instant's channels with mean 0 and (unbiased) variance 1, scaled and shifted."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """`(B, Z, n)` to the same shape."""
        mean, variance = x.mean(dim=1, keepdim=True), x.var(dim=1, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + EPSILON) * self.weight + self.bias


class Cpc(nn.Module):
    """Convolutions to z, and an LSTM over them to c, which knows only what came before."""

    def __init__(self, config: CpcConfig) -> None:
        super().__init__()
        self.config = config
        layers, inputs = [], 1
        for kernel, stride, padding in CONVOLUTIONS:
            convolution = nn.Conv1d(inputs, config.channels, kernel, stride, padding)
            # Speech is faint: beside biases of the usual size it would be nothing to the norm behind them.
            assert convolution.bias is not None
            nn.init.zeros_(convolution.bias)
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            layers.append(nn.ModuleList([convolution, ChannelNorm(config.channels)]))
            inputs = config.channels
        self.layers = nn.ModuleList(layers)
        self.recurrent = nn.LSTM(config.channels, config.state, batch_first=True)

    def encode(self, samples: Tensor) -> Tensor:
        """Samples `(B, N)` in -1..1 to z `(B, T, Z)`, T = N / 160; beyond both ends it hears zeros."""
        x = samples[:, None]
        for layer in self.layers:
            assert isinstance(layer, nn.ModuleList)
            x = layer[1](layer[0](x)).relu()
        return x.transpose(1, 2)

    def forward(self, samples: Tensor, state: State | None = None) -> tuple[Tensor, Tensor]:
        """Samples `(B, N)` to c `(B, T, C)` and z `(B, T, Z)`."""
        encoded = self.encode(samples)
        context, _ = self.recurrent(encoded, state)
        return context, encoded


class CpcStream:
    """One voice, piece by piece, in constant memory: what it gives is what the whole would give.

    A step is given as soon as the samples are there that its convolutions hear, 320 behind its own.
    """

    def __init__(self, network: Cpc) -> None:
        self._network = network
        self._state: State | None = None
        device = next(network.parameters()).device
        self._held = torch.zeros(0, device=device)
        self._before = 0

    def push(self, samples: Tensor, *, last: bool = False) -> tuple[Tensor, Tensor]:
        """More samples `(N,)`; c `(T, C)` and z `(T, Z)` of the steps that are complete now.

        With `last` the rest, as if zeros followed; then the stream is over.
        """
        held = torch.cat([self._held, samples.to(self._held)])
        before, ready = self._before, len(held) // STRIDE - (0 if last else REACH // STRIDE)
        if ready <= before:
            self._held = held
            config = self._network.config
            return held.new_zeros(0, config.state), held.new_zeros(0, config.channels)
        encoded = self._network.encode(held[None])[:, before:ready]
        context, self._state = self._network.recurrent(encoded, self._state)
        self._before = min(ready, REACH // STRIDE)
        self._held = held[(ready - self._before) * STRIDE :]
        return context[0], encoded[0]
