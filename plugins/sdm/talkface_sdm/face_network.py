"""Speech to the face's points, by a network of its own: a mouth does not depend on where the head is or was.

Dimension letters: B windows, T frames, W speech vectors of a frame, E their size, P numbers of a face's points.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from talkface_sdm.config import POINTS, SdmConfig
from talkface_sdm.content_encoder import ContentEncoder


class FaceNetwork(nn.Module):
    """Speech `(B, T, W, E)` to the points of a head held still `(B, T, P)`; see `head_motion`.

    It sees `SpeechConfig.reach` frames to either side, and no frame that it made itself.
    """

    centre: Tensor
    unit: Tensor

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        face = config.face
        heard = replace(
            config.speech,
            width=face.width,
            context=face.context,
            dropout=face.dropout,
            feature_noise=face.feature_noise,
        )
        self.content = ContentEncoder(heard)
        self.body = nn.Sequential(
            nn.Linear(face.width, face.width),
            nn.GELU(),
            nn.Dropout(face.dropout),
            nn.Linear(face.width, 2 * POINTS),
        )
        self.register_buffer("centre", torch.zeros(2 * POINTS))
        self.register_buffer("unit", torch.ones(2 * POINTS))

    def forward(self, speech: Tensor) -> Tensor:
        """See the class."""
        points: Tensor = self.body(self.content(speech)) * self.unit + self.centre
        return points
