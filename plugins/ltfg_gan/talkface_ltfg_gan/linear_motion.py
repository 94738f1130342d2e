"""How jaw and lips move with speech, as a linear function of what an encoder says of it (not in the paper).

Its weights are the solution of an equation instead of the end of a training (`recipe.regression`). Of people and
languages that nothing was learned from that is a better guess than a network's; their mean is as good, and moves
farther.

Dimension letters: B windows, T frames of a window, W speech vectors of a frame, E their size, C points of jaw and lips.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.config import LandmarkConfig

REACH = 4
"""Frames on each side that a frame's points depend on."""
MOVES = 12
"""Ways in which jaw and lips move together; faces need no more."""


class LinearMotion(nn.Module):
    """A convolution over the frames' mean vectors, and points from what it says. All of it is zero until it is set."""

    listening: Tensor
    moving: Tensor
    offset: Tensor

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.register_buffer("listening", torch.zeros(MOVES, config.speech.feature_size, 2 * REACH + 1))
        self.register_buffer("moving", torch.zeros(2 * config.content_points, MOVES))
        self.register_buffer("offset", torch.zeros(2 * config.content_points))

    def forward(self, speech: Tensor) -> Tensor:
        """From the closed mouth to jaw and lips of every frame, `(B, T, C, 2)`, of standardised `(B, T, W, E)`."""
        B, T = speech.shape[:2]
        heard = F.pad(speech.mean(dim=2).transpose(1, 2), (REACH, REACH), mode="replicate")
        moves = F.conv1d(heard, self.listening).transpose(1, 2)
        return F.linear(moves, self.moving, self.offset).reshape(B, T, -1, 2)

    def set(self, listening: Tensor, moving: Tensor, offset: Tensor) -> None:
        """Take these weights: what is heard `(moves, E, frames)`, what moves `(2 C, moves)`, and what is added."""
        for buffer, values in ((self.listening, listening), (self.moving, moving), (self.offset, offset)):
            buffer.copy_(values)
