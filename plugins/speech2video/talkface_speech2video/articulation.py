"""From what is heard around a frame to the shape of its lips (not in the paper).

A lip shape is told by its principal components: outer and inner lips in eye distances, less the speaker's own mean,
each component divided by its standard deviation. Dimension letters: B batch, F frames, C size of c, K components.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_speech2video.config import Speech2VideoConfig

LIP_POINTS = 40


class Articulation(nn.Module):
    """Convolutions over frames, each adding to the last; they hear what comes next as well."""

    mean: Tensor
    basis: Tensor
    rest: Tensor

    def __init__(self, config: Speech2VideoConfig) -> None:
        super().__init__()
        own = config.articulation
        self.reach = own.reach
        # Four CPC steps make a frame, and z tells of sounds what c has not made sense of yet.
        self.enter = nn.Linear(4 * (config.cpc.state + config.cpc.channels), own.width)
        self.layers = nn.ModuleList(
            nn.Conv1d(own.width, own.width, 3, dilation=2**i, padding=2**i) for i in range(own.layers)
        )
        self.leave = nn.Linear(own.width, own.size)
        self.register_buffer("mean", torch.zeros(2 * LIP_POINTS))
        self.register_buffer("basis", torch.zeros(own.size, 2 * LIP_POINTS))
        self.register_buffer("rest", torch.zeros(own.size))

    def forward(self, heard: Tensor) -> Tensor:
        """What is heard, `(B, F, 4 * (C + Z))`: c and z of four steps a frame, to lip shapes `(B, F, K)`."""
        x = self.enter(heard).transpose(1, 2)
        for layer in self.layers:
            x = x + layer(x.relu())
        shapes: Tensor = self.leave(x.relu().transpose(1, 2))
        return shapes


def by_frame(context: Tensor, encoded: Tensor, frames: int) -> Tensor:
    """The states c `(B, T, C)` and z `(B, T, Z)` of `4 * frames` steps as `(B, F, 4 * (C + Z))`."""
    heard = torch.cat([context, encoded], dim=2)[:, : 4 * frames]
    return heard.reshape(heard.shape[0], frames, -1)
