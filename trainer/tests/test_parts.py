"""The loop's parts, each by itself."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import StagePlan
from talkface_studio.api.values import Device
from talkface_trainer.average import WeightAverage
from talkface_trainer.checkpoint import flatten_optimizers, restore_optimizers
from talkface_trainer.context import StepContext
from talkface_trainer.events import read_events
from talkface_trainer.loader import prefetched, to_device
from talkface_trainer.processes import Processes
from talkface_trainer.schedule import derive_seed, rate_factor


@pytest.mark.parametrize(
    ("schedule", "values"), [("constant", (1, 1, 1)), ("linear", (1, 0.5, 0.1)), ("cosine", (1, 0.5, 0.0245))]
)
def test_rates_follow_the_schedule(schedule, values):
    plan = StagePlan(name="s", steps=14, schedule=schedule, warmup=4)
    assert [rate_factor(plan, step) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert [rate_factor(plan, step) for step in (4, 9, 13)] == pytest.approx(values, abs=1e-3)


def test_seeds_differ_in_every_part_and_stay_the_same():
    seeds = {derive_seed(0, stage, step) for stage in ("a", "b") for step in range(100)}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derive_seed(1, "ab", 2) != derive_seed(1, "a", "b2")
    assert derive_seed(0, "at", 7) == 5549146035006343170


def test_the_average_follows_the_weights_and_copies_buffers():
    net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1))
    average = WeightAverage({"net": net, "other": nn.Linear(1, 1)}, 0.5, ["net"])
    assert set(average.modules) == {"net"}
    nn.init.constant_(net[0].weight, 0)
    average.modules["net"][0].weight.fill_(0)
    net[1].running_mean.fill_(7)
    nn.init.constant_(net[0].weight, 1)
    for step in (0, 1):
        average.update(step)
    # Decays 1/10 and 2/11: 0.9, then 1 - 0.1 * 2/11.
    assert average.modules["net"][0].weight.item() == pytest.approx(1 - 0.1 * 2 / 11)
    assert average.modules["net"][1].running_mean.item() == 7
    assert not average.modules["net"][0].weight.requires_grad


@pytest.mark.parametrize("kind", ["Adam", "AdamW", "SGD", "RMSprop", "Adagrad"])
def test_any_optimizer_continues_from_its_flat_state(kind):
    def build():
        torch.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 1)).to(memory_format=torch.channels_last)
        options = {"momentum": 0.9} if kind in {"SGD", "RMSprop"} else {}
        groups = [{"params": net[0].parameters(), "lr": 0.1}, {"params": net[2].parameters()}]
        return net, getattr(torch.optim, kind)(groups, lr=0.01, **options)

    def step(net, optimizer, seed):
        torch.manual_seed(seed)
        optimizer.zero_grad()
        net(torch.randn(4, 2, 4, 4)).square().mean().backward()
        optimizer.step()

    net, optimizer = build()
    step(net, optimizer, 1)
    tensors, numbers = flatten_optimizers({"o": optimizer})
    other, restored = build()
    other.load_state_dict(net.state_dict())
    restore_optimizers({"o": restored}, tensors, numbers)
    for seed in (2, 3):
        step(net, optimizer, seed)
        step(other, restored, seed)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters(), strict=True))


def test_batches_come_in_order_and_only_a_few_ahead():
    made, ready = [], threading.Semaphore(0)

    def make(step):
        made.append(step)
        ready.release()
        return {"step": step}

    with prefetched(make, 3, 50, depth=2, threads=2) as batches:
        assert next(batches)["step"] == 3
        for _ in range(3):
            ready.acquire(timeout=30)
        assert sorted(made) == [3, 4, 5]
        assert [next(batches)["step"] for _ in range(3)] == [4, 5, 6]
    assert threading.active_count() == len([t for t in threading.enumerate() if not t.name.startswith("loader")])


def test_an_error_comes_where_its_batch_would_have():
    def make(step):
        if step == 2:
            raise KeyError("clip")
        return {"step": step}

    with prefetched(make, 0, 5, depth=3, threads=1) as batches:
        assert [next(batches)["step"], next(batches)["step"]] == [0, 1]
        with pytest.raises(KeyError, match="clip"):
            next(batches)


def test_nested_arrays_become_tensors():
    moved = to_device(
        {"a": np.zeros((2, 3), np.float32)[:, ::-1], "b": [torch.ones(1), "name"], "c": 3}, torch.device("cpu")
    )
    assert moved["a"].shape == (2, 3)
    assert isinstance(moved["b"][0], torch.Tensor)
    assert (moved["b"][1], moved["c"]) == ("name", 3)


def test_two_processes_train_as_one(toy_dataset, tmp_path):
    """Launched as torchrun does, over gloo: one run folder, and gradients that both agree on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("toy.py")
    common = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    common |= {"LOCAL_WORLD_SIZE": "2", "ACCELERATE_USE_CPU": "true"}
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(toy_dataset), str(tmp_path / "run")],
            env={**os.environ, **common, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    errors = [process.communicate(timeout=240)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    steps = [e for e in read_events(tmp_path / "run") if e["event"] == "step"]
    assert len(steps) == 20
    assert (tmp_path / "run" / "second" / "weights" / "net.safetensors").is_file()


def half_precision_context(net):
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    return StepContext(Device(precision="fp16"), {"net": optimizer}, 1.0, Processes())


def test_fp16_scales_gradients_and_leaves_an_overflowing_step_out():
    net = nn.Linear(4, 1)
    context = half_precision_context(net)
    before, scale = net.weight.detach().clone(), context.scaler.get_scale()
    context.begin(0, 10)
    context.optimize("net", (net.weight * 1e36).sum() * 10)
    context.end()
    assert torch.equal(net.weight, before)
    assert context.scaler.get_scale() == scale / 2
    context.begin(1, 10)
    with context.autocast():
        loss = net(torch.ones(2, 4)).square().mean()
    context.optimize("net", loss)
    context.end()
    assert context.progress == 0.1
    assert not torch.equal(net.weight, before)
    # Clipping saw the gradients themselves, not the scaled ones: no step is longer than rate times norm.
    assert (net.weight - before).norm().item() <= 0.1 * 1.0 + 1e-6
    assert 0 < context.norms["net"] < 100


def test_a_step_without_optimizers_and_an_unknown_one():
    context = half_precision_context(nn.Linear(1, 1))
    context.begin(0, 1)
    context.end()
    with pytest.raises(TrainingError, match="no optimiser 'judge'; it has: net"):
        context.optimize("judge", torch.zeros(()))
