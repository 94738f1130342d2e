"""The landmark generator: what lips and jaw do while this is said, on a face that holds its head like this.

Dimension letters: B windows, T frames of a window, N references, W speech vectors of a frame, E their size, P pose
points, J jaw points, M lip points (C = J + M), D width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

from talkface_ltfg_gan.config import LandmarkConfig
from talkface_ltfg_gan.conformer import ConformerBlock
from talkface_ltfg_gan.point_encoder import PointEncoder
from talkface_ltfg_gan.speech_front import speech_front
from talkface_ltfg_gan.temporal import TemporalLandmarks


class LandmarkGenerator(nn.Module):
    """Speech, pose and reference landmarks of a window of frames to the jaw and lips of each of its frames.

    References are a set: their order changes nothing. At inference only the middle frame of a window is kept.
    """

    position: Tensor

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.config = config
        width = config.speech.width
        self.speech = speech_front(config.speech, mel_activation=nn.Tanh())
        self.pose = PointEncoder(config.pose_points, config)
        # The authors end the two ladders differently.
        self.reference = PointEncoder(config.pose_points + config.content_points, config, residual_end=False)
        self.norm = nn.LayerNorm(width)
        # Pose, speech, reference.
        self.modality = nn.Parameter(torch.randn(3, width))
        self.register_buffer("position", sinusoids(config.window, width), persistent=False)
        self.dropout = nn.Dropout(config.dropout)
        self.fusion: nn.Module = ConformerFusion(config) if config.fusion == "conformer" else transformer(config)
        self.lips = nn.Linear(width, 2 * config.lip_points)
        self.jaw = nn.Linear(width, 2 * config.jaw_points)
        if config.displacement:
            # A random start would be a face in pieces, and the first thing to learn would be to put it together.
            for head in (self.lips, self.jaw):
                nn.init.normal_(head.weight, std=1e-3)
                nn.init.zeros_(head.bias)

    def forward(self, speech: Tensor, pose: Tensor, reference_pose: Tensor, reference_content: Tensor) -> Tensor:
        """Jaw, then lips, of every frame: `(B, T, C, 2)` in 0..1 of the crop.

        `speech` is `(B, T, W, E)` (see `speech_input`), `pose` `(B, T, P, 2)`, `reference_pose` `(B, N, P, 2)` and
        `reference_content` `(B, N, C, 2)`, all points in 0..1 of the crop.
        """
        B, T = speech.shape[:2]
        N = reference_pose.shape[1]
        references = torch.cat([reference_pose, reference_content], dim=2)
        tokens = torch.cat(
            [
                self._tokens(self.reference, references) + self.modality[2],
                self._tokens(self.speech, speech) + self.modality[1] + self.position,
                self._tokens(self.pose, pose) + self.modality[0] + self.position,
            ],
            dim=1,
        )
        tokens = self.dropout(tokens)
        # References have no order in time, so that each is a run of its own.
        mixed = self.fusion(tokens, [1] * N + [T, T]) if self.config.fusion == "conformer" else self.fusion(tokens)
        jaw = self.jaw(mixed[:, N + T :]).reshape(B, T, -1, 2)
        lips = self.lips(mixed[:, N : N + T]).reshape(B, T, -1, 2)
        content = torch.cat([jaw, lips], dim=2)
        return content + reference_content.mean(dim=1, keepdim=True) if self.config.displacement else content

    def _tokens(self, encoder: nn.Module, inputs: Tensor) -> Tensor:
        B, L = inputs.shape[:2]
        tokens: Tensor = self.norm(encoder(inputs.flatten(0, 1)))
        return tokens.reshape(B, L, -1)


Landmarks: TypeAlias = LandmarkGenerator | TemporalLandmarks
"""Any network that gives landmarks."""


def landmark_generator(config: LandmarkConfig) -> Landmarks:
    """The network that `config` names."""
    return TemporalLandmarks(config) if config.fusion == "temporal" else LandmarkGenerator(config)


class ConformerFusion(nn.Module):
    """Conformer blocks over all tokens, whose convolutions stay within one kind of token."""

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            ConformerBlock(config.speech.width, config.heads, config.feed_forward, config.kernel, config.dropout)
            for _ in range(config.layers)
        )

    def forward(self, tokens: Tensor, runs: Sequence[int]) -> Tensor:
        """`(B, N + 2T, D)` to the same shape; `runs` as in `TimeConvolution.forward`."""
        for layer in self.layers:
            tokens = layer(tokens, runs)
        return tokens


def transformer(config: LandmarkConfig) -> nn.TransformerEncoder:
    """The base row's fusion: `(B, N + 2T, D)` to the same shape."""
    layer = nn.TransformerEncoderLayer(
        config.speech.width, config.heads, config.feed_forward, config.dropout, batch_first=True
    )
    return nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)


def sinusoids(length: int, width: int) -> Tensor:
    """Sines in even and cosines in odd places: `(length, width)` (Vaswani et al. 2017, Attention Is All You Need)."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(length, width)
