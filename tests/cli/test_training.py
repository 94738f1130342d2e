"""`prepare`, `train`, `export-weights` and `evaluate`, with a recipe of one number."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

import toy_plugins
from command_line import Talkface
from talkface_studio.api.values import CropLayout
from talkface_studio.cli import training

dataset_module = pytest.importorskip("talkface_trainer.dataset")

RECIPE = """
import torch
from safetensors.torch import load_file, save_file

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Recipe, Stage, StagePlan


class Guess(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.value = torch.nn.Parameter(torch.zeros(1))


class GuessStage(Stage):
    def __init__(self, goal):
        self.goal = goal
        self.net = Guess()
        self.modules = {"guess": self.net}
        self.optimizers = {"guess": torch.optim.SGD(self.net.parameters(), lr=0.2)}

    def batch(self, step, seed):
        return {"goal": torch.tensor([self.goal])}

    def step(self, batch, context):
        if self.goal == 666:
            raise KeyboardInterrupt
        loss = (self.net.value - batch["goal"]).square().sum()
        context.optimize("guess", loss)
        return {"loss": loss.item()}


class GuessRecipe(Recipe):
    model = "toy"

    def __init__(self, *, preset, overrides):
        if set(overrides) - {"goal"}:
            raise TrainingError(f"--set {next(iter(overrides))}: there is no such setting; there is: goal")
        self.goal = float(overrides.get("goal", 1.0))
        self.preset = preset

    @property
    def config(self):
        return {"goal": self.goal, "preset": self.preset}

    def stages(self):
        return (StagePlan(name="guess", steps=30, validate_every=100, checkpoint_every=10, sample_every=100),)

    def build(self, plan, dataset, done, device):
        return GuessStage(self.goal)

    def export(self, done, output):
        save_file(load_file(done["guess"] / "guess.safetensors"), output)
        return {"goal": self.goal}

    def evaluate(self, dataset, weights, device, output):
        (output / "picture.txt").write_text("picture")
        error = abs(load_file(weights)["value"].item() - self.goal) if weights else float("nan")
        systems = {"model": {"error": error}, "zero": {"error": self.goal}}
        return {"model": "toy", "splits": {"val": {"clips": 1, "systems": systems}}}
"""

REGISTER = """
@hookimpl
def talkface_register_recipes(registrar):
    registrar.add("toy", "guess_recipe:GuessRecipe")
"""


@pytest.fixture
def model(site: Path) -> str:
    (site / "guess_recipe.py").write_text(RECIPE)
    toy_plugins.install_model(site, "toy", source=REGISTER)
    return "toy"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """One clip of noise."""
    folder = tmp_path / "dataset"
    target = folder / "clips" / "clip-0"
    target.mkdir(parents=True)
    count, size = 5, 32
    rng = np.random.default_rng(0)
    np.save(target / "crops.npy", rng.integers(0, 256, (count, size, size, 3), dtype=np.uint8))
    np.save(target / "landmarks.npy", rng.normal(16, 5, (count, 478, 3)).astype(np.float32))
    np.save(target / "matrices.npy", np.tile(np.eye(2, 3), (count, 1, 1)))
    np.save(target / "times.npy", np.arange(count) / 25)
    np.save(target / "observed.npy", np.ones(count, dtype=bool))
    np.save(target / "speech.npy", np.zeros(3200, np.float32))
    record = dataset_module.ClipRecord(id="clip-0", path="0.mp4", speaker="a", split="train", frames=5, seconds=0.2)
    settings = {
        "version": dataset_module.VERSION,
        "layout": asdict(CropLayout(size=size)),
        "frame_rate": 25.0,
        "features": [],
        "limits": {},
    }
    (folder / "dataset.json").write_text(json.dumps(settings))
    (folder / "clips.jsonl").write_text(json.dumps(asdict(record)) + "\n")
    return folder


def test_from_run_to_report(talkface: Talkface, model: str, dataset: Path, tmp_path: Path) -> None:
    run, weights, report = tmp_path / "run", tmp_path / "toy.safetensors", tmp_path / "report"
    options = ("--preset", "debug", "--set", "goal=3", "--device", "cpu", "--quiet", "--json")
    answer = talkface("train", "toy", dataset, "-o", run, *options)
    assert answer.code == 0, answer.err
    assert answer.document["stages"]["guess"]["steps"] == 30
    made = json.loads((run / "run.json").read_text())
    assert made["made_with"] == {"preset": "debug", "overrides": {"goal": "3"}}

    answer = talkface("export-weights", run, "-o", weights, "--json")
    assert answer.code == 0, answer.err
    assert answer.document["facts"] == {"goal": 3.0}
    assert len(answer.document["sha256"]) == 64

    answer = talkface("evaluate", "toy", dataset, "-o", report, "--weights", weights, "--device", "cpu")
    assert answer.code == 0, answer.err
    assert "| model | 2.0" in answer.out
    assert json.loads((report / "report.json").read_text())["splits"]["val"]["systems"]["model"]["error"] == (
        pytest.approx(2.0, abs=0.01)
    )
    assert (report / "report.md").read_text() in answer.out
    assert (report / "picture.txt").is_file()


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("--beside", "toy"), "the model itself"),
        (("--beside", "nobody"), "no model named 'nobody'"),
        (("--rows", "."), "NAME.safetensors"),
        (("--outside", "nowhere"), "not a prepared data set"),
        (("--adapt", "5"), "measures this model by itself only"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_one_line(
    talkface: Talkface, model: str, dataset: Path, tmp_path: Path, asked: tuple[str, str], line: str
) -> None:
    option, value = asked
    value = str(tmp_path) if value == "." else value
    answer = talkface("evaluate", "toy", dataset, "-o", tmp_path / "report", option, value, "--device", "cpu")
    assert answer.code == 2
    assert line in answer.line


def test_resume_takes_the_settings_of_the_run(talkface: Talkface, model: str, dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    base = ("train", "toy", dataset, "-o", run, "--device", "cpu", "--quiet")
    assert talkface(*base, "--preset", "debug", "--set", "goal=3", "--steps", "5").code == 0
    answer = talkface(*base)
    assert answer.code == 2
    assert "--resume" in answer.line or "resume it" in answer.line
    assert talkface(*base, "--resume").code == 0
    answer = talkface(*base, "--resume", "--set", "goal=4")
    assert answer.code == 2
    assert "cannot resume" in answer.line


def test_interrupted_training_says_how_to_go_on(talkface: Talkface, model: str, dataset: Path, tmp_path: Path) -> None:
    options = ("--set", "goal=666", "--device", "cpu", "--quiet")
    answer = talkface("train", "toy", dataset, "-o", tmp_path / "run", *options)
    assert answer.code == 3
    assert "continue with the same command and --resume" in answer.line


def test_train_refuses(talkface: Talkface, model: str, dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    for arguments, words in (
        (["lost", dataset], "no recipe trains a model named 'lost'; there are: toy"),
        (["toy", dataset, "--preset", "huge"], "has no preset 'huge'; it has: paper, compact, debug"),
        (["toy", dataset, "--set", "colour=red"], "there is no such setting"),
        (["toy", dataset, "--set", "goal"], "is not key=value"),
        (["toy", tmp_path / "lost"], "lost"),
        (["toy", dataset, "--device", "tpu"], "device 'tpu'"),
        (["toy", dataset, "--steps", "0"], "--steps"),
    ):
        answer = talkface("train", *arguments, "-o", run)
        assert answer.code == 2
        assert words in answer.line
        assert not run.exists()


def test_export_and_evaluate_refuse(talkface: Talkface, model: str, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    before = sorted(tmp_path.rglob("*"))
    out = tmp_path / "out"
    for arguments, words in (
        (["export-weights", tmp_path / "run", "-o", out], "not a training run"),
        (["export-weights", tmp_path / "run", "-o", tmp_path / "lost" / "out"], "this folder does not exist"),
        (["evaluate", "toy", dataset, "-o", out, "--weights", tmp_path / "lost"], "no such weight file"),
        (["evaluate", "toy", tmp_path / "lost", "-o", out], "lost"),
        (["evaluate", "lost", dataset, "-o", out], "no recipe trains a model named 'lost'"),
    ):
        answer = talkface(*arguments)
        assert answer.code == 2
        assert words in answer.line
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["prepare", "clips", "-o", "set"],
        ["train", "toy", "set", "-o", "run"],
        ["export-weights", "run", "-o", "out"],
        ["evaluate", "toy", "set", "-o", "report"],
    ],
)
def test_without_the_trainer(
    talkface: Talkface,
    model: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    answer = talkface(*arguments)
    assert answer.code == 2
    assert "pip install 'talkface-studio[train]'" in answer.line


def test_prepare(talkface: Talkface, clip: Path, folder: Path, tmp_path: Path) -> None:
    clips = tmp_path / "clips" / "alice"
    clips.mkdir(parents=True)
    shutil.copy(clip, clips / "one.mp4")
    (clips / "two.mp4").write_text("no video")
    arguments = ("prepare", tmp_path / "clips", "-o", tmp_path / "set", "--features", "mfcc", "--quiet")
    answer = talkface(*arguments, "--json")
    assert answer.code == 0, answer.err
    assert "alice/two.mp4" in answer.document["rejected"]
    assert answer.document["new"] == 2
    answer = talkface(*arguments)
    assert answer.code == 0
    assert "0 looked at" in answer.out
    assert "two.mp4: " in answer.out


def test_prepare_refuses(talkface: Talkface, tmp_path: Path, clip: Path, folder: Path) -> None:
    for arguments, words in (
        ([tmp_path / "lost", "-o", tmp_path / "set"], "lost: no such folder"),
        ([folder, "-o", tmp_path / "set", "--features", "smell"], "smell"),
        ([folder, "-o", tmp_path / "set", "--workers", "0"], "--workers"),
    ):
        answer = talkface("prepare", *arguments)
        assert answer.code == 2
        assert words in answer.line
        assert not (tmp_path / "set").exists()
