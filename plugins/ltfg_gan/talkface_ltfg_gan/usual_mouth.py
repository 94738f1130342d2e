"""Where a person's mouth is on the whole while they talk (not in the paper).

Speech tells how a mouth moves, not where it is: that a person talks with a low chin or drawn corners only their
pictures show. The closed mouth, which is the mean of two of them, says little of it; the mean of all says much.

Dimension letters: B windows, N references, C points of jaw and lips.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_ltfg_gan.config import LandmarkConfig
from talkface_ltfg_gan.lip_gap import lip_gap

CLOSED = 8
"""One reference in so many, at least one, is taken for a closed mouth."""
LEAST = 1e-3
"""Of the usual opening, in sides of the crop: clips in which nobody opens the mouth tell nothing."""


class UsualMouth(nn.Module):
    """From where a mouth moves: the closed one, shifted as this person talks otherwise than others who open as far."""

    usual: Tensor
    """How far jaw and lips are from the closed mouth in the mean of those learned from, `(C, 2)`."""

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.share = config.person_share
        self.register_buffer("usual", torch.zeros(config.content_points, 2))

    def forward(self, references: Tensor) -> Tensor:
        """Jaw and lips of `(B, N, C, 2)` in 0..1 of the crop, from which a displacement is counted: `(B, 1, C, 2)`."""
        closed = closed_mouth(references)
        own = references.mean(dim=1, keepdim=True) - closed
        # How far lips are apart is speech's to say: one whose pictures are more open would never close them. Of one who
        # keeps silent in all pictures, or of a single one, nothing is left.
        opening = lip_gap(self.usual)
        alike = (lip_gap(own) / opening.clamp(min=LEAST))[..., None, None] * self.usual
        return closed + self.share * (opening > LEAST) * (own - alike)


def closed_mouth(references: Tensor) -> Tensor:
    """The mean of those of `(B, N, C, 2)` whose lips are closest together, `(B, 1, C, 2)`."""
    count = max(1, references.shape[1] // CLOSED)
    order = lip_gap(references).argsort(dim=1, stable=True)[:, :count]
    return references[torch.arange(len(references))[:, None], order].mean(dim=1, keepdim=True)
