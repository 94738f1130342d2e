import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from talkface_studio.api.errors import DeviceError, TrainingError
from talkface_studio.api.values import Device
from talkface_trainer.events import read_events
from talkface_trainer.loop import train
from talkface_trainer.run import finished_weights

SCRIPT = Path(__file__).with_name("toy.py")


def losses(run):
    return [(e["stage"], e["step"], e["losses"], e["norms"]) for e in read_events(run) if e["event"] == "step"]


def weights(run, stage="second"):
    return {path.name: load_file(path) for path in (run / stage / "weights").iterdir()}


def same_weights(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(one[f][name], other[f][name]) for f in one for name in one[f])


@pytest.fixture(scope="module")
def whole(toy, toy_dataset, tmp_path_factory):
    run = tmp_path_factory.mktemp("whole") / "run"
    return train(toy.ToyRecipe(), toy_dataset, run, threads=1, progress=False)


def test_a_run_trains_every_stage_and_records_it(whole, toy_dataset):
    steps = losses(whole)
    assert [step[:2] for step in steps] == [("first", i) for i in range(1, 13)] + [("second", i) for i in range(1, 9)]
    assert steps[11][2]["loss"] < steps[0][2]["loss"]
    rates = [e["rates"]["net"] for e in read_events(whole) if e["event"] == "step" and e["stage"] == "first"]
    assert rates[0] == pytest.approx(5e-3)
    assert rates[2] == max(rates)
    assert rates[-1] < 1e-3
    validations = [e for e in read_events(whole) if e["event"] == "validation" and e["stage"] == "first"]
    assert [e["step"] for e in validations] == [4, 8, 12]
    run = json.loads((whole / "run.json").read_text())
    assert run["model"] == "toy"
    assert run["stages"]["first"] == {"perceptual": "none"}
    assert run["data"]["splits"]["train"]["clips"] == 5
    assert run["sessions"][0]["versions"]["torch"] == torch.__version__
    assert sorted(path.name for path in (whole / "samples").iterdir()) == [
        "first_00000006_face.png",
        "first_00000012_face.png",
        "second_00000008_face.png",
    ]
    assert set(finished_weights(whole, ["first", "second"])) == {"first", "second"}


def test_the_best_averaged_weights_are_published(whole):
    done = json.loads((whole / "first" / "done.json").read_text())
    measures = {
        e["step"]: e["measures"]["error"]
        for e in read_events(whole)
        if e["event"] == "validation" and e["stage"] == "first"
    }
    assert done["best_step"] == min(measures, key=measures.get)
    checkpoint = whole / "first" / "checkpoints" / f"step_{done['best_step']:08d}"
    assert same_weights(
        {"net.safetensors": weights(whole, "first")["net.safetensors"]},
        {"net.safetensors": load_file(checkpoint / "net.average.safetensors")},
    )
    assert not torch.equal(
        load_file(checkpoint / "net.safetensors")["0.weight"],
        load_file(checkpoint / "net.average.safetensors")["0.weight"],
    )


def test_old_checkpoints_are_removed(whole):
    kept = sorted(path.name for path in (whole / "first" / "checkpoints").iterdir())
    assert kept[-2:] == ["step_00000010", "step_00000012"]
    assert len(kept) <= 3


def test_a_run_killed_at_any_moment_continues_to_the_same_losses(whole, toy_dataset, tmp_path):
    """First in the middle of a step, then, in the second stage, while a checkpoint is written."""
    run = tmp_path / "run"
    for death in (["first", "6"], ["save", "5"]):
        assert run_script(toy_dataset, run, *death) == -signal.SIGKILL
    assert run_script(toy_dataset, run) == 0
    assert len(json.loads((run / "run.json").read_text())["sessions"]) == 3
    assert losses(run) == losses(whole)
    assert same_weights(weights(run), weights(whole))
    assert not list(run.rglob(".*"))


def run_script(dataset, run, *death):
    command = [sys.executable, str(SCRIPT), str(dataset), str(run), *death]
    return subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False).returncode


def test_ctrl_c_leaves_a_checkpoint_of_the_last_step(toy, toy_dataset, whole, tmp_path):
    recipe = toy.ToyRecipe()
    build = recipe.build

    def build_interrupting(*arguments):
        stage = build(*arguments)
        step = stage.step

        def interrupted(batch, context):
            if context.step == 4:
                signal.raise_signal(signal.SIGINT)
            return step(batch, context)

        stage.step = interrupted
        return stage

    recipe.build = build_interrupting
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, toy_dataset, tmp_path / "run", threads=1, progress=False)
    assert signal.getsignal(signal.SIGINT) is before
    assert (tmp_path / "run" / "first" / "checkpoints" / "step_00000005" / "state.json").is_file()
    train(toy.ToyRecipe(), toy_dataset, tmp_path / "run", resume=True, threads=1, progress=False)
    assert losses(tmp_path / "run") == losses(whole)


def test_a_second_ctrl_c_interrupts_at_once(toy, toy_dataset, tmp_path):
    recipe = toy.ToyRecipe()
    build = recipe.build

    def build_interrupting(*arguments):
        stage = build(*arguments)

        def twice(batch, context):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            raise AssertionError("not interrupted")

        stage.step = twice
        return stage

    recipe.build = build_interrupting
    with pytest.raises(KeyboardInterrupt):
        train(recipe, toy_dataset, tmp_path / "run", threads=1, progress=False)
    assert losses(tmp_path / "run") == []


