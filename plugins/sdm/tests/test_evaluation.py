"""The measures of head motion, and the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from prepared_clips import shortened_clips
from talkface_sdm.config import ABLATIONS
from talkface_sdm.recipe import evaluation
from talkface_sdm.recipe.evaluation import REPLAYED, STILL
from talkface_sdm.recipe.head_measures import beat_alignment, head_figures, variance_across
from talkface_sdm.recipe.recipe import SdmRecipe
from talkface_sdm.weights import save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison
from talkface_studio.api.values import Device
from talkface_trainer import identity
from talkface_trainer.dataset import Dataset
from talkface_trainer.evaluation import aligned_frames

FRAMES = 24


@pytest.fixture(scope="module")
def short(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clips of `val` and `val_unseen`, and the first one to train on."""
    folder = shortened_clips(dataset, tmp_path_factory.mktemp("short"), frames=FRAMES)
    first = json.loads((folder / "clips.jsonl").read_text().splitlines()[0])
    (folder / "clips" / "again").symlink_to(folder / "clips" / first["id"])
    with (folder / "clips.jsonl").open("a") as lines:
        lines.write(json.dumps(first | {"id": "again", "split": "train"}) + "\n")
    return folder


def turning(degrees: float, rate: float, seconds: float = 8.0) -> np.ndarray:
    t = np.arange(round(seconds * 25)) / 25
    motion = np.zeros((len(t), 142), np.float32)
    motion[:, 1] = np.radians(degrees) * np.sin(2 * np.pi * rate * t)
    return motion


def test_figures_of_a_head_that_turns_to_and_fro() -> None:
    found = head_figures(turning(3.0, 0.5))
    assert found["yaw_range"] == pytest.approx(6, rel=0.01)
    assert found["pitch_range"] == 0
    # To and fro in two seconds is twelve degrees.
    assert found["turn_speed"] == pytest.approx(6, rel=0.02)
    assert found["turn_acceleration"] == pytest.approx(3 * (2 * np.pi * 0.5) ** 2 * 2 / np.pi, rel=0.03)


def test_variance_is_that_of_the_seeds_not_of_the_motion() -> None:
    motion = turning(3.0, 0.5)
    assert variance_across([motion, motion]) == 0
    assert variance_across([motion, -motion]) > 0.5


def test_beats_that_meet_count_and_others_do_not() -> None:
    motion = turning(3.0, 1.0)
    speed = np.linalg.norm(np.diff(motion[:, :3], axis=0), axis=1)
    met = np.concatenate([[0], np.cumsum(speed)])
    missed = np.concatenate([[0], np.cumsum(np.roll(speed, 6))])
    assert beat_alignment(motion, met) > 0.95
    assert beat_alignment(motion, missed) < 0.3
    assert np.isnan(beat_alignment(np.zeros((50, 142), np.float32), met[:50]))


def test_the_report_has_every_system_and_its_tables(short: Path, debug, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(evaluation, "SEEDS", 2)
    monkeypatch.setattr(identity, "COMPARED_FACES", 1)
    save_networks(tmp_path / "debug.safetensors", debug)
    weights = tmp_path / "debug.safetensors"
    recipe = SdmRecipe(preset="debug", overrides={})
    with pytest.raises(TrainingError, match="compares --rows alone"):
        recipe.compare(short, weights, Device(), tmp_path, Comparison(adapt=3))
    report = recipe.compare(short, weights, Device(), tmp_path, Comparison(rows={"anew": weights}, clips=1))
    json.dumps(report)
    assert report["start"] == "K = 50 of 100"
    assert list(report["splits"]) == ["val, motion", "val, pictures", "val_unseen, motion", "val_unseen, pictures"]
    motion, pictures = report["splits"]["val, motion"]["systems"], report["splits"]["val, pictures"]["systems"]
    ends = [f"real clips, {part}th percentile" for part in (5, 95)]
    assert list(motion) == ["real clips", *ends, *ABLATIONS, STILL, REPLAYED, "anew"]
    assert list(pictures) == [*ABLATIONS, STILL, REPLAYED]
    assert motion[ends[0]]["turn_speed"] <= motion["real clips"]["turn_speed"] <= motion[ends[1]]["turn_speed"]
    assert motion[STILL]["within_spread"] < motion["real clips"]["within_spread"]
    # The further row is the same file.
    assert motion["anew"] == motion["full"]
    # Where dlib is not installed, the report says so.
    assert ("csim_dlib" in pictures["full"]) != report["identity"].startswith("not measured")
    assert motion[STILL]["turn_speed"] == motion[STILL]["variance_across_seeds"] == 0
    assert motion["full"]["variance_across_seeds"] > 0
    # Its own motion, replayed: nothing is wrong with it.
    assert motion[REPLAYED]["opening_correlation"] == pytest.approx(1)
    assert motion[REPLAYED]["lip_error"] == pytest.approx(0, abs=1e-4)
    assert 0 < pictures[REPLAYED]["lmd"] < 6
    assert 0 < pictures[REPLAYED]["ssim"] <= 1
    assert len(list(tmp_path.glob("*.png"))) == 1


def test_faces_are_brought_to_one_place(short: Path) -> None:
    data = Dataset(short)
    crops = np.array(data.clips("val")[0].crops[:3])
    shifted = np.roll(crops, 5, axis=2)
    one, other = aligned_frames(crops, data.layout), aligned_frames(shifted, data.layout)
    middle = np.s_[:, 40:110, 40:110]
    before = np.abs(crops[middle].astype(int) - shifted[middle]).mean()
    assert np.abs(one[middle].astype(int) - other[middle]).mean() < 0.4 * before


def test_a_data_set_without_held_out_clips_is_refused(short: Path, tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text((short / "dataset.json").read_text())
    (tmp_path / "clips.jsonl").write_text("")
    with pytest.raises(TrainingError, match="no held-out clips"):
        SdmRecipe(preset="debug", overrides={}).evaluate(tmp_path, None, Device(), tmp_path)
