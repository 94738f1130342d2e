"""The regression discriminator of VG-net (Chen, Maddox, Duan, Xu 2019, section 3.3); used in training only.

Dimension letters: B batch, T frames, H and W the crop's side, L the 136 landmark coordinates.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_atvg.config import DiscriminatorConfig
from talkface_atvg.vg_net import LANDMARKS
from talkface_studio.nn.blocks import ConvBlock


class RegressionDiscriminator(nn.Module):
    """Frames and the example's landmarks to a judgement of the clip and the landmarks that each frame shows."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        a, b, c, d = config.channels
        side = config.crop // 16
        self.frame = nn.Sequential(
            ConvBlock(3, a, stride=2, norm="none"),
            ConvBlock(a, b, stride=2, norm=config.norm),
            ConvBlock(b, c, stride=2, norm=config.norm),
            ConvBlock(c, d, stride=2, norm=config.norm),
            nn.Flatten(),
            nn.Linear(d * side * side, config.feature),
            nn.ReLU(),
        )
        self.example = nn.Sequential(
            nn.Linear(LANDMARKS, config.landmark_hidden),
            nn.ReLU(),
            nn.Linear(config.landmark_hidden, config.feature),
            nn.ReLU(),
        )
        self.temporal = nn.LSTM(2 * config.feature, config.hidden, config.layers, batch_first=True)
        self.decision = nn.Linear(config.hidden, 1)
        self.displacement = nn.Sequential(nn.Linear(config.hidden, LANDMARKS), nn.Tanh())

    def forward(self, frames: Tensor, example_landmarks: Tensor) -> tuple[Tensor, Tensor]:
        """Judge clips.

        `frames` is `(B, T, 3, H, W)` in -1..1, `example_landmarks` `(B, L)`. Returns D_s, `(B,)` logits (the sigmoid of
        the mean over the frames is the probability of real), and D_l, the landmarks of each frame `(B, T, L)`.
        """
        B, T = frames.shape[:2]
        code = self.frame(frames.flatten(0, 1)).reshape(B, T, -1)
        example = self.example(example_landmarks)[:, None].expand(-1, T, -1)
        y, _ = self.temporal(torch.cat([example, code], dim=2))
        landmarks: Tensor = self.displacement(y) + example_landmarks[:, None]
        # A mean over however many frames there are; the authors pool exactly 16.
        decision: Tensor = self.decision(y).mean(dim=(1, 2))
        return decision, landmarks
