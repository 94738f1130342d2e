"""The measures of the paper, on the sample video with untrained networks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import talkface_ltfg_gan
from prepared_clips import PER_FRAME, shortened_clips
from talkface_ltfg_gan.config import preset
from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_ltfg_gan.generator import LtfgGenerator
from talkface_ltfg_gan.recipe.data import LandmarkClips
from talkface_ltfg_gan.recipe.evaluation import ADAPTED, MANY
from talkface_ltfg_gan.recipe.evaluation_dubs import KEPT, MODEL, RAW, STILL
from talkface_ltfg_gan.recipe.evaluation_renderer import SYSTEMS as ALONE
from talkface_ltfg_gan.recipe.evaluation_renderer import HeldOut, rendered
from talkface_ltfg_gan.recipe.recipe import LtfgRecipe
from talkface_ltfg_gan.weights import LtfgNetworks, save_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison, Contender
from talkface_studio.api.values import ByteArray, Device, Options
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import model_frames
from talkface_trainer.tally import TRUTH, Judges, Tally, Truth

FRAMES = 30


@pytest.fixture(scope="module")
def short(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shortened_clips(dataset, tmp_path_factory.mktemp("short"), frames=FRAMES)


@pytest.fixture(scope="module")
def clips(short: Path) -> LandmarkClips:
    return LandmarkClips(Dataset(short), preset("debug"))


@pytest.fixture(scope="module")
def held_out(clips: LandmarkClips) -> HeldOut:
    return HeldOut.of(clips, clips.dataset.clips("val")[0])


def test_what_is_measured_is_no_neighbour_of_what_is_known(clips: LandmarkClips, held_out: HeldOut) -> None:
    np.testing.assert_array_equal(held_out.frames, np.arange(17, 30))
    assert held_out.frames.min() - held_out.references.max() > 2
    assert held_out.references.min() == 0
    side = clips.config.face_generator.size
    np.testing.assert_array_equal(held_out.truth, model_frames(held_out.clip, held_out.frames, side))
    known = model_frames(held_out.clip, held_out.references, side)
    for window in held_out.windows:
        assert window.weights[0] == 1
        for picture in window.references:
            assert (known == picture).all(axis=(1, 2, 3)).any()


@pytest.fixture(scope="module")
def alone(held_out: HeldOut) -> Mapping[str, ByteArray]:
    """What an untrained renderer and the others make of the clip."""
    torch.manual_seed(0)
    return rendered(FaceGenerator(preset("debug").face_generator).eval(), held_out.windows, torch.device("cpu"))


@pytest.fixture(scope="module")
def judges() -> Judges:
    return Judges.gathered(())


def test_the_renderer_is_measured_beside_a_warp_and_a_picture(
    held_out: HeldOut, alone: Mapping[str, ByteArray], judges: Judges
) -> None:
    tally = Tally(ALONE, judges)
    tally.add(held_out.clip, alone, Truth.of(held_out.truth, np.arange(len(held_out.frames)), held_out.mouths))
    summary = tally.summary()
    assert (summary["clips"], summary["frames"]) == (1, len(held_out.frames))
    generator, warped, nearest = (summary["systems"][system] for system in ALONE)
    assert set(generator) - {"identity"} == {
        *("mouth_psnr", "mouth_ssim", "psnr", "ssim", "flicker", "fid_local"),
        *("lip_lmd", "opening_correlation", "opening_amplitude", "drop_outs"),
    }
    # The warp brings the lips to their places.
    assert warped["lip_lmd"] < nearest["lip_lmd"]
    assert warped["opening_correlation"] > nearest["opening_correlation"]


def test_rows_above_the_network_are_the_frames_own(held_out: HeldOut, alone: Mapping[str, ByteArray]) -> None:
    top = preset("debug").face_generator.top
    for system in ALONE[:2]:
        np.testing.assert_array_equal(alone[system][:, :top], held_out.truth[:, :top])
    nearest = np.stack([window.references[0] for window in held_out.windows])
    np.testing.assert_array_equal(alone["nearest reference"], nearest)


def test_the_warp_of_a_frame_to_itself_is_the_frame(held_out: HeldOut) -> None:
    own = [
        replace(
            window,
            references=np.stack([window.frame, window.frame]),
            reference_points=np.stack([window.points, window.points]),
        )
        for window in held_out.windows[:2]
    ]
    made = rendered(FaceGenerator(preset("debug").face_generator).eval(), own, torch.device("cpu"))
    difference = np.abs(made["analytic warp"].astype(int) - held_out.truth[:2])
    assert difference.max() <= 1


def test_the_truth_measures_perfect_and_a_shift_of_it_does_not(held_out: HeldOut, judges: Judges) -> None:
    tally = Tally(("truth again", "shifted"), judges)
    made = {"truth again": held_out.truth, "shifted": np.roll(held_out.truth, 4, axis=2)}
    tally.add(held_out.clip, made, Truth.of(held_out.truth, np.arange(len(held_out.frames)), held_out.mouths))
    systems = tally.summary()["systems"]
    if judges.embedding is not None:
        assert systems["truth again"]["identity"] == 0
    scores, shifted = systems["truth again"], systems["shifted"]
    perfect = {"mouth_psnr": 100, "ssim": 1, "flicker": 1, "opening_correlation": 1, "opening_amplitude": 1}
    assert {name: scores[name] for name in perfect} == pytest.approx(perfect)
    assert (scores["lip_lmd"], scores["drop_outs"]) == (0, 0)
    assert scores["fid_local"] == pytest.approx(0, abs=1e-6)
    assert shifted["lip_lmd"] == pytest.approx(1000 * 4 / 128, rel=0.1)
    assert shifted["fid_local"] > 1e-3


def test_the_recipe_evaluates_a_weight_file(short: Path, debug: LtfgNetworks, tmp_path: Path) -> None:
    save_networks(tmp_path / "debug.safetensors", debug)
    recipe = LtfgRecipe(preset="debug", overrides={})
    report = recipe.evaluate(short, tmp_path / "debug.safetensors", Device(), tmp_path)
    json.dumps(report)
    assert report["weights"] == "debug.safetensors"
    assert report["sync"].startswith("not measured: ")
    assert list(report["splits"]) == [
        *("val", "val, face generator alone", "val, inside of the mouth"),
        *("val_unseen", "val_unseen, face generator alone", "val_unseen, inside of the mouth"),
    ]
    whole, alone = report["splits"]["val"], report["splits"]["val, face generator alone"]
    assert (whole["frames"], alone["frames"]) == (FRAMES, 13)
    assert (tuple(whole["systems"]), tuple(alone["systems"])) == ((MODEL, RAW, KEPT, STILL), ALONE)
    # What the studio takes of a crop lies in the truth.
    assert whole["systems"][MODEL]["psnr"] > whole["systems"][RAW]["psnr"] + 1
    still = whole["systems"][STILL]
    assert still["flicker"] == 0
    assert still["opening_amplitude"] < 0.3
    # The same mouths at another time.
    kept = whole["systems"][KEPT]
    assert kept["opening_amplitude"] == pytest.approx(1, abs=0.2)
    assert kept["opening_correlation"] < 0.7
    unseen = Dataset(short).clips("val_unseen")[0]
    assert (tmp_path / f"{unseen.id}.png").is_file()
    assert not list(tmp_path.glob(f"{Dataset(short).clips('val')[0].id}*"))


@pytest.fixture(scope="module")
def speaking(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample video as two clips of people whom nobody trained on, one of them with a part of it."""
    folder = tmp_path_factory.mktemp("outside") / "outside"
    shutil.copytree(dataset, folder)
    lines = [json.loads(line) for line in (folder / "clips.jsonl").read_text().splitlines()]
    records = [record | {"split": "eval", "frames": 40, "seconds": 1.6} for record in lines]
    for record in records:
        clip = folder / "clips" / record["id"]
        for path in clip.glob("*.npy"):
            np.save(path, np.load(path)[: 40 if path.stem in PER_FRAME else 40 * 640])
    (folder / "clips.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


def test_other_models_rows_people_and_speeches_stand_beside(
    dataset: Path, speaking: Path, debug: LtfgNetworks, tmp_path: Path
) -> None:
    save_networks(tmp_path / "debug.safetensors", debug)
    card = ModelCard.load(Path(talkface_ltfg_gan.__file__).parent / "plugin.toml", "ltfg-gan")
    other = LtfgGenerator(card)
    weights = {"networks": tmp_path / "debug.safetensors"}
    comparison = Comparison(
        outside={"strangers": speaking},
        others={"another": Contender(generator=other, options=Options(card.parse_options({}), weights=weights))},
        rows={"base": tmp_path / "debug.safetensors"},
        adapt=1,
        clips=1,
    )
    unspoken = tmp_path / "unspoken"
    shutil.copytree(dataset, unspoken)
    lines = [json.loads(line) | {"split": "train"} for line in (unspoken / "clips.jsonl").read_text().splitlines()]
    (unspoken / "clips.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    recipe = LtfgRecipe(preset="debug", overrides={})
    report = recipe.compare(unspoken, weights["networks"], Device(), tmp_path, comparison)
    json.dumps(report)
    assert list(report["splits"]) == [
        *("strangers", "strangers, face generator alone", "strangers, adaptation", "strangers, inside of the mouth"),
    ]
    systems = report["splits"]["strangers"]["systems"]
    assert list(systems) == [MODEL, "row base", "another", RAW, KEPT, STILL, TRUTH]
    # The same weights through the same door.
    assert systems["row base"] == pytest.approx(systems[MODEL])
    assert systems["another"] == pytest.approx(systems[MODEL])
    assert systems[TRUTH]["sync"] > 0.5 > systems[KEPT]["sync"]
    assert set(systems[TRUTH]) == {"sync", "sync_confidence", "sync_offset"}
    # What is left of the clip is too short to shift.
    assert list(report["splits"]["strangers, face generator alone"]["systems"]) == [*ALONE, "row base", ADAPTED]
    learned = report["splits"]["strangers, adaptation"]
    # Of the second second, which is not whole, but for those next to the first.
    assert (list(learned["systems"]), learned["frames"]) == ([ALONE[0], MANY, ADAPTED], 13)
    other.close()


def test_a_data_set_without_held_out_clips_is_refused(short: Path, tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text((short / "dataset.json").read_text())
    (tmp_path / "clips.jsonl").write_text("")
    with pytest.raises(TrainingError, match="no held-out clips"):
        LtfgRecipe(preset="debug", overrides={}).evaluate(tmp_path, None, Device(), tmp_path)
