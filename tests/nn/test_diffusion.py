"""The diffusion core against what is known exactly: true noise, and a Gaussian whose paths have a closed form."""

import math

import pytest
import torch

from talkface_studio.nn.diffusion import (
    NoiseSchedule,
    Sampler,
    ddim_step,
    ddpm_step,
    estimate_start,
    sample,
    start_of_doubt,
    step_sinusoids,
)

SCHEDULE = NoiseSchedule.linear(100, 1e-4, 0.06)
SPREAD = 0.5


def gaussian_noise(x: torch.Tensor, step: int) -> torch.Tensor:
    """What an ideal network says where the clean values are N(0, SPREAD^2)."""
    kept = SCHEDULE.at(step)
    return math.sqrt(1 - kept) * x / (kept * SPREAD**2 + 1 - kept)


def gaussian_path(step: int) -> float:
    """Values on one noise-free path keep this proportion."""
    kept = SCHEDULE.at(step)
    return math.sqrt(kept * SPREAD**2 + 1 - kept)


def test_the_schedule_is_that_of_the_paper() -> None:
    assert SCHEDULE.steps == 100
    assert SCHEDULE.at(-1) == 1
    assert SCHEDULE.at(0) == pytest.approx(1 - 1e-4)
    assert SCHEDULE.at(99) == pytest.approx(0.047, abs=0.001)
    with pytest.raises(ValueError, match="no noise schedule"):
        NoiseSchedule.linear(10, 0.1, 1.5)
    with pytest.raises(ValueError, match="no noise schedule"):
        NoiseSchedule.scaled_linear(0, 0.1, 0.2)


def test_noise_that_is_known_is_taken_out_exactly() -> None:
    clean, noise = torch.randn(4, 7, dtype=torch.float64), torch.randn(4, 7, dtype=torch.float64)
    each = torch.tensor([0, 30, 60, 99])
    together = SCHEDULE.noised(clean, each, noise)
    for i, step in enumerate(each.tolist()):
        torch.testing.assert_close(SCHEDULE.noised(clean[i], step, noise[i]), together[i])
        torch.testing.assert_close(SCHEDULE.clean(together[i], step, noise[i]), clean[i])
    for sampler in ("ddim", "plms"):
        out = sample(SCHEDULE, lambda x, step: noise, SCHEDULE.noised(clean, 60, noise), 61, sampler=sampler, stride=7)
        torch.testing.assert_close(out, clean)


def test_a_ddpm_step_has_the_posteriors_mean_and_variance() -> None:
    """Brute force: many pairs of x_{t-1} and x_t for one x_0, of which those near one x_t are looked at."""
    random = torch.Generator().manual_seed(0)
    step, clean, count = 50, 0.7, 500_000
    ones = torch.ones(count, dtype=torch.float64)
    before = SCHEDULE.noised(ones * clean, step - 1, torch.randn(count, generator=random, dtype=torch.float64))
    alpha = SCHEDULE.at(step) / SCHEDULE.at(step - 1)
    noise = torch.randn(count, generator=random, dtype=torch.float64)
    after = math.sqrt(alpha) * before + math.sqrt(1 - alpha) * noise
    near = before[(after - 0.2).abs() < 0.02]
    x = torch.full((200_000,), 0.2, dtype=torch.float64)
    known = (x - math.sqrt(SCHEDULE.at(step)) * clean) / math.sqrt(1 - SCHEDULE.at(step))
    made = ddpm_step(SCHEDULE, x, known, step, torch.randn(len(x), generator=random, dtype=torch.float64))
    assert made.mean().item() == pytest.approx(near.mean().item(), abs=0.015)
    assert made.std().item() == pytest.approx(near.std().item(), rel=0.03)


