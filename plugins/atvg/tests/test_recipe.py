import json
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
import torch

from talkface_atvg.recipe import AtvgRecipe
from talkface_atvg.recipe.data import NormalisedClips, mirrored, sample_window
from talkface_atvg.recipe.losses import (
    discriminator_loss,
    generator_loss,
    landmark_loss,
    mouth_weights,
    pixel_loss,
)
from talkface_atvg.recipe.settings import settings
from talkface_atvg.weights import load_networks
from talkface_studio.api.errors import TrainingError
from talkface_trainer.dataset import Dataset
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights


def test_settings_can_be_changed_and_bad_changes_are_named() -> None:
    changed = settings("compact", {"at.steps": "7", "vg.rate": "1", "model.vg_net.blocks": "1", "gan.mouth_mask": "y"})
    assert changed.at.steps == 7
    assert changed.vg.rate == 1.0
    assert changed.model.vg_net.blocks == 1
    for key, value in [
        ("at.nothing", "1"),
        ("steps", "1"),
        ("at.steps", "many"),
        ("model.vg_net.blocks", '"a"'),
        ("model.nothing.blocks", "1"),
    ]:
        with pytest.raises(TrainingError, match=key.split(".")[0]):
            settings("compact", {key: value})
    with pytest.raises(TrainingError, match="no preset"):
        settings("huge", {})


def test_the_paper_preset_has_the_thesis_settings() -> None:
    paper = settings("paper", {})
    assert (paper.at.batch, paper.at.rate, paper.at.window) == (100, 1e-3, 16)
    assert (paper.gan.batch, paper.gan.rate, paper.gan.pixel_weight) == (12, 2e-4, 10.0)
    names = [plan.name for plan in AtvgRecipe(preset="paper", overrides={}).stages()]
    assert names == ["at", "gan"]


def test_losses_are_those_of_the_equations() -> None:
    frames, truth = torch.full((1, 1, 3, 2, 2), 0.5), torch.zeros(1, 1, 3, 2, 2)
    attention = torch.full((1, 1, 1, 2, 2), 0.25, requires_grad=True)
    loss = pixel_loss(frames.requires_grad_(), truth, attention)
    assert loss.item() == pytest.approx(0.5 * 0.75)
    loss.backward()
    assert attention.grad is None
    y, xy = mouth_weights("y", torch.device("cpu")), mouth_weights("xy", torch.device("cpu"))
    assert y.reshape(68, 2)[50].tolist() == [1, 100]
    assert xy.reshape(68, 2)[50].tolist() == [100, 100]
    assert y.reshape(68, 2)[47].tolist() == [1, 1]
    shown = torch.zeros(1, 1, 136)
    shown[..., 101] = 0.1
    assert landmark_loss(shown, torch.zeros(1, 1, 136), y).item() == pytest.approx(100 / 136)
    zeros = torch.zeros(4)
    assert discriminator_loss(zeros, zeros).item() == pytest.approx(np.log(2))
    assert generator_loss(zeros).item() == pytest.approx(np.log(2))
    assert generator_loss(zeros + 5) < generator_loss(zeros)


def test_a_mirror_of_a_mirror_is_the_face_itself() -> None:
    rows = np.random.default_rng(0).normal(2.5, 0.5, (3, 136)).astype(np.float32)
    np.testing.assert_allclose(mirrored(mirrored(rows, 5.0), 5.0), rows, atol=1e-5)
    corners = mirrored(rows, 5.0).reshape(3, 68, 2)[:, 48]
    np.testing.assert_allclose(corners[:, 0], 5 - rows.reshape(3, 68, 2)[:, 54, 0], atol=1e-6)


def test_windows_are_a_function_of_their_seed_and_fit_together(dataset) -> None:
    clips = NormalisedClips(Dataset(dataset), settings("debug", {}).model)
    options = {"count": 3, "candidates": 4, "augment": True, "balance": 0.5}
    first = sample_window(clips, np.random.default_rng(5), **options)
    again = sample_window(clips, np.random.default_rng(5), **options)
    for name, value in asdict(first).items():
        np.testing.assert_array_equal(value, getattr(again, name), err_msg=name)
    assert first.frames.shape == (3, 128, 128, 3)
    assert first.landmarks.shape == (3, 3, 136)
    assert first.mouth.max() == pytest.approx(1, abs=0.05)
    # The mouth's landmarks lie where the mask says the mouth is.
    x, y = first.target[:, 48:].mean(axis=(0, 1)).round().astype(int)
    assert first.mouth[y, x] > 0.5


def run_debug(dataset, run, steps=None, resume=False):
    recipe = AtvgRecipe(preset="debug", overrides={})
    return train(recipe, dataset, run, seed=3, threads=1, progress=False, steps=steps, resume=resume)


def losses(run) -> dict[tuple[str, int], dict[str, float]]:
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {(line["stage"], line["step"]): line["losses"] for line in lines if line["event"] == "step"}


def test_the_debug_preset_trains_exports_and_repeats_exactly(dataset, tmp_path) -> None:
    first, second = run_debug(dataset, tmp_path / "a"), run_debug(dataset, tmp_path / "b")
    assert losses(first) == losses(second)
    assert {stage for stage, _ in losses(first)} == {"at", "vg", "gan"}
    recipe = AtvgRecipe(preset="debug", overrides={})
    facts = recipe.export(finished_weights(first, ["at", "vg", "gan"]), tmp_path / "weights.safetensors")
    assert facts["landmark_norm"] == "thesis"
    networks = load_networks(tmp_path / "weights.safetensors")
    assert networks.config == recipe.settings.model
    assert networks.basis is not None
    np.testing.assert_allclose(networks.basis.directions.T @ networks.basis.directions, np.eye(4), atol=2e-3)


KILLED = """
import os, signal, sys
from pathlib import Path
from talkface_trainer.loop import train
from talkface_atvg.recipe import AtvgRecipe
from talkface_atvg.recipe.vg_stage import VgStage
step = VgStage.step
def dying(self, batch, context):
    if "discriminator" in self.modules and context.step == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, context)
VgStage.step = dying
train(AtvgRecipe(preset="debug", overrides={}), Path(sys.argv[1]), Path(sys.argv[2]), seed=3, threads=1, progress=False)
"""


def test_a_run_that_was_killed_goes_on_to_the_same_losses(dataset, tmp_path) -> None:
    whole = run_debug(dataset, tmp_path / "whole")
    killed = tmp_path / "killed"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(dataset), str(killed)], check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    assert not (killed / "gan" / "done.json").exists()
    run_debug(dataset, killed, resume=True)
    assert losses(killed) == losses(whole)