def test_a_diverged_loss_stops_the_run_and_names_the_step(toy, toy_dataset, tmp_path):
    with pytest.raises(TrainingError, match=r"stage first diverged at step 6: loss is nan; .*checkpoint of step 4"):
        train(toy.ToyRecipe(broken_at=5), toy_dataset, tmp_path / "run", threads=1, progress=False)
    assert [step[1] for step in losses(tmp_path / "run")] == [1, 2, 3, 4, 5]


def test_a_stage_without_progress_ends_early(toy, toy_dataset, tmp_path):
    recipe = toy.ToyRecipe(patience=1)
    build = recipe.build

    def build_stuck(*arguments):
        stage = build(*arguments)
        stage.validate = lambda modules: {"error": 1.0}
        return stage

    recipe.build = build_stuck
    run = train(recipe, toy_dataset, tmp_path / "run", threads=1, progress=False)
    done = json.loads((run / "first" / "done.json").read_text())
    assert (done["steps"], done["best_step"]) == (8, 4)


def test_a_run_is_not_overwritten_nor_resumed_with_another_configuration(toy, toy_dataset, whole):
    with pytest.raises(TrainingError, match="holds a run already"):
        train(toy.ToyRecipe(), toy_dataset, whole, progress=False)
    other = toy.ToyRecipe(overrides={"width": "9"})
    with pytest.raises(TrainingError, match=r"its config\.width is null, not \"9\""):
        train(other, toy_dataset, whole, resume=True, progress=False)
    with pytest.raises(TrainingError, match="its seed is 0, not 1"):
        train(toy.ToyRecipe(), toy_dataset, whole, resume=True, seed=1, progress=False)


def test_a_foreign_folder_is_left_alone(toy, toy_dataset, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(TrainingError, match="exists and is not a run"):
        train(toy.ToyRecipe(), toy_dataset, tmp_path, progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_damaged_checkpoint_is_named(toy, toy_dataset, tmp_path):
    with pytest.raises(TrainingError, match="diverged"):
        train(toy.ToyRecipe(broken_at=5), toy_dataset, tmp_path / "run", threads=1, progress=False)
    state = tmp_path / "run" / "first" / "checkpoints" / "step_00000004"
    (state / "net.safetensors").write_bytes(b"half a file")
    with pytest.raises(TrainingError, match=r"step_00000004: cannot be resumed .*; remove this folder") as caught:
        train(toy.ToyRecipe(), toy_dataset, tmp_path / "run", resume=True, threads=1, progress=False)
    assert "\n" not in str(caught.value)


def test_steps_shortens_every_stage(toy, toy_dataset, tmp_path):
    run = train(toy.ToyRecipe(), toy_dataset, tmp_path / "run", steps=2, threads=1, progress=False)
    assert [step[:2] for step in losses(run)] == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]


def test_bf16_trains_on_a_cpu_and_fp16_is_refused(toy, toy_dataset, tmp_path):
    run = train(
        toy.ToyRecipe(),
        toy_dataset,
        tmp_path / "run",
        device=Device(precision="bf16"),
        steps=2,
        threads=1,
        progress=False,
    )
    assert all(np.isfinite(step[2]["loss"]) for step in losses(run))
    with pytest.raises(DeviceError, match="fp16"):
        train(toy.ToyRecipe(), toy_dataset, tmp_path / "other", device=Device(precision="fp16"), progress=False)
    assert not (tmp_path / "other").exists()


def test_it_trains_outside_the_main_thread(toy, toy_dataset, tmp_path):
    thread = threading.Thread(
        target=train,
        args=(toy.ToyRecipe(), toy_dataset, tmp_path / "run"),
        kwargs={"steps": 1, "threads": 1, "progress": False},
    )
    thread.start()
    thread.join()
    assert len(losses(tmp_path / "run")) == 2


def test_an_error_in_a_batch_ends_the_run(toy, toy_dataset, tmp_path):
    recipe = toy.ToyRecipe()
    build = recipe.build

    def build_without_data(*arguments):
        stage = build(*arguments)
        stage.dataset.sample_clip(np.random.default_rng(0), split="train")
        stage.batch = lambda step, seed: stage.dataset.sample_clip(np.random.default_rng(seed), split="nobody")
        return stage

    recipe.build = build_without_data
    with pytest.raises(TrainingError, match="no clips in the split 'nobody'"):
        train(recipe, toy_dataset, tmp_path / "run", threads=1, progress=False)


def test_tensorboard_gets_the_curves(toy, toy_dataset, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = train(toy.ToyRecipe(), toy_dataset, tmp_path / "run", steps=2, threads=1, tensorboard=True, progress=False)
    curves = EventAccumulator(str(run / "tensorboard")).Reload()
    assert {"first/loss", "first/validation/error", "second/judged"} <= set(curves.Tags()["scalars"])
    values = [step[2]["loss"] for step in losses(run) if step[0] == "first"]
    assert [point.value for point in curves.Scalars("first/loss")] == pytest.approx(values)
