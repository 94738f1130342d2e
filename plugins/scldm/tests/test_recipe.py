"""Tests of the training recipe, on the sample video."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from talkface_scldm.config import preset
from talkface_scldm.face_networks import FaceDecoder
from talkface_scldm.latent_space import LatentSpace
from talkface_scldm.networks import schedule_of
from talkface_scldm.recipe import evaluation
from talkface_scldm.recipe.alignment_stage import begun
from talkface_scldm.recipe.composites import composite, decided
from talkface_scldm.recipe.data import Framing, Voices, cut, drawn_window, pictures, pixels_of, portrait_order
from talkface_scldm.recipe.evaluation import MEAN, NEAREST, REBUILT, angle, reweighted
from talkface_scldm.recipe.gallery import Gallery, unlikeness
from talkface_scldm.recipe.imaginings import nearest_mean
from talkface_scldm.recipe.losses import contrastive_loss, diffusion_loss, spread_loss
from talkface_scldm.recipe.recipe import ScldmRecipe
from talkface_scldm.recipe.settings import settings
from talkface_scldm.recipe.studio import Cutout, backdrop, cutout, in_white_light, person
from talkface_scldm.speech_encoder import Heard
from talkface_scldm.weights import load_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison
from talkface_studio.api.values import Device
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights

STAGES = ["alignment", "diffusion", "portraits"]


def test_settings_can_be_changed_and_bad_changes_are_named() -> None:
    changed = settings("compact", {"alignment.steps": "7", "model.diffusion.prior_mode": "shift"})
    assert (changed.alignment.steps, changed.model.diffusion.prior_mode) == (7, "shift")
    with pytest.raises(TrainingError, match=r"alignment\.nothing"):
        settings("compact", {"alignment.nothing": "1"})
    with pytest.raises(TrainingError, match="no preset 'huge'"):
        settings("huge", {})


def test_the_paper_preset_has_the_papers_numbers() -> None:
    paper = settings("paper", {})
    assert (paper.alignment.rate, paper.alignment.speech_rate, paper.diffusion.rate) == (1e-4, 1e-3, 2e-5)
    assert (paper.alignment.temperature, paper.alignment.spread_weight) == (0.07, 1e-6)
    assert (paper.diffusion.ema, paper.diffusion.prior_faces) == (0.9999, 15_000)


def test_pairs_that_belong_together_cost_nothing_and_exchanged_ones_much() -> None:
    vectors, tau = torch.eye(4), torch.tensor(0.05)
    assert contrastive_loss(vectors, 3 * vectors, tau).item() == pytest.approx(0, abs=1e-6)
    assert contrastive_loss(vectors, vectors.roll(1, 0), tau).item() == pytest.approx(20, rel=0.01)
    even = torch.ones(4, 4)
    assert contrastive_loss(even, even, tau).item() == pytest.approx(np.log(4))


def test_latents_of_a_normal_distribution_are_not_pulled() -> None:
    random = torch.Generator().manual_seed(0)
    normal = torch.randn(50_000, generator=random)
    assert spread_loss(normal).item() == pytest.approx(0, abs=1e-3)
    assert spread_loss(3 * normal).item() > 1
    assert spread_loss(normal + 2).item() == pytest.approx(2, rel=0.05)


def test_the_diffusion_loss_of_a_network_that_says_nothing(debug) -> None:
    """The noise's own power, 1; and what the network sees is shifted by w p."""
    config = preset("debug")
    space = LatentSpace(config)
    seen = []

    class Silent(torch.nn.Module):
        def condition(self, heard):
            return heard.tokens

        def forward(self, noised, step, tokens):
            seen.append(noised)
            return torch.zeros_like(noised)

    clean, heard = torch.zeros(64, *config.face.latent), Heard(torch.zeros(64, 1), torch.zeros(64, 1, 1))
    steps = torch.zeros(64, dtype=torch.long)
    loss = diffusion_loss(Silent(), space, schedule_of(config), clean, steps=steps, heard=heard)
    assert loss.item() == pytest.approx(1, rel=0.05)
    assert seen[0].std() < 0.05


