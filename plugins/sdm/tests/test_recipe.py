"""Tests of the training recipe, on the sample video."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from talkface_sdm.completion import completed
from talkface_sdm.denoiser import Denoiser, condition_size, schedule_of
from talkface_sdm.recipe.data import MotionClips, clip_window, mirrored, motion_window, steady_poses
from talkface_sdm.recipe.losses import (
    coordinate_weights,
    diffusion_loss,
    independence_loss,
    junction_loss,
    kl_weight,
    regular_loss,
)
from talkface_sdm.recipe.pairs import rendered_pair
from talkface_sdm.recipe.recipe import SdmRecipe
from talkface_sdm.recipe.settings import settings
from talkface_sdm.weights import ablated_networks, load_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import IBUG68
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights

STAGES = ["motion", "face", "boundary", "diffusion", "renderer", "joint"]


def test_settings_can_be_changed_and_bad_changes_are_named() -> None:
    changed = settings("compact", {"motion.steps": "7", "diffusion.rate": "1", "model.motion.latent": "8"})
    assert (changed.motion.steps, changed.diffusion.rate, changed.model.motion.latent) == (7, 1.0, 8)
    with pytest.raises(TrainingError, match=r"motion\.nothing"):
        settings("compact", {"motion.nothing": "1"})
    with pytest.raises(TrainingError, match="no preset 'huge'"):
        settings("huge", {})


def test_the_paper_preset_has_the_papers_numbers() -> None:
    motion = settings("paper", {}).motion
    assert (motion.rate, motion.betas) == (2e-4, (0.4, 0.999))
    assert (motion.regular_weight, motion.independence_weight, motion.reconstruction_weight) == (5, 2, 1)
    assert (motion.past, motion.future) == (25, 25)


def test_losses_are_those_of_the_paper() -> None:
    zero = torch.zeros(2, 5, 142)
    assert regular_loss(zero + 0.5, zero, zero, zero + 0.25).item() == pytest.approx(0.75)
    one, other = torch.randn(2, 8, 16), torch.randn(2, 8, 16)
    # As printed, two equal motions are best; orthogonal ones are what is meant.
    assert independence_loss(one, one, "paper").item() == 0
    assert independence_loss(one, one, "orthogonal").item() == pytest.approx(1)
    assert independence_loss(one, other, "orthogonal").item() < 0.4
    stepped = zero.clone()
    stepped[:, 0] = 1.0
    weight = torch.ones(142)
    # A jump at the junction, and one back behind it: two moves of three.
    assert junction_loss(stepped, zero, zero[:, 0], 3, weight).item() == pytest.approx(2 / 3)
    weights = coordinate_weights(142, 4.0)
    assert weights.mean().item() == pytest.approx(1)
    assert weights[6 + 2 * 50] / weights[0] == pytest.approx(4)
    posed = coordinate_weights(142, 4.0, pose=16.0)
    assert (posed[5] / posed[6]).item() == pytest.approx(16)
    assert (kl_weight(0, 1e-3), kl_weight(10**9, 1e-3)) == pytest.approx((1e-5, 1e-3))


@pytest.mark.parametrize("around", ["zero", "auxiliary"])
def test_the_diffusion_loss_of_a_network_that_says_nothing(debug, around: str) -> None:
    """The mean size of a standard normal number: of the noise, or of what the best guess leaves open of it."""
    config = replace(debug.config, diffusion=replace(debug.config.diffusion, around=around))
    net = Denoiser(config)
    size = config.motion.diffused
    spread = net.spread.mean().item()
    random = torch.Generator().manual_seed(0)
    rough = torch.randn(64, 25, size, generator=random)
    truth = rough + spread * torch.randn(rough.shape, generator=random)
    before, behind = condition_size(config) - config.motion.size, config.motion.size - size
    condition = torch.cat([torch.zeros(64, 25, before), rough, torch.zeros(64, 25, behind)], dim=2)
    steps = torch.randint(100, (64,), generator=random)
    loss = diffusion_loss(net, schedule_of(config), truth, steps, condition, weight=torch.ones(size))
    assert loss.item() == pytest.approx(np.sqrt(2 / np.pi), rel=0.03)


@pytest.fixture(scope="module")
def clips(dataset: Path) -> MotionClips:
    return MotionClips.open(dataset, settings("debug", {}).model)


def test_windows_are_a_function_of_their_seed(clips) -> None:
    first, again = (motion_window(clips, np.random.default_rng(5), frames=50, balance=0.5, mirror=True) for _ in "ab")
    for name in ("motion", "speech", "rhythm"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name), err_msg=name)
    assert first.motion.shape == (50, 142)
    assert first.speech.shape == (50, 2, 768)
    assert first.rhythm.shape == (50, 6)


def test_a_pose_is_freed_of_what_the_jaw_adds_to_it_and_of_nothing_else() -> None:
    t = np.arange(150) / 25
    motion = np.zeros((150, 142), np.float32)
    nod, jaw = 0.03 * np.sin(2 * np.pi * 0.7 * t), 0.05 * np.sin(2 * np.pi * 4 * t)
    motion[:, 6 + 2 * 8 + 1] = jaw
    motion[:, 0] = nod - 0.5 * jaw
    np.testing.assert_allclose(steady_poses(motion)[10:-10, 0], nod[10:-10], atol=0.004)
    motion[:, 6:] = 0
    # With a jaw that does not move nothing but the low-pass is done.
    assert np.abs(steady_poses(motion)[10:-10, 0] - nod[10:-10]).max() > 0.006


def test_a_mirror_turns_the_head_the_other_way_and_exchanges_the_sides(clips) -> None:
    window = clip_window(clips, clips.dataset.clips("train")[0], 0, 20)
    seen = mirrored(window.motion)
    np.testing.assert_allclose(seen[:, 1], -window.motion[:, 1])
    np.testing.assert_allclose(seen[:, 0], window.motion[:, 0])
    points, other = (values[:, 6:].reshape(-1, 68, 2) for values in (window.motion, seen))
    np.testing.assert_allclose(other[:, 36], points[:, 45] * [-1, 1], atol=1e-6)
    np.testing.assert_allclose(mirrored(seen), window.motion, atol=1e-6)


def test_a_pair_of_one_frame_is_that_frame(clips) -> None:
    clip = clips.dataset.clips("train")[0]
    config = settings("compact", {}).model.renderer
    same = rendered_pair(clip, 10, 10, config)
    assert np.abs(same.warped.astype(int) - same.truth).mean() < 2
    np.testing.assert_allclose(same.source, same.target, atol=1e-4)
    gaps = np.abs(clip.landmarks[:, 13, 1] - clip.landmarks[:, 14, 1])
    moved = rendered_pair(clip, int(gaps.argmin()), int(gaps.argmax()), config)
    assert moved.target[66, 1] - moved.target[62, 1] > moved.source[66, 1] - moved.source[62, 1]


def run_debug(dataset: Path, run: Path, *, resume: bool = False) -> Path:
    return train(
        SdmRecipe(preset="debug", overrides={}), dataset, run, seed=3, threads=1, progress=False, resume=resume
    )


def losses(run: Path) -> dict[tuple[str, int], dict[str, float]]:
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {(line["stage"], line["step"]): line["losses"] for line in lines if line["event"] == "step"}


KILLED = """
import os, signal, sys
from pathlib import Path
from talkface_trainer.loop import train
from talkface_sdm.recipe.recipe import SdmRecipe
from talkface_sdm.recipe.diffusion_stage import DiffusionStage
step = DiffusionStage.step
def dying(self, batch, context):
    if context.step == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, context)
