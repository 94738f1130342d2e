"""The training recipe, on the sample video."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from talkface_speech2video.discriminators import FAKE, REAL
from talkface_speech2video.recipe import losses as L
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.evaluation import evaluate
from talkface_speech2video.recipe.recipe import Speech2VideoRecipe
from talkface_speech2video.recipe.settings import settings
from talkface_speech2video.weights import load_networks
from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.values import Device
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights

STAGES = ["teachers", "cpc", "distill", "frames", "adversarial"]


def test_settings_can_be_changed_and_bad_changes_are_named():
    changed = settings("compact", {"distill.order": "paper", "frames.steps": "7", "model.cpc.state": "8"})
    assert (changed.distill.order, changed.frames.steps, changed.model.cpc.state) == ("paper", 7, 8)
    with pytest.raises(TrainingError, match=r"distill\.nothing"):
        settings("compact", {"distill.nothing": "1"})
    with pytest.raises(TrainingError, match="'student_first' is not a valid"):
        settings("compact", {"distill.order": "student_first"})
    with pytest.raises(TrainingError, match="no preset 'huge'"):
        settings("huge", {})


def test_the_paper_preset_has_the_papers_stages_and_rates():
    recipe = Speech2VideoRecipe(preset="paper", overrides={})
    plans = {plan.name: plan for plan in recipe.stages()}
    # Both teachers are published networks, and the decoder has its discriminators from the first step on.
    assert list(plans) == ["cpc", "distill", "adversarial"]
    rates = {"decoder": 3e-4, "judge_identity": 3e-4, "judge_frame": 1e-4, "judge_sync": 1e-5}
    assert plans["adversarial"].learning_rates == rates
    assert recipe.settings.distill.normal_weight == 0.025
    assert [plan.name for plan in Speech2VideoRecipe(preset="compact", overrides={}).stages()] == STAGES


def test_as_printed_distillation_rewards_a_collapse_and_with_the_teacher_first_it_does_not():
    teacher = torch.tensor([[2.0, 1.0, 0.0]])
    collapsed = torch.tensor([[50.0, 0.0, 0.0]])
    assert L.distillation_loss(collapsed, teacher, "paper", 1) < L.distillation_loss(teacher, teacher, "paper", 1)
    first = [L.distillation_loss(said, teacher, "teacher_first", 2) for said in (collapsed, teacher)]
    assert first[1] < first[0]
    assert L.normal_loss(3 * teacher, teacher).item() == pytest.approx(0, abs=1e-6)


def test_generated_is_one_and_real_is_zero_for_every_discriminator():
    assert (REAL, FAKE) == (0, 1)
    zero, one = torch.zeros(4, 1), torch.ones(4, 1)
    assert L.identity_judge_loss(one, zero) == L.frame_judge_loss(one, zero) == 0
    assert L.identity_judge_loss(zero, one) == L.frame_judge_loss(zero, one) == 1
    assert L.sync_judge_loss(zero, one, one) == 0
    assert L.sync_judge_loss(one, zero, zero) == 2
    # The decoder wants to be taken for real, by all three.
    assert L.deceiving_loss([zero, zero, zero]) == 0
    assert L.deceiving_loss([one, one, one]) == 1.5


def test_the_losses_of_frames_and_of_the_encoder():
    frames = torch.rand(2, 3, 32, 32)
    assert L.gradient_loss(frames, frames + 0.3).item() == pytest.approx(0, abs=1e-6)
    assert L.gradient_loss(frames, frames.flip(3)) > 0.001
    lower = L.frame_weights(32, 0.0, 0.0)
    half = frames.clone()
    half[:, :, :16] += 1
    assert L.similarity_loss(half, frames, lower) == 0
    assert L.similarity_loss(half, frames, L.frame_weights(32, 0.5, 0.0)).item() == pytest.approx(0.25)
    z = 4 * torch.nn.functional.normalize(torch.randn(1, 6, 16), dim=2)
    assert L.contrast_loss(10 * z, z, -z).item() < 1e-3
    assert L.contrast_loss(torch.zeros_like(z), z, z).item() == pytest.approx(np.log(7), rel=1e-4)


@pytest.fixture(scope="module")
def voices(dataset):
    return Voices.open(dataset, settings("debug", {}).model)


def test_lips_that_move_as_the_true_ones_cost_nothing_however_far():
    true = torch.randn(2, 20, 5, generator=torch.Generator().manual_seed(0))
    known = torch.ones(2, 20)
    assert L.movement_loss(0.3 * true + 1, true, known).item() == pytest.approx(0, abs=1e-3)
    assert L.movement_loss(-true, true, known).item() == pytest.approx(2, abs=1e-3)
    assert L.movement_loss(torch.zeros_like(true), true, known).item() == pytest.approx(1)
    # What lies behind the end of a clip does not count.
    known[:, 10:] = 0
    other = torch.cat([true[:, :10], -true[:, 10:]], dim=1)
    assert L.movement_loss(other, true, known).item() == pytest.approx(0, abs=1e-3)


def test_what_is_measured_is_never_trained_on(voices):
    trained = {(p.clip.id, i) for p in voices.training for i in range(p.first, p.stop)}
    measured = {(p.clip.id, i) for p in (*voices.seen, *voices.unseen) for i in range(p.first, p.stop)}
    assert trained
    assert measured
    assert not trained & measured
    passage = voices.training[0]
    assert len(passage.samples()) == 640 * passage.frames
    shapes, manner = voices.lip_shapes(passage), voices.manners(passage)
    assert shapes.shape == (passage.frames, 4)
    np.testing.assert_allclose(shapes.std(axis=0), 1, atol=0.05)
    np.testing.assert_allclose(manner.mean(axis=0), 0, atol=0.2)


def run_debug(dataset, run, *, resume=False):
    recipe = Speech2VideoRecipe(preset="debug", overrides={})
    return train(recipe, dataset, run, seed=3, threads=1, progress=False, resume=resume)


def losses(run):
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {(line["stage"], line["step"]): line["losses"] for line in lines if line["event"] == "step"}


KILLED = """
import os, signal, sys
from pathlib import Path
from talkface_trainer.loop import train
from talkface_speech2video.recipe.recipe import Speech2VideoRecipe
from talkface_speech2video.recipe.frames_stage import FramesStage
step = FramesStage.step
def dying(self, batch, context):
    if context.step == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, context)