@pytest.fixture(scope="module")
def voices(dataset: Path) -> Voices:
    return Voices.open(dataset, preset("debug"))


def test_a_portrait_shows_the_head_and_is_cut_as_it_was_asked_for(voices) -> None:
    clip = voices.dataset.clips("train")[0]
    frame = int(voices.portrait_frames(clip, 1)[0])
    crop, layout = np.asarray(clip.crops[frame]), voices.dataset.layout
    plain = cut(crop, layout, 96, Framing())
    assert plain.shape == (96, 96, 3)
    np.testing.assert_array_equal(cut(crop, layout, 96, Framing(mirror=True)), plain[:, ::-1])
    eyes = clip.landmarks[frame][[33, 263], :2].mean(axis=0)
    # The middle of the eyes lies where the framing has it: 0.43 from the top.
    assert (eyes[1] / layout.size - layout.eye_height) * layout.size < 3
    moved = cut(crop, layout, 96, Framing(shift=(0.25, 0.0)))
    assert np.abs(moved[:, 24:].astype(int) - plain[:, :72]).mean() < 2
    assert np.abs(pixels_of(pictures([plain]))[0].astype(int) - plain).max() <= 1


def test_the_best_portrait_has_its_lips_together(voices) -> None:
    clip = voices.dataset.clips("train")[0]
    order = portrait_order(clip.landmarks)
    gaps = np.linalg.norm(clip.landmarks[:, 13, :2] - clip.landmarks[:, 14, :2], axis=1)
    assert sorted(order.tolist()) == list(range(clip.frames))
    assert gaps[order[:10]].mean() < gaps[order[-10:]].mean()


