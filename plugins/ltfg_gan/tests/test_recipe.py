"""Tests of the training recipe, on the sample video."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from talkface_ltfg_gan.recipe.data import (
    LandmarkClips,
    face_window,
    held_out_window,
    landmark_window,
    spread_by_opening,
)
from talkface_ltfg_gan.recipe.face_stage import FaceStage, middle, stacked
from talkface_ltfg_gan.recipe.losses import landmark_loss, landmark_velocity_loss
from talkface_ltfg_gan.recipe.recipe import LtfgRecipe
from talkface_ltfg_gan.recipe.settings import settings
from talkface_ltfg_gan.recipe.teaching import distances, open_teacher
from talkface_ltfg_gan.table import ROWS
from talkface_ltfg_gan.weights import LtfgNetworks, load_networks, save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.values import Device
from talkface_studio.nn.weights import read_tensors
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights


def test_settings_can_be_changed_and_bad_changes_are_named() -> None:
    changed = settings("compact", {"landmarks.steps": "7", "faces.rate": "1", "model.face_generator.fine": "8"})
    assert (changed.landmarks.steps, changed.faces.rate, changed.model.face_generator.fine) == (7, 1.0, 8)
    with pytest.raises(TrainingError, match=r"landmarks\.nothing"):
        settings("compact", {"landmarks.nothing": "1"})
    with pytest.raises(TrainingError, match="no preset 'huge'"):
        settings("huge", {})


def test_a_row_of_the_papers_table_is_one_setting() -> None:
    assert settings("compact", {"row": "ltfg-gan"}) == settings("compact", {})
    rows = {row: settings("compact", {"row": row}).model for row in ROWS}
    for row, model in rows.items():
        landmarks, face = model.landmark_generator, model.face_generator
        assert (landmarks.speech.kind, landmarks.fusion, face.cross_attention, face.conditional_convolution) == {
            "base": ("log_mel", "transformer", False, False),
            "wav2vec2": ("whisper-base", "temporal", False, False),
            "cross-attention": ("whisper-base", "temporal", True, False),
            "ltfg-gan": ("whisper-base", "temporal", True, True),
        }[row]
    narrow = settings("compact", {"model.face_generator.cross_attention": "true", "row": "base"})
    assert (narrow.row, narrow.model.face_generator.cross_attention) == ("base", True)
    with pytest.raises(TrainingError, match="row"):
        settings("compact", {"row": "a fifth"})


def test_the_paper_preset_has_the_reference_settings() -> None:
    paper = settings("paper", {})
    assert (paper.landmarks.batch, paper.landmarks.rate, paper.landmarks.references) == (128, 1e-4, 15)
    weights = (paper.faces.warp_weight, paper.faces.translation_weight)
    assert weights == (2.5, 4.0)
    assert (paper.faces.adversarial_weight, paper.faces.feature_weight) == (0.25, 2.5)


def test_losses_are_those_of_the_paper() -> None:
    truth = torch.zeros(2, 5, 57, 2)
    assert landmark_loss(truth + 0.5, truth).item() == pytest.approx(0.5)
    # A constant error does not move; a step of 0.1 in all 114 numbers does once in four moves.
    assert landmark_velocity_loss(truth + 0.5, truth).item() == pytest.approx(0, abs=1e-5)
    stepped = truth.clone()
    stepped[:, 2:] += 0.1
    assert landmark_velocity_loss(stepped, truth).item() == pytest.approx(0.1 * np.sqrt(114) / 4, rel=1e-4)


def test_references_are_spread_from_closed_to_open() -> None:
    openings = np.array([0.3, 0.0, 0.1, 0.2, 0.4], np.float32)
    np.testing.assert_array_equal(spread_by_opening(openings, 3), [1, 3, 4])
    assert len(spread_by_opening(openings, 9)) == 9


@pytest.fixture(scope="module")
def clips(dataset: Path) -> LandmarkClips:
    return LandmarkClips.open(dataset, settings("debug", {}).model)


def test_landmark_windows_are_a_function_of_their_seed(clips: LandmarkClips) -> None:
    first, again = (
        landmark_window(clips, np.random.default_rng(5), references=4, balance=0.5, mirror=True) for _ in range(2)
    )
    for name, value in asdict(first).items():
        np.testing.assert_array_equal(value, getattr(again, name), err_msg=name)
    assert first.content.shape == (9, 57, 2)
    assert first.reference_pose.shape == (4, 74, 2)
    assert 0 < first.content.min() < first.content.max() < 1.1


def test_face_windows_show_one_face_and_never_the_answer(clips: LandmarkClips) -> None:
    options: dict[str, Any] = {
        "window": 5,
        "references": 3,
        "pool": 6,
        "balance": 0.5,
        "open_share": 0.5,
        "augment": True,
    }
    first, again = (face_window(clips, np.random.default_rng(5), **options) for _ in range(2))
    for name, value in asdict(first).items():
        np.testing.assert_array_equal(value, getattr(again, name), err_msg=name)
    size = clips.config.face_generator.size
    assert first.frame.shape == (size, size, 3)
    assert first.sketches.shape == (5, 1, size, size)
    for reference in first.references:
        assert not np.array_equal(reference, first.frame)
    # The lips lie where the mask says that they are, and the lines of the sketch too.
    x, y = (first.points[-40:].mean(axis=0) * size).round().astype(int)
    assert first.mouth[y, x] > 0.5
    assert first.sketches[2][0][y - 12 : y + 12, x - 12 : x + 12].max() > 0.5


def run_debug(dataset: Path, run: Path, *, resume: bool = False) -> Path:
    recipe = LtfgRecipe(preset="debug", overrides={})
    return train(recipe, dataset, run, seed=3, threads=1, progress=False, resume=resume)


def losses(run: Path) -> dict[tuple[str, int], dict[str, float]]:
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {(line["stage"], line["step"]): line["losses"] for line in lines if line["event"] == "step"}


KILLED = """
import os, signal, sys
from pathlib import Path
from talkface_trainer.loop import train
from talkface_ltfg_gan.recipe.recipe import LtfgRecipe
from talkface_ltfg_gan.recipe.face_stage import FaceStage
step = FaceStage.step
def dying(self, batch, context):
    if context.step == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, context)
