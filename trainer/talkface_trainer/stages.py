"""One stage of a run: steps, averages, validations, checkpoints, samples."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Stage, StagePlan
from talkface_studio.api.values import Device
from talkface_trainer.average import WeightAverage
from talkface_trainer.checkpoint import CheckpointFolder, StageState, TrainedParts, load_weights
from talkface_trainer.context import DivergedError, StepContext
from talkface_trainer.events import EventLog, truncate_events
from talkface_trainer.loader import prefetched, to_device
from talkface_trainer.processes import Processes
from talkface_trainer.run import RunFolder
from talkface_trainer.schedule import derive_seed, rate_factor


@dataclass(frozen=True, kw_only=True)
class LoopSettings:
    """What the whole run shares."""

    seed: int
    device: Device
    target: torch.device
    loader_threads: int
    prefetch: int
    progress: bool

    def seed_of(self, plan: StagePlan, *parts: int | str) -> int:
        """The seed of one thing in one stage."""
        return derive_seed(self.seed, plan.name, *parts)


def finite_losses(recorded: Mapping[str, Any]) -> dict[str, float]:
    """The losses as floats.

    Raises:
        DivergedError: one is NaN or infinite.
    """
    losses = {
        name: float(value.detach() if isinstance(value, torch.Tensor) else value) for name, value in recorded.items()
    }
    for name, value in losses.items():
        if not math.isfinite(value):
            raise DivergedError(f"{name} is {value}")
    return losses


class StageRunner:
    """Runs one stage from where its last checkpoint is to its end."""

    def __init__(
        self,
        plan: StagePlan,
        stage: Stage,
        folder: RunFolder,
        *,
        settings: LoopSettings,
        processes: Processes,
        stop: threading.Event,
    ) -> None:
        self._plan, self._stage, self._folder = plan, stage, folder
        self._settings, self._processes, self._stop = settings, processes, stop
        self._modules: dict[str, nn.Module] = dict(stage.modules)
        for module in self._modules.values():
            convolutional = any(isinstance(part, nn.Conv2d | nn.ConvTranspose2d) for part in module.modules())
            module.to(settings.target)
            if convolutional:
                module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            module.train()
        processes.copy_weights(self._modules)
        self._average = WeightAverage(self._modules, plan.ema, stage.averaged) if plan.ema > 0 else None
        self._context = StepContext(settings.device, stage.optimizers, plan.clip_norm, processes)
        averages = self._average.modules if self._average else {}
        self._parts = TrainedParts(self._modules, averages, stage.optimizers)
        self._checkpoints = CheckpointFolder(folder.checkpoints(plan.name))
        self._rates = {
            name: [group["lr"] for group in optimizer.param_groups] for name, optimizer in stage.optimizers.items()
        }
        self._state = StageState()

    @property
    def shown(self) -> dict[str, nn.Module]:
        """The networks that are validated, shown and kept: averaged where there is an average."""
        return {**self._modules, **(self._average.modules if self._average else {})}

    def restore(self, earlier: tuple[str, ...]) -> None:
        """Go back to the latest checkpoint; events after it, and of later stages, are forgotten."""
        state = self._checkpoints.load(self._parts)
        if state is not None:
            self._state = state
            if self._context.scaler and state.scaler:
                self._context.scaler.load_state_dict(state.scaler)
        self._processes.wait()
        if self._processes.main:
            truncate_events(self._folder.folder, self._plan.name, self._state.step, earlier)
            self._folder.record_stage(self._plan, self._stage.facts)

    def run(self, events: EventLog | None) -> None:
        """Train to the end of the stage and publish its weights. `events` is None in all but the first process.

        Raises:
            TrainingError: a loss is no longer finite.
            KeyboardInterrupt: the run was asked to stop; there is a checkpoint of the last step.
        """
        state = self._state
        began = time.monotonic() - state.seconds
        self._write(events, "resumed" if state.step else "started")
        with self._batches() as batches, self._bar() as bar:
            for batch in batches:
                losses = self._one_step(batch)
                state.step += 1
                state.seconds = round(time.monotonic() - began, 3)
                self._report_step(events, losses)
                bar.set_postfix({name: f"{value:.4g}" for name, value in losses.items()}, refresh=False)
                bar.update()
                ends = self._look(events)
                if self._processes.any(self._stop.is_set()):
                    self._save()
                    self._write(events, "stopped")
                    raise KeyboardInterrupt
                if ends:
                    break
        self._finish(events)

    def _batches(self) -> Any:
        rank = self._processes.rank

        def make(step: int) -> Mapping[str, Any]:
            return self._stage.batch(step, self._settings.seed_of(self._plan, "batch", step, rank))

        first = self._plan.steps if self._ended() else self._state.step
        return prefetched(
            make, first, self._plan.steps, depth=self._settings.prefetch, threads=self._settings.loader_threads
        )

    def _one_step(self, batch: Mapping[str, Any]) -> dict[str, float]:
        plan, step = self._plan, self._state.step
        factor = rate_factor(plan, step)
        for name, optimizer in self._stage.optimizers.items():
            for group, rate in zip(optimizer.param_groups, self._rates[name], strict=True):
                group["lr"] = rate * factor
        torch.manual_seed(self._settings.seed_of(plan, "step", step, self._processes.rank))
        self._context.begin(step, plan.steps)
        try:
            recorded = self._stage.step(to_device(batch, self._settings.target), self._context)
            losses = finite_losses(recorded)
        except DivergedError as error:
            steps = self._checkpoints.steps()
            kept = (
                f"the last good state is the checkpoint of step {steps[-1]}" if steps else "there is no checkpoint yet"
            )
            raise TrainingError(
                f"stage {plan.name} diverged at step {step + 1}: {error}; {kept}; lower the learning rate"
            ) from None
        self._context.end()
        if self._average:
            self._average.update(step)
        return self._processes.average(losses)

    def _look(self, events: EventLog | None) -> bool:
        """Validate, show samples and save where it is time to; whether the stage ends early."""
        plan, step = self._plan, self._state.step
        last = step == plan.steps
        validates = last or (plan.validate_every > 0 and step % plan.validate_every == 0)
        if validates:
            self._validate(events)
        if self._processes.main and (last or (plan.sample_every > 0 and step % plan.sample_every == 0)):
            with self._evaluating():
                self._folder.save_samples(plan.name, step, self._stage.samples(self.shown))
        if validates or (plan.checkpoint_every > 0 and step % plan.checkpoint_every == 0):
            self._save()
        return self._ended()

    def _ended(self) -> bool:
        state, plan = self._state, self._plan
        return state.step >= plan.steps or (plan.patience > 0 and state.idle_validations >= plan.patience)

    def _validate(self, events: EventLog | None) -> None:
        measures: dict[str, float] = {}
        if self._processes.main:
            with self._evaluating():
                measures = {name: float(value) for name, value in self._stage.validate(self.shown).items()}
        measures = self._processes.share(measures)
        state, monitor = self._state, self._plan.monitor
        if monitor and monitor not in measures:
            known = ", ".join(measures) or "none"
            raise TrainingError(f"stage {self._plan.name} monitors {monitor!r}, but its validation measures {known}")
        if monitor and (state.best_measure is None or measures[monitor] < state.best_measure):
            state.best_step, state.best_measure, state.idle_validations = state.step, measures[monitor], 0
        elif monitor:
            state.idle_validations += 1
        if events and measures:
            events.write("validation", self._plan.name, state.step, measures=measures, seconds=state.seconds)
            events.curves(self._plan.name, state.step, {f"validation/{name}": v for name, v in measures.items()})

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Evaluation mode and no gradients, for all modules; afterwards every part is as it was."""
        parts = [part for module in self._modules.values() for part in module.modules()]
        training = [part.training for part in parts]
        for module in self._modules.values():
            module.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            for part, was in zip(parts, training, strict=True):
                part.training = was

    def _save(self) -> None:
        if self._processes.main:
            if self._context.scaler:
                self._state.scaler = self._context.scaler.state_dict()
            self._checkpoints.save(self._parts, self._state)
        self._processes.wait()

    def _finish(self, events: EventLog | None) -> None:
        """Publish the best weights, those of the last step where nothing is monitored."""
        if not self._processes.main:
            return
        state = self._state
        best = state.best_step
        if best is not None and best != state.step:
            folder = self._checkpoints.path(best)
            averages = self._average.modules if self._average else {}
            for name, module in self.shown.items():
                suffix = ".average.safetensors" if name in averages else ".safetensors"
                load_weights(module, folder / f"{name}{suffix}")
        facts = {"steps": state.step, "best_step": best, "best_measure": state.best_measure, "seconds": state.seconds}
        self._write(events, "finished", **facts)
        self._folder.finish(self._plan.name, self.shown, facts)

    def _report_step(self, events: EventLog | None, losses: dict[str, float]) -> None:
        if events is None:
            return
        state = self._state
        rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in self._stage.optimizers.items()}
        norms = {"norms": dict(self._context.norms)} if self._context.norms else {}
        events.write("step", self._plan.name, state.step, losses=losses, rates=rates, **norms, seconds=state.seconds)
        events.curves(self._plan.name, state.step, losses)

    def _write(self, events: EventLog | None, event: str, **facts: Any) -> None:
        if events:
            events.write(event, self._plan.name, self._state.step, **facts)

    def _bar(self) -> Any:
        from tqdm import tqdm

        return tqdm(
            total=self._plan.steps,
            initial=self._state.step,
            desc=self._plan.name,
            unit="step",
            disable=not (self._settings.progress and self._processes.main),
        )
