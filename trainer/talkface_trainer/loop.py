"""The training loop: runs the stages of a recipe, and nothing that a model would have to know.

After each step the run is a function of the recipe's configuration, the data set and the seed: every step is seeded by
its number, so a run that was killed continues from its last checkpoint to the same losses as one that was not.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Recipe, StagePlan
from talkface_studio.api.values import Device
from talkface_trainer.context import check_device
from talkface_trainer.dataset import Dataset
from talkface_trainer.events import EventLog
from talkface_trainer.processes import launched_processes
from talkface_trainer.run import RunFolder
from talkface_trainer.stages import LoopSettings, StageRunner


def train(
    recipe: Recipe,
    dataset: Path,
    run: Path,
    *,
    device: Device | None = None,
    seed: int = 0,
    resume: bool = False,
    steps: int | None = None,
    threads: int | None = None,
    loader_threads: int = 1,
    prefetch: int = 3,
    tensorboard: bool = False,
    progress: bool = True,
    made_with: Mapping[str, Any] | None = None,
) -> Path:
    """Train a recipe's stages in order into the folder `run` (see `run`), which is returned.

    With `resume`, a run that is there is continued from its latest checkpoint. `steps` shortens every stage to at most
    that many steps. `threads` is the number of torch's threads. `loader_threads` make at most `prefetch` batches ahead.
    `made_with`, plain data, is what the caller needs to build the same recipe again; the run records it.
    `tensorboard` writes curves, `progress` draws bars on stderr. Ctrl-C (and SIGTERM) ends after the current step with
    a checkpoint, and raises KeyboardInterrupt. Started by torchrun or `accelerate launch`, the processes train as one,
    each with its own batches.

    Raises:
        TrainingError: the data set, recipe or run folder cannot be used, or a loss is no longer finite.
        DeviceError: the device or precision does not exist here.
    """
    processes = launched_processes(device or Device())
    device = processes.device(device or Device())
    target = check_device(device)
    plans = _plans(recipe, steps)
    summary = Dataset(dataset).summary()
    folder = RunFolder(run)
    settings = LoopSettings(
        seed=seed, device=device, target=target, loader_threads=loader_threads, prefetch=prefetch, progress=progress
    )
    with _threads(threads), _polite_stop() as stop:
        if processes.main:
            identity = {"model": recipe.model, "config": dict(recipe.config), "seed": seed, "data": summary}
            identity |= {"made_with": dict(made_with)} if made_with is not None else {}
            session = {
                "device": device.torch_name,
                "precision": device.precision,
                "threads": torch.get_num_threads(),
                "processes": processes.count,
                "steps": {plan.name: plan.steps for plan in plans},
            }
            folder.open(identity, session, resume=resume)
        processes.wait()
        done: dict[str, Path] = {}
        for plan in plans:
            if not folder.finished(plan.name):
                torch.manual_seed(settings.seed_of(plan, "build"))
                stage = recipe.build(plan, dataset, dict(done), device)
                runner = StageRunner(plan, stage, folder, settings=settings, processes=processes, stop=stop)
                runner.restore(tuple(done))
                with EventLog(run, tensorboard=tensorboard) if processes.main else nullcontext() as events:
                    runner.run(events)
                processes.wait()
            done[plan.name] = folder.weights(plan.name)
    return run


def _plans(recipe: Recipe, steps: int | None) -> list[StagePlan]:
    if steps is not None and steps < 1:
        raise TrainingError(f"a training of {steps} steps is none; ask for 1 or more")
    plans = list(recipe.stages())
    if not plans or len({plan.name for plan in plans}) < len(plans):
        raise TrainingError(f"the recipe of {recipe.model} has no stages, or two of the same name")
    return [plan if steps is None else replace(plan, steps=min(steps, plan.steps)) for plan in plans]


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _polite_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, so that no step is cut in two; a second Ctrl-C interrupts at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