FaceStage.step = dying
train(LtfgRecipe(preset="debug", overrides={}), Path(sys.argv[1]), Path(sys.argv[2]), seed=3, threads=1, progress=False)
"""


def test_the_debug_preset_trains_exports_and_goes_on_after_a_kill(dataset: Path, tmp_path: Path) -> None:
    whole, killed = run_debug(dataset, tmp_path / "whole"), tmp_path / "killed"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(dataset), str(killed)], check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    assert not (killed / "faces" / "done.json").exists()
    run_debug(dataset, killed, resume=True)
    assert losses(killed) == losses(whole)
    assert {stage for stage, _ in losses(whole)} == {"landmarks", "faces"}

    recipe = LtfgRecipe(preset="debug", overrides={})
    facts = recipe.export(finished_weights(whole, ["landmarks", "faces"]), tmp_path / "weights.safetensors")
    assert facts["speech"] == "whisper-tiny.en"
    networks = load_networks(tmp_path / "weights.safetensors")
    assert networks.config == recipe.settings.model
    assert networks.face_generator.speech.feature_std.min() > 0


@pytest.mark.parametrize("window", [5, 1])
def test_given_landmarks_are_taken_as_they_are_while_faces_learn_from_a_teacher(
    dataset: Path, tmp_path: Path, debug: LtfgNetworks, window: int
) -> None:
    given, made = tmp_path / "given.safetensors", tmp_path / "made.safetensors"
    save_networks(given, debug)
    overrides = {"landmarks.given": given, "faces.teacher": given, "model.face_generator.window": window}
    recipe = LtfgRecipe(preset="debug", overrides={key: str(value) for key, value in overrides.items()})
    run = train(recipe, dataset, tmp_path / "run", seed=3, threads=1, progress=False)
    assert all(step["picture"] > 0 for step in losses(run).values())
    assert "landmark_steps" not in recipe.export(finished_weights(run, ["faces"]), made)
    (before, _), (after, _) = read_tensors(given), read_tensors(made)
    assert {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])} == {"face_generator"}


@pytest.mark.parametrize(
    ("setting", "changed", "message"),
    [
        ("landmarks.given", "landmark_generator.window=11", r"landmarks\.given: the landmark generator of .*\.safeten"),
        (
            "faces.teacher",
            "face_generator.top=32",
            r"faces\.teacher: .*given\.safetensors makes less of the crop than",
        ),
        (
            "faces.teacher",
            "face_generator.sketch_channels=3",
            r"faces\.teacher: .* was made for another sketch_channels",
        ),
        (
            "faces.start",
            "face_generator.fine=16",
            r"faces\.start: the face generator of .*given\.safetensors is not",
        ),
        ("faces.teacher", "face_generator.window=7", r"faces\.teacher: .* sees 5 frames at once, fewer than .*'s 7$"),
    ],
)
def test_networks_of_other_sizes_are_refused_before_training(
    dataset: Path, tmp_path: Path, debug: LtfgNetworks, setting: str, changed: str, message: str
) -> None:
    given = tmp_path / "given.safetensors"
    save_networks(given, debug)
    key, value = changed.split("=")
    recipe = LtfgRecipe(preset="debug", overrides={setting: str(given), f"model.{key}": value})
    plan = recipe.stages()[-1]
    with pytest.raises(TrainingError, match=message):
        recipe.build(plan, dataset, {}, Device())


def test_whoever_sees_fewer_frames_sees_those_in_the_middle() -> None:
    sketches = torch.arange(5.0).reshape(1, 5, 1, 1, 1)
    assert middle(sketches, 5).flatten().tolist() == [0, 1, 2, 3, 4]
    assert middle(sketches, 3).flatten().tolist() == [1, 2, 3]
    assert middle(sketches, 1).flatten().tolist() == [2]


def test_a_copy_of_its_teacher_has_nothing_to_learn(clips: LandmarkClips, tmp_path: Path, debug: LtfgNetworks) -> None:
    save_networks(tmp_path / "teacher.safetensors", debug, half=False)
    teacher = open_teacher(tmp_path / "teacher.safetensors", debug.config.face_generator)
    clip = clips.dataset.clips("train")[0]
    batch = stacked([held_out_window(clips, clip, 9, np.array([2, 4]))])
    stage = FaceStage(clips, debug.config, settings("debug", {}).faces, Device())
    shown, same = (stage.render(net, batch) for net in (teacher, debug.face_generator))
    weights = {"mouth": batch["mouth"], "mouth_weight": 10.0}
    assert all(value.item() == 0 for value in distances(same, shown, **weights).values())
    near, far = (distances(same._replace(flow=same.flow + pixels), shown, **weights) for pixels in (1, 2))
    assert near["flow"].item() > 1
    assert far["flow"].item() == pytest.approx(2 * near["flow"].item())
    assert far["picture"].item() == 0


def test_training_starts_from_another_networks_weights_and_a_smaller_part_of_the_crop(
    clips: LandmarkClips, tmp_path: Path, debug: LtfgNetworks
) -> None:
    save_networks(tmp_path / "given.safetensors", debug, half=False)
    given = str(tmp_path / "given.safetensors")
    smaller = replace(debug.config, face_generator=replace(debug.config.face_generator, top=64, left=16))
    training = settings("debug", {"faces.start": given, "faces.teacher": given}).faces
    stage = FaceStage(clips, smaller, training, Device())
    for name, value in debug.face_generator.state_dict().items():
        torch.testing.assert_close(stage.net.state_dict()[name], value)
    batch = stacked([held_out_window(clips, clips.dataset.clips("train")[0], 9, np.array([2, 4]))])
    shown, made = (stage.render(net, batch) for net in (debug.face_generator, stage.net))
    assert made.flow.shape[-2:] == (64, 96)
    taught = distances(made, shown, batch["mouth"], mouth_weight=10.0)
    assert 0 < taught["confidence"].item() < 0.2
