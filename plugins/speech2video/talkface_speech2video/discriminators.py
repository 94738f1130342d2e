"""The three discriminators. Like the paper's, and unlike most, they answer 1 for generated and 0 for real.

Dimension letters: B pictures, S side, C size of c. Their normalisation is per instance, so that a batch of real and one
of generated pictures do not tell each other apart by their statistics.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from talkface_speech2video.config import Speech2VideoConfig

REAL, FAKE = 0.0, 1.0
"""The labels."""


class FrameDiscriminator(nn.Module):
    """D_fr: whether patches of a single frame are generated."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = frame_encoder(width)
        self.judge = nn.Conv2d(8 * width, 1, 3, padding=1)

    def forward(self, frames: Tensor) -> Tensor:
        """`(B, 3, S, S)` in -1..1 to answers `(B, 1, S / 16, S / 16)`."""
        answers: Tensor = self.judge(self.body(frames))
        return answers


class IdentityDiscriminator(nn.Module):
    """D_ID: whether three maps come from the identity branch or from a teacher that saw a photo."""

    def __init__(self, config: Speech2VideoConfig, width: int) -> None:
        super().__init__()
        fine, middle, coarse = config.decoder.teacher_channels
        self.enter = _halving(fine, width)
        self.middle = _halving(width + middle, 2 * width)
        self.coarse = _halving(2 * width + coarse, 4 * width)
        self.judge = nn.Linear(4 * width, 1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Maps, the smallest first, to answers `(B, 1)`."""
        coarse, middle, fine = maps
        x = self.enter(fine)
        x = self.middle(torch.cat([x, middle], dim=1))
        x = self.coarse(torch.cat([x, coarse], dim=1))
        answers: Tensor = self.judge(x.mean(dim=(2, 3)))
        return answers


class SyncDiscriminator(nn.Module):
    """D_sync: whether a mouth is generated or says something else than what is heard.

    It sees the lower half of consecutive frames, since a single frame tells little of what is said.
    """

    def __init__(self, config: Speech2VideoConfig, width: int, stack: int) -> None:
        super().__init__()
        self.stack = stack
        self.see = frame_encoder(width, 3 * stack)
        self.hear = nn.Sequential(
            nn.Linear(stack * 4 * (config.cpc.state + config.cpc.channels), 256), nn.ReLU(), nn.Linear(256, 128)
        )
        self.seen = nn.Linear(8 * width, 128)
        self.judge = nn.Sequential(nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 1))

    def forward(self, heard: Tensor, frames: Tensor) -> Tensor:
        """What is heard `(B, stack, 4 * (C + Z))` and frames `(B, stack, 3, S, S)` to answers `(B, 1)`."""
        lower = frames[..., frames.shape[-2] // 2 :, :].flatten(1, 2)
        seen = self.seen(self.see(lower).mean(dim=(2, 3)))
        answers: Tensor = self.judge(torch.cat([self.hear(heard.flatten(1)), seen], dim=1).relu())
        return answers


def frame_encoder(width: int, inputs: int = 3) -> nn.Sequential:
    """Four halvings to `8 * width` channels."""
    parts: list[nn.Module] = [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    parts += [_halving(width << i, width << (i + 1)) for i in range(3)]
    return nn.Sequential(*parts)


def _halving(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 4, 2, 1), nn.InstanceNorm2d(outputs, affine=True), nn.LeakyReLU(0.2)
    )
