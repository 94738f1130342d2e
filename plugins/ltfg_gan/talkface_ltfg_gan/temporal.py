"""The compact landmark generator: what lips and jaw do while this is said, from speech alone (not in the paper).

It knows nothing of the person, and adds a displacement to where their mouth is; with few voices to learn from, a
network that is shown faces learns which of them it has seen. What it says may be averaged with what a linear function
does, which voices that are unlike those learned from lead astray less.

Dimension letters: B windows, T frames of a window, N references, W speech vectors of a frame, E their size, P pose
points, C points of jaw and lips, D width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_ltfg_gan.config import LandmarkConfig
from talkface_ltfg_gan.linear_motion import LinearMotion
from talkface_ltfg_gan.speech_front import StandardisedFeatures, speech_front
from talkface_ltfg_gan.usual_mouth import UsualMouth, closed_mouth

DILATIONS = (1, 2, 4, 5)
REACH = sum(DILATIONS)
"""Frames on each side that a frame's landmarks depend on."""


class TemporalLandmarks(nn.Module):
    """Speech of a window of frames to the jaw and lips of each; it is called as `LandmarkGenerator` is."""

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.config = config
        width = config.speech.width
        self.speech = speech_front(config.speech, mel_activation=nn.Tanh())
        self.blocks = nn.ModuleList(_TemporalBlock(width, dilation, config.dropout) for dilation in DILATIONS)
        self.content = nn.Linear(width, 2 * config.content_points)
        nn.init.normal_(self.content.weight, std=1e-3)
        nn.init.zeros_(self.content.bias)
        # Log-mel is no linear function's matter: a frame has sixteen of them.
        encoded = isinstance(self.speech, StandardisedFeatures)
        self.linear = LinearMotion(config) if config.linear_share and encoded else None
        self.mouth = UsualMouth(config) if config.person_share else None

    def forward(
        self,
        speech: Tensor,
        pose: Tensor,  # noqa: ARG002 - as `LandmarkGenerator` has it
        reference_pose: Tensor,  # noqa: ARG002
        reference_content: Tensor,
    ) -> Tensor:
        """Jaw, then lips, of every frame: `(B, T, C, 2)` in 0..1 of the crop.

        `speech` is `(B, T, W, E)` (see `speech_input`) and `reference_content` `(B, N, C, 2)` in 0..1 of the crop. The
        poses `(B, T, P, 2)` and `(B, N, P, 2)` are not used.
        """
        B, T = speech.shape[:2]
        x = self.speech(speech.flatten(0, 1)).reshape(B, T, -1)
        for block in self.blocks:
            x = block(x)
        moved: Tensor = self.content(x).reshape(B, T, -1, 2)
        if self.linear is not None and isinstance(self.speech, StandardisedFeatures) and not self.training:
            # Each has learned by itself, so that they err in different ways.
            moved = torch.lerp(moved, self.linear(self.speech.standardised(speech)), self.config.linear_share)
        if self.mouth is None or self.training:
            return closed_mouth(reference_content) + moved
        begins: Tensor = self.mouth(reference_content)
        return begins + moved


class _TemporalBlock(nn.Module):
    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.reach = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Sequential(nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        """`(B, T, D)` to the same shape."""
        out: Tensor = x + self.mix(self.norm(self.reach(x.transpose(1, 2)).transpose(1, 2)))
        return out