def test_samplers_arrive_at_the_data() -> None:
    random = torch.Generator().manual_seed(1)
    start = gaussian_path(99) * torch.randn(20_000, generator=random, dtype=torch.float64)

    def more(step: int) -> torch.Tensor:
        return torch.randn(20_000, generator=random, dtype=torch.float64)

    for sampler, stride in (("ddpm", 1), ("ddim", 1), ("plms", 5)):
        out = sample(SCHEDULE, gaussian_noise, start, 100, sampler=sampler, stride=stride, noise=more)
        # The posterior's variance is a lower bound: in 100 steps ddpm comes out a little narrow.
        assert out.std().item() == pytest.approx(SPREAD, rel=0.06 if sampler == "ddpm" else 0.03), sampler


def error_of(sampler: Sampler, stride: int) -> float:
    """Of the place where the path from step 64 is at step 0, in whole strides; the closed form says where it is.

    On the schedule's noisier part: towards the clean value the noise's rate grows without bound, and so do errors.
    """
    part = NoiseSchedule(SCHEDULE.kept[32:])
    start, end = gaussian_path(96), gaussian_path(32)

    def ideal(x: torch.Tensor, step: int) -> torch.Tensor:
        return gaussian_noise(x, step + 32)

    x = torch.tensor(1.0, dtype=torch.float64)
    out = sample(part, ideal, x, 65, sampler=sampler, stride=stride)
    there = x * end / start
    # The last step leads from 0 to the clean value, and is the same for all.
    return abs(out.item() - ddim_step(part, there, ideal(there, 0), 0, -1).item())


def test_plms_is_of_a_higher_order() -> None:
    assert error_of("ddim", 16) / error_of("ddim", 4) < 8
    assert error_of("plms", 16) / error_of("plms", 4) > 12
    assert error_of("plms", 8) < error_of("ddim", 8) / 5


def test_a_shallow_start_keeps_what_is_known() -> None:
    """From step 0 on nothing is left to do; the further in, the more the network decides."""
    rough = torch.full((50,), 0.9, dtype=torch.float64)
    moved = []
    for start in (1, 30, 100):
        x = SCHEDULE.noised(rough, start - 1, torch.zeros_like(rough))
        moved.append((sample(SCHEDULE, gaussian_noise, x, start) - rough).abs().mean().item())
    assert sample(SCHEDULE, gaussian_noise, rough, 0) is rough
    assert moved[0] < 1e-3
    assert moved[0] < moved[1] < moved[2]


def test_wrong_starts_are_refused() -> None:
    x = torch.zeros(1)
    with pytest.raises(ValueError, match="cannot be entered at 101"):
        sample(SCHEDULE, gaussian_noise, x, 101)
    with pytest.raises(ValueError, match="source of noise"):
        sample(SCHEDULE, gaussian_noise, x, 5, sampler="ddpm")


def test_a_better_guess_starts_nearer_to_the_data() -> None:
    starts = [estimate_start(SCHEDULE, [error], [0.2]) for error in (1e-6, 0.01, 0.05, 0.2)]
    assert starts == sorted(set(starts))
    # By hand: the divergence allowed at the end, and the first step that keeps within it.
    last = SCHEDULE.at(99)
    allowed = 0.5 * (last * (0.2 - 1) - math.log(1 - last))
    k = starts[2] - 1
    assert SCHEDULE.at(k) / (2 * (1 - SCHEDULE.at(k))) * 0.05 <= allowed
    assert SCHEDULE.at(k - 1) / (2 * (1 - SCHEDULE.at(k - 1))) * 0.05 > allowed
    assert estimate_start(SCHEDULE, [50.0], [0.2]) == 100


def test_a_classifier_that_cannot_tell_gives_the_start() -> None:
    assert start_of_doubt([0.95] * 40 + [0.52] * 60) == 41
    assert start_of_doubt([0.95] * 40 + [0.52] * 20 + [0.9] + [0.51] * 39) == 41
    assert start_of_doubt([0.5] * 5 + [0.9] * 35 + [0.52] * 60) == 41
    assert start_of_doubt([0.9] * 100) == 100


def test_steps_are_told_apart() -> None:
    codes = step_sinusoids(torch.arange(100), 32)
    assert codes.shape == (100, 32)
    assert torch.cdist(codes, codes).fill_diagonal_(1).min() > 0.05