DiffusionStage.step = dying
train(SdmRecipe(preset="debug", overrides={}), Path(sys.argv[1]), Path(sys.argv[2]), seed=3, threads=1, progress=False)
"""


@pytest.fixture(scope="module")
def whole(dataset: Path, tmp_path_factory) -> Path:
    return run_debug(dataset, tmp_path_factory.mktemp("run") / "whole")


def test_the_debug_preset_trains_and_goes_on_after_a_kill(dataset: Path, whole: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(dataset), str(killed)], check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    assert not (killed / "diffusion" / "done.json").exists()
    run_debug(dataset, killed, resume=True)
    assert losses(killed) == losses(whole)
    assert {stage for stage, _ in losses(whole)} == set(STAGES)


def test_a_run_is_exported_and_measured(dataset: Path, whole: Path, tmp_path: Path) -> None:
    recipe = SdmRecipe(preset="debug", overrides={})
    facts = recipe.export(finished_weights(whole, STAGES), tmp_path / "weights.safetensors")
    networks = load_networks(tmp_path / "weights.safetensors")
    assert networks.config == recipe.settings.model
    assert facts == {"start": networks.start, "of_steps": 100}
    recorded = [json.loads(line) for line in (whole / "events.jsonl").read_text().splitlines()]
    estimate = next(
        line["measures"] for line in recorded if line["event"] == "validation" and line["stage"] == "boundary"
    )
    assert networks.start == estimate["start_kl"]
    assert networks.motion.content.front.feature_std.min() > 0
    assert networks.face is not None
    assert networks.face.content.front.feature_std.min() > 0


def test_pictures_can_be_diffused_instead_of_motion(dataset: Path, photo, tmp_path: Path) -> None:
    recipe = SdmRecipe(preset="debug", overrides={"model.diffusion.space": "image"})
    stages = [plan.name for plan in recipe.stages()]
    assert stages == ["motion", "face", "renderer", "diffusion"]
    run = train(recipe, dataset, tmp_path / "run", seed=3, threads=1, progress=False)
    facts = recipe.export(finished_weights(run, stages), tmp_path / "weights.safetensors")
    networks = load_networks(tmp_path / "weights.safetensors")
    assert 1 <= networks.start == facts["start"] <= 100
    measures = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    sampled = [line["measures"]["val_sampled"] for line in measures if line.get("measures", {}).get("val_sampled")]
    assert 0 < sampled[-1] < 10
    ibug, unit = photo.mesh[IBUG68, :2], photo.home.unit
    rough = ablated_networks(networks, "no shallow diffusion")
    refiners = networks.refiner(1), networks.refiner(1), networks.refiner(2), rough.refiner(1)
    shown = [completed(networks.renderer, photo.pixels, ibug, ibug, unit=unit, refiner=refiner) for refiner in refiners]
    np.testing.assert_array_equal(shown[0], shown[1])
    assert (shown[0] != shown[2]).any()
    assert (shown[0] != shown[3]).any()
