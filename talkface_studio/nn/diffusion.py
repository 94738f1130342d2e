"""Denoising diffusion: noise schedules, samplers, and a start that is not pure noise.

Step t of T counts from 0: x_t holds the noise of t + 1 additions, and x_{-1} is the clean value. Everything works on
tensors of any shape; a network that predicts noise is any function of x_t and the number t.

Dimension letters: B batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

import torch
from torch import Tensor

Denoise = Callable[[Tensor, int], Tensor]
"""Noise predicted in x_t at step t."""
NoiseSource = Callable[[int], Tensor]
"""Noise to add when arriving at step t; the caller decides what it depends on."""
Sampler = Literal["ddpm", "ddim", "plms"]


@dataclass(frozen=True, slots=True)
class NoiseSchedule:
    """How much of the clean value is left at each step."""

    kept: tuple[float, ...]
    """The products of 1 - beta (alpha-bar) up to each step, falling from near 1."""

    @classmethod
    def linear(cls, steps: int, first: float, last: float) -> Self:
        """Betas on a line (Ho et al., Denoising Diffusion Probabilistic Models, 2020, section 4).

        Raises:
            ValueError: the betas do not lie in 0..1.
        """
        _check_betas(steps, first, last)
        return cls._of(torch.linspace(first, last, steps, dtype=torch.float64))

    @classmethod
    def scaled_linear(cls, steps: int, first: float, last: float) -> Self:
        """Betas whose square roots lie on a line (Rombach et al., Latent Diffusion Models, 2022).

        Raises:
            ValueError: the betas do not lie in 0..1.
        """
        _check_betas(steps, first, last)
        return cls._of(torch.linspace(first**0.5, last**0.5, steps, dtype=torch.float64) ** 2)

    @classmethod
    def _of(cls, betas: Tensor) -> Self:
        return cls(tuple(torch.cumprod(1 - betas, 0).tolist()))

    @property
    def steps(self) -> int:
        """T."""
        return len(self.kept)

    def at(self, step: int) -> float:
        """Alpha-bar of a step; 1 for step -1."""
        return 1.0 if step < 0 else self.kept[step]

    def noised(self, clean: Tensor, step: Tensor | int, noise: Tensor) -> Tensor:
        """x_t ~ q(x_t | x_0): sqrt(ab) x_0 + sqrt(1 - ab) noise (Ho et al. 2020, Eq. 4).

        `step` is one number, or `(B,)` for `(B, ...)`.
        """
        if isinstance(step, int):
            kept = clean.new_tensor(self.at(step))
        else:
            table = torch.tensor(self.kept, dtype=clean.dtype, device=clean.device)
            kept = table[step].reshape(-1, *[1] * (clean.ndim - 1))
        return kept.sqrt() * clean + (1 - kept).sqrt() * noise

    def clean(self, noised: Tensor, step: int, noise: Tensor) -> Tensor:
        """x_0 of an x_t whose noise is known: the inverse of `noised`."""
        kept = self.at(step)
        return (noised - math.sqrt(1 - kept) * noise) / math.sqrt(kept)


def _check_betas(steps: int, first: float, last: float) -> None:
    if steps < 1 or not (0 < first <= last < 1):
        raise ValueError(f"no noise schedule has {steps} steps with betas from {first} to {last}")


def ddim_step(schedule: NoiseSchedule, x: Tensor, noise: Tensor, step: int, previous: int) -> Tensor:
    """The x of step `previous` from that of `step`, without new noise (Song et al., DDIM, 2021, Eq. 12 with eta 0)."""
    kept = schedule.at(previous)
    return math.sqrt(kept) * schedule.clean(x, step, noise) + math.sqrt(1 - kept) * noise


def ddpm_step(
    schedule: NoiseSchedule, x: Tensor, noise: Tensor, step: int, added: Tensor, *, clip: float | None = None
) -> Tensor:
    """A sample of p(x_{t-1} | x_t) with the posterior's variance (Ho et al. 2020, Eq. 6 and 7).

    `added` is new noise; `clip` bounds the predicted clean value.
    """
    kept, before = schedule.at(step), schedule.at(step - 1)
    alpha = kept / before
    clean = schedule.clean(x, step, noise)
    if clip is not None:
        clean = clean.clamp(-clip, clip)
    mean = (math.sqrt(before) * (1 - alpha) * clean + math.sqrt(alpha) * (1 - before) * x) / (1 - kept)
    return mean + math.sqrt((1 - before) / (1 - kept) * (1 - alpha)) * added


def sample(
    schedule: NoiseSchedule,
    denoise: Denoise,
    x: Tensor,
    start: int,
    *,
    sampler: Sampler = "ddim",
    stride: int = 1,
    noise: NoiseSource | None = None,
    clip: float | None = None,
) -> Tensor:
    """The clean value from `x`, which holds the noise of `start` additions.

    "ddim" and "plms" go `stride` steps at once and add no noise; "plms" looks ahead once, at its first step.
    "ddpm" takes every step and asks `noise` for more.

    Raises:
        ValueError: the start lies outside of the schedule, or "ddpm" has no source of noise.
    """
    if not 0 <= start <= schedule.steps:
        raise ValueError(f"a schedule of {schedule.steps} steps cannot be entered at {start}")
    if sampler == "ddpm":
        if noise is None:
            raise ValueError("the sampler ddpm needs a source of noise")
        for step in range(start - 1, -1, -1):
            x = ddpm_step(schedule, x, denoise(x, step), step, noise(step - 1), clip=clip)
        return x
    times = [*range(start - 1, -1, -max(stride, 1)), -1]
    history: list[Tensor] = []
    for step, previous in pairwise(times):
        predicted = denoise(x, step)
        # The last step is of another length, and what lies before it says little about it.
        if sampler == "plms" and previous >= 0:
            if not history:
                arrived = denoise(ddim_step(schedule, x, predicted, step, previous), previous)
                history.append(predicted)
                predicted = (predicted + arrived) / 2
            else:
                history.append(predicted)
                predicted = _mean_noise(history)
        x = ddim_step(schedule, x, predicted, step, previous)
    return x if clip is None else x.clamp(-clip, clip)


def _mean_noise(history: Sequence[Tensor]) -> Tensor:
    """The mean noise along a step from that at its beginning and at those before (Liu et al., PNDM, 2022, Eq. 12)."""
    weights = _ADAMS_BASHFORTH[min(len(history), 4)]
    return torch.stack([weight * noise for weight, noise in zip(weights, reversed(history), strict=False)]).sum(dim=0)


_ADAMS_BASHFORTH = {
    2: (3 / 2, -1 / 2),
    3: (23 / 12, -16 / 12, 5 / 12),
    4: (55 / 24, -59 / 24, 37 / 24, -9 / 24),
}


def estimate_start(schedule: NoiseSchedule, squared_error: Sequence[float], squared_value: Sequence[float]) -> int:
    """K, the number of noise additions after which a rough value is as good as the true one, 1..T.

    The smallest t at which the divergence between both noised values, ab / (2 (1 - ab)) E|rough - true|^2, is at most
    that between a wholly noised true value and pure noise (Liu et al., DiffSinger, 2022, Eq. 5). Both are means over
    dimensions: `squared_error` of (rough - true)^2 and `squared_value` of true^2, one number a sample.
    """
    last = schedule.kept[-1]
    power = sum(squared_value) / len(squared_value)
    allowed = 0.5 * (last * (power - 1) - math.log(1 - last))
    error = sum(squared_error) / len(squared_error)
    for step, kept in enumerate(schedule.kept):
        if kept / (2 * (1 - kept)) * error <= allowed:
            return step + 1
    return schedule.steps


def start_of_doubt(probabilities: Sequence[float], *, reach: float = 0.1, share: float = 0.95) -> int:
    """K from a classifier of noised true and rough values, 1..T: from there on it can hardly tell.

    `probabilities` are, for each step, how likely it held the right answer. K is the first step after which it is
    within `reach` of one half for a `share` of all later steps; T where it always can tell.
    """
    unsure = [abs(probability - 0.5) <= reach for probability in probabilities]
    for step in range(len(unsure)):
        later = unsure[step:]
        if unsure[step] and sum(later) >= share * len(later):
            return step + 1
    return len(unsure)


def step_sinusoids(step: Tensor, width: int) -> Tensor:
    """Steps `(B,)` as sines, then cosines, of falling rates: `(B, width)` (Vaswani et al. 2017)."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=step.device) * (-math.log(10_000) / max(half - 1, 1)))
    angles = step[:, None].float() * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)