def test_windows_of_speech_are_a_function_of_their_seed(voices) -> None:
    speech = voices.dataset.clips("train")[0].speech
    one, again, other = (drawn_window(speech, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (96_000,)
    torch.testing.assert_close(one, again)
    assert (one - other).abs().max() > 0.01


def test_wrong_data_sets_and_settings_are_refused(dataset: Path, tmp_path: Path) -> None:
    for name in ("dataset.json", "clips.jsonl"):
        shutil.copy(dataset / name, tmp_path / name)
    facts = json.loads((tmp_path / "dataset.json").read_text())
    facts["layout"]["eye_distance"] = 0.4
    (tmp_path / "dataset.json").write_text(json.dumps(facts))
    with pytest.raises(TrainingError, match="--framing portrait"):
        Voices.open(tmp_path, preset("debug"))
    recipe = ScldmRecipe(preset="debug", overrides={"model.alignment.projection": "none"})
    with pytest.raises(TrainingError, match="must have the 64 numbers of z"):
        recipe.build(recipe.stages()[0], dataset, {}, Device())


def run_debug(dataset: Path, run: Path, *, resume: bool = False, **overrides: str) -> Path:
    recipe = ScldmRecipe(preset="debug", overrides=overrides)
    return train(recipe, dataset, run, seed=3, threads=1, progress=False, resume=resume)


def losses(run: Path) -> dict[tuple[str, int], dict[str, float]]:
    lines = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    return {(line["stage"], line["step"]): line["losses"] for line in lines if line["event"] == "step"}


KILLED = """
import os, signal, sys
from pathlib import Path
from talkface_trainer.loop import train
from talkface_scldm.recipe.recipe import ScldmRecipe
from talkface_scldm.recipe.diffusion_stage import DiffusionStage
step = DiffusionStage.step
def dying(self, batch, context):
    if context.step == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, context)
DiffusionStage.step = dying
recipe = ScldmRecipe(preset="debug", overrides={})
train(recipe, Path(sys.argv[1]), Path(sys.argv[2]), seed=3, threads=1, progress=False)
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


def test_without_pre_training_the_speech_encoder_learns_with_the_denoiser(dataset: Path, tmp_path: Path) -> None:
    run = run_debug(dataset, tmp_path / "run", **{"model.alignment.contrastive": "false"})
    kept, learned = (
        load_tensors(run / stage / "weights" / "speech.safetensors")["head.0.weight"] for stage in STAGES[:2]
    )
    assert (kept - learned).abs().max() > 0
    assert "contrastive" not in losses(run)["alignment", 1]


def load_tensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(path)


def test_what_is_aligned_can_be_given_to_rows_that_differ_behind_it(
    dataset: Path, debug_weights, tmp_path: Path
) -> None:
    given = debug_weights["networks"]
    for contrastive in ("true", "false"):
        overrides = {"alignment.given": str(given), "model.alignment.contrastive": contrastive, "portraits.steps": "0"}
        run = run_debug(dataset, tmp_path / contrastive, **overrides)
        assert {stage for stage, _ in losses(run)} == {"diffusion"}
        recipe = ScldmRecipe(preset="debug", overrides=overrides)
        recipe.export(finished_weights(run, ["diffusion"]), tmp_path / "row.safetensors")
        row, known = (load_tensors(path) for path in (tmp_path / "row.safetensors", given))
        for name in ("encoder.body.0.0.weight", "decoder.body.0.0.weight"):
            torch.testing.assert_close(row[name], known[name])
        # Speech is as it was given with contrastive pre-training, and learned from nothing without it.
        same = torch.equal(row["speech.head.0.weight"], known["speech.head.0.weight"])
        assert same == (contrastive == "true")


def test_a_finer_decoder_goes_on_from_a_coarser_one(debug, debug_weights) -> None:
    finer = FaceDecoder(replace(debug.config.face, decoder_widths=(8, 8, 8, 4, 4)))
    before = {name: value.clone() for name, value in finer.state_dict().items()}
    begun(debug_weights["networks"], "decoder", finer)
    known = debug.decoder.state_dict()
    after = finer.state_dict()
    torch.testing.assert_close(after["body.0.0.weight"], known["body.0.0.weight"], atol=1e-3, rtol=1e-3)
    assert any(torch.equal(after[name], before[name]) and name not in known for name in after)


def test_a_person_stands_before_the_backdrop_in_white_light(voices) -> None:
    clip = voices.dataset.clips("train")[0]
    frame = int(voices.portrait_frames(clip, 1)[0])
    crop, mesh = np.asarray(clip.crops[frame]), clip.landmarks[frame]
    shown, side = cutout(crop, mesh).shown(), crop.shape[0]
    # The room is gone above the shoulders and below the fading body; the face is the crop's own.
    plain = backdrop(side)
    for row, column in ((3, 3), (3, side - 4), (side // 3, 3), (side - 1, side // 2)):
        assert np.abs(shown[row, column] - plain[row, column]).max() < 25, (row, column)
    nose = mesh[1, :2].round().astype(int)
    near = np.s_[nose[1] - 5 : nose[1] + 6, nose[0] - 5 : nose[0] + 6]
    assert person(crop, mesh)[near].min() == 1
    assert np.abs(shown[near].astype(float) - in_white_light(crop, mesh)[near]).max() <= 1
    # Under a yellow lamp the same skin is seen as it was.
    yellow = (crop * np.array([1.0, 0.95, 0.5])).astype(np.uint8)
    again = in_white_light(yellow, mesh)[near].mean(axis=(0, 1))
    ratio = again[2] / again[1]
    assert ratio > 0.58 > yellow[near].mean(axis=(0, 1))[2] / yellow[near].mean(axis=(0, 1))[1]


def test_nothing_shines_through_a_composite(voices) -> None:
    clip = voices.dataset.clips("train")[0]
    mesh = np.asarray(clip.landmarks[0], np.float32)
    side = voices.dataset.layout.size
    bald, hairy = (np.zeros((side, side), np.float32) for _ in range(2))
    bald[side // 3 :], hairy[side // 6 :] = 1, 1
    dark, light = (np.full((side, side, 3), level, np.float32) for level in (40, 200))
    people = [Cutout(dark, bald, mesh), Cutout(light, hairy, mesh)]
    above, below = (side // 4, side // 2), (side // 2, side // 2)
    for shares, hair in (([0.3, 0.7], 1), ([0.7, 0.3], 0)):
        made = composite(people, np.array(shares, np.float32))
        mixed = float(decided(np.array(shares, np.float32)) @ [40, 200])
        assert made.opacity[above] == pytest.approx(hair)
        assert made.opacity[below] == pytest.approx(1)
        # The colour of hair is that of who has it; the face's is a mean.
        assert made.front[above] == pytest.approx(200, abs=1)
        assert made.front[below] == pytest.approx(mixed, abs=1)
    alone = composite(people[:1], np.ones(1, np.float32))
    np.testing.assert_allclose(alone.shown(), people[0].shown(), atol=1)


def test_a_latent_is_explained_by_the_nearest_mean_of_known_ones() -> None:
    points = np.random.default_rng(0).standard_normal((6, 40)).astype(np.float32)
    np.testing.assert_allclose(
        nearest_mean(points, 0.3 * points[1] + 0.7 * points[4]), [0, 0.3, 0, 0, 0.7, 0], atol=0.01
    )
    far = nearest_mean(points, 9 * points[2])
    assert far.argmax() == 2
    assert far.min() >= 0
    assert far.sum() == pytest.approx(1)


def test_a_portrait_with_a_piece_of_the_room_is_not_learned(voices, monkeypatch) -> None:
    outlines = np.zeros((6, 32, 48), np.float32)
    outlines[:, 8:, 12:36] = 1
    outlines[1, 8:, 13:37] = outlines[1, 8:, 12:36]
    outlines[4, 12:20, 2:12] = 1
    found = unlikeness(outlines)
    assert found[4] == pytest.approx(1)
    assert found[[0, 1, 2, 3, 5]].max() < 0.4
    # Of a speaker with one clip nothing is known to be usual: all portraits are learned.
    gallery = Gallery(voices, 3)
    assert len(gallery.all) == sum(len(voices.portrait_frames(clip, 3)) for clip in voices.dataset.clips("train"))
    clip = voices.dataset.clips("train")[0]
    monkeypatch.setattr(type(voices.dataset), "clips", lambda *_: (clip,) * 3)
    monkeypatch.setattr("talkface_scldm.recipe.gallery.outline", lambda *_: next(each))
    each = itertools.cycle(outlines)
    assert len(Gallery(voices, 2).of[clip.speaker]) == 5


def test_the_decoder_is_given_means_of_latents_and_what_diffusion_makes(whole: Path, dataset: Path) -> None:
    recipe = ScldmRecipe(preset="debug", overrides={"portraits.batch": "24", "portraits.imaginings": "4"})
    stage = recipe.build(recipe.stages()[-1], dataset, finished_weights(whole, STAGES[:2]), Device())
    batch = stage.batch(0, 0)
    count, latent = 24, recipe.settings.model.face.latent
    assert batch["given"].shape == (count, *latent)
    assert batch["shares"].shape == (count, len(batch["seen"]))
    imagined = batch["given"].abs().sum(dim=(1, 2, 3)) > 0
    assert 0 < imagined.sum() < count
    # Each is either what diffusion made or a mean of what is seen.
    np.testing.assert_allclose(batch["shares"].sum(dim=1), 1 - imagined.float(), atol=1e-5)
    assert (batch["shares"] > 0).sum(dim=1).max() > 1
    again = recipe.build(recipe.stages()[-1], dataset, finished_weights(whole, STAGES[:2]), Device()).batch(0, 0)
    for name, value in batch.items():
        torch.testing.assert_close(again[name], value)


def test_the_frozen_encoder_stays_as_it_was(whole: Path) -> None:
    before, after = (load_tensors(whole / stage / "weights" / "speech.safetensors") for stage in STAGES[:2])
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, msg=name)


def test_a_run_is_exported_and_measured(dataset: Path, whole: Path, tmp_path: Path, monkeypatch) -> None:
    recipe = ScldmRecipe(preset="debug", overrides={})
    weights = tmp_path / "weights.safetensors"
    facts = recipe.export(finished_weights(whole, STAGES), weights)
    networks = load_networks(weights)
    assert networks.config == recipe.settings.model
    assert facts["prior_norm"] == pytest.approx(float(networks.space.prior.norm()), rel=0.01)
    assert networks.space.prior.abs().max() > 0
    monkeypatch.setattr(evaluation, "STEPS", 10)
    monkeypatch.setattr(evaluation, "CANDIDATES", 3)
    opened = evaluation.open_teacher
    # VGG-Face itself is the user's file of half a gigabyte; other numbers of a face stand in its place.
    monkeypatch.setattr(evaluation, "open_teacher", lambda name, **_: opened("dlib-attributes"))
    asked = ScldmRecipe(preset="debug", overrides={"evaluation.vgg_face": "vgg-face.safetensors"})
    report = asked.compare(dataset, weights, Device(), tmp_path, Comparison(rows={"base": weights}))
    json.dumps(report)
    assert list(report["splits"]) == ["val", "val, rows", "val, prior", "voices"]
    systems = report["splits"]["val"]["systems"]
    # The same weights, measured by the same eyes on the same clips.
    assert report["splits"]["val, rows"]["systems"] == {"base": systems["imagined"]}
    assert 0 <= systems[NEAREST]["vgg_cos"] < 90
    assert {"vgg_l1", "vgg_l2"} < set(systems[NEAREST])
    with pytest.raises(TrainingError, match="--rows"):
        recipe.compare(dataset, weights, Device(), tmp_path, Comparison(adapt=3))
    assert list(systems) == ["imagined", MEAN, NEAREST, REBUILT]
    assert all(0 <= values["cos"] <= 180 for values in systems.values())
    # The sample's only person is the nearest voice, and nearly its own face.
    assert systems[NEAREST]["gender"] == 1
    assert systems[NEAREST]["true_gender"] in {0, 1}
    assert systems[REBUILT]["best_cos_variance"] == 0
    assert list(report["splits"]["val, prior"]["systems"]) == ["w = 0", "w = 0.5", "w = 1", "w = 1.5"]
    assert set(report["splits"]["voices"]["systems"]["imagined"]) == {
        "same_voice",
        "different_voices",
        "same_is_nearer",
    }
    assert (tmp_path / "portraits.png").is_file()


def test_angles_and_reweighted_priors(debug) -> None:
    assert angle(np.array([1, 0], np.float32), np.array([0, 2], np.float32)) == pytest.approx(90)
    assert angle(np.array([1, 1], np.float32), np.array([3, 3], np.float32)) == pytest.approx(0, abs=0.05)
    torch.testing.assert_close(reweighted(debug.space, 0.5).prior, 0.5 * debug.space.prior)


def test_a_data_set_without_held_out_clips_is_refused(dataset: Path, whole: Path, tmp_path: Path) -> None:
    records = [json.loads(line) | {"split": "train"} for line in (dataset / "clips.jsonl").read_text().splitlines()]
    (tmp_path / "clips.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    shutil.copy(dataset / "dataset.json", tmp_path)
    (tmp_path / "clips").symlink_to(dataset / "clips")
    weights = tmp_path / "weights.safetensors"
    ScldmRecipe(preset="debug", overrides={}).export(finished_weights(whole, STAGES), weights)
    with pytest.raises(TrainingError, match="no held-out clips"):
        ScldmRecipe(preset="debug", overrides={}).evaluate(tmp_path, weights, Device(), tmp_path)