FramesStage.step = dying
recipe = Speech2VideoRecipe(preset="debug", overrides={})
train(recipe, Path(sys.argv[1]), Path(sys.argv[2]), seed=3, threads=1, progress=False)
"""


@pytest.fixture(scope="module")
def whole(dataset, tmp_path_factory):
    return run_debug(dataset, tmp_path_factory.mktemp("run") / "whole")


def test_the_debug_preset_trains_and_goes_on_after_a_kill(dataset, whole, tmp_path):
    killed = tmp_path / "killed"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(dataset), str(killed)], check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    assert not (killed / "frames" / "done.json").exists()
    run_debug(dataset, killed, resume=True)
    assert losses(killed) == losses(whole)
    assert {stage for stage, _ in losses(whole)} == set(STAGES)


def test_a_run_is_exported_and_measured(dataset, whole, tmp_path):
    recipe = Speech2VideoRecipe(preset="debug", overrides={})
    facts = recipe.export(finished_weights(whole, STAGES), tmp_path / "weights.safetensors")
    assert facts["voices"] == ["a"]
    networks = load_networks(tmp_path / "weights.safetensors")
    assert networks.config == recipe.settings.model
    assert networks.voices == ("a",)
    report = evaluate(dataset, tmp_path / "weights.safetensors", Device(), tmp_path / "report")
    systems = report["splits"]["seen voices"]["systems"]
    assert {"speech2video", "mean face", "nearest training face", "static face", "truth"} == set(systems)
    # The only training speaker is the one that is seen: a frame of it is nearer to the truth than noise.
    assert systems["static face"]["ssim"] > systems["speech2video"]["ssim"]
    assert report["trained on"] == "a"
    assert list((tmp_path / "report").rglob("*.png"))


def test_a_published_teacher_without_its_file_stops_the_run_with_a_remedy(dataset, whole, tmp_path):
    recipe = Speech2VideoRecipe(preset="debug", overrides={"model.identity_teacher": "vgg-face"})
    plans = {plan.name: plan for plan in recipe.stages()}
    done = finished_weights(whole, STAGES)
    with pytest.raises(WeightsError, match="talkface weights convert vgg-face"):
        recipe.build(plans["distill"], dataset, done, Device())
