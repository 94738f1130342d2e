"""f_denoi, which predicts the noise in motion, and the network that predicts where diffusion may start.

The blocks are those of DiffNet (Liu et al., DiffSinger, 2022, after Kong et al., DiffWave, 2021).

Dimension letters: B windows, T frames, D numbers of a frame's motion that are diffused, C channels, E size of the
condition.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_sdm.config import SdmConfig
from talkface_sdm.motion_network import RHYTHM_FEATURES, Auxiliary
from talkface_studio.nn.diffusion import NoiseSchedule, step_sinusoids

REVERSE_STEPS = 10
"""Steps of the sampler from K to the result."""


def schedule_of(config: SdmConfig) -> NoiseSchedule:
    """The schedule of a configuration."""
    diffusion = config.diffusion
    return NoiseSchedule.linear(diffusion.steps, diffusion.first_beta, diffusion.last_beta)


class StepEmbedding(nn.Module):
    """A diffusion step `(B,)` to `(B, C)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.body = nn.Sequential(nn.Linear(channels, 4 * channels), nn.Mish(), nn.Linear(4 * channels, channels))

    def forward(self, step: Tensor) -> Tensor:
        """See the class."""
        out: Tensor = self.body(step_sinusoids(step, self.channels))
        return out


class ResidualBlock(nn.Module):
    """A gated convolution over time: what goes on, and what is skipped to the end, `(B, C, T)` each."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.step = nn.Linear(channels, channels)
        self.convolution = nn.Conv1d(channels, 2 * channels, 3, padding=1)
        self.condition = nn.Conv1d(condition, 2 * channels, 1)
        self.leave = nn.Conv1d(channels, 2 * channels, 1)

    def forward(self, x: Tensor, step: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """`(B, C, T)`, `(B, C)` and `(B, E, T)`."""
        gate, value = (self.convolution(x + self.step(step)[..., None]) + self.condition(condition)).chunk(2, dim=1)
        onward, skipped = self.leave(torch.sigmoid(gate) * torch.tanh(value)).chunk(2, dim=1)
        return (x + onward) / math.sqrt(2), skipped


class Denoiser(nn.Module):
    """Noised motion `(B, T, D)`, a step and a condition `(B, T, E)` to the noise, `(B, T, D)`.

    The buffer `start` is K: as many additions of noise make F^aux as good as the truth. The network knows the steps
    below it alone, so that K belongs to its weights. `spread` `(D,)` is how far F^aux misses the truth.
    """

    start: Tensor
    spread: Tensor
    kept: Tensor

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        self.config = config.diffusion
        channels, size = config.diffusion.channels, config.motion.diffused
        condition = condition_size(config)
        self.rough_at = condition - config.motion.size
        self.register_buffer("start", torch.tensor(config.diffusion.steps // 2))
        self.register_buffer("spread", torch.full((size,), 0.1))
        self.register_buffer("kept", torch.tensor(schedule_of(config).kept, dtype=torch.float32), persistent=False)
        self.enter = nn.Conv1d(size, channels, 1)
        self.step = StepEmbedding(channels)
        blocks = [ResidualBlock(channels, condition) for _ in range(config.diffusion.blocks)]
        self.blocks = nn.ModuleList(blocks)
        self.mix = nn.Conv1d(channels, channels, 1)
        self.leave = nn.Conv1d(channels, size, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]
        for layer in (self.enter, *(block.convolution for block in blocks)):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, noised: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        """See the class; `step` is `(B,)`."""
        if self.config.around == "zero":
            return self.answer(noised, step, condition)
        rough = condition[..., self.rough_at : self.rough_at + noised.shape[2]]
        return noise_around(
            rough, self.spread, noised, self.kept[step].reshape(-1, 1, 1), lambda x: self.answer(x, step, condition)
        )

    def answer(self, shown: Tensor, step: Tensor, condition: Tensor) -> Tensor:
        """What the network itself says, `(B, T, D)`."""
        x = F.relu(self.enter(shown.transpose(1, 2)))
        code, given = self.step(step), condition.transpose(1, 2)
        total = torch.zeros_like(x)
        for block in self.blocks:
            x, skipped = block(x, code, given)
            total = total + skipped
        out: Tensor = self.leave(F.relu(self.mix(total / math.sqrt(len(self.blocks)))))
        return out.transpose(1, 2)

    def doubt(self, step: Tensor) -> Tensor:
        """How much of the noise is unknown to the best guess, `(B, 1, D)`; 1 where nothing is guessed."""
        if self.config.around == "zero":
            return torch.ones(len(step), 1, 1, device=step.device)
        return doubt_around(self.spread, self.kept[step].reshape(-1, 1, 1))


def noise_around(
    rough: Tensor, spread: Tensor, noised: Tensor, kept: Tensor, answer: Callable[[Tensor], Tensor]
) -> Tensor:
    """The noise in `noised`, from a network's `answer` to how far it deviates from what `rough` and itself tell.

    All of one shape; `spread` and `kept`, alpha-bar, of one that goes with it. The truth is `rough` give or take
    `spread`, and seen with a noise of known variance: Gaussians both (Karras et al., Elucidating the Design Space of
    Diffusion-Based Generative Models, 2022, section 5, around F^aux).
    """
    variance, known = (1 - kept) / kept, spread.square()
    seen = noised / kept.sqrt() - rough
    guess = rough + known / (known + variance) * seen
    doubt = (known * variance / (known + variance)).sqrt()
    clean = guess + doubt * answer(seen / (known + variance).sqrt())
    noise: Tensor = (noised - kept.sqrt() * clean) / (1 - kept).sqrt()
    return noise


def doubt_around(spread: Tensor, kept: Tensor) -> Tensor:
    """How much of the noise is unknown to the best guess of `noise_around`."""
    doubt: Tensor = spread / (spread.square() + (1 - kept) / kept).sqrt()
    return doubt


class StepPredictor(nn.Module):
    """How likely noised motion `(B, T, D)` at a step `(B,)` comes from the truth and not from F^aux: logits `(B,)`."""

    def __init__(self, config: SdmConfig) -> None:
        super().__init__()
        channels, size = config.diffusion.channels, config.motion.diffused
        self.enter = nn.Conv1d(size, channels, 3, padding=1)
        self.step = StepEmbedding(channels)
        self.middle = nn.Conv1d(channels, channels, 3, padding=1, stride=2)
        self.leave = nn.Linear(channels, 1)

    def forward(self, noised: Tensor, step: Tensor) -> Tensor:
        """See the class."""
        x = F.gelu(self.enter(noised.transpose(1, 2)) + self.step(step)[..., None])
        out: Tensor = self.leave(F.gelu(self.middle(x)).mean(dim=2))
        return out[:, 0]


def condition_size(config: SdmConfig) -> int:
    """E."""
    return config.speech.width + RHYTHM_FEATURES + config.motion.size


def condition_of(auxiliary: Auxiliary, rhythm: Tensor) -> Tensor:
    """What the denoiser is told, `(B, T, E)`: S_cont, the rhythm's features (normalised), and F^aux."""
    return torch.cat([auxiliary.content, rhythm, auxiliary.motion], dim=2)
