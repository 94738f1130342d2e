"""Checkpoints of one stage: networks, averages and optimisers as safetensors, numbers as JSON.

    step_00000250/
      <module>.safetensors            the weights being trained
      <module>.average.safetensors    their moving average, where there is one
      optimizers.safetensors          every tensor of every optimiser, named <optimizer>/<parameter>/<name>
      state.json                      step, best measure, numbers of the optimisers, scale of the fp16 gradients

A checkpoint is written beside its place and renamed, so that a kill leaves the old ones.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from talkface_studio.api.errors import TrainingError
from talkface_trainer.files import publish_folder, remove_drafts

KEPT = 2
"""Latest checkpoints that stay, besides the best one."""


@dataclass
class StageState:
    """The numbers of a stage that are not weights."""

    step: int = 0
    """Steps done."""
    best_step: int | None = None
    best_measure: float | None = None
    idle_validations: int = 0
    """Validations since the best one."""
    seconds: float = 0.0
    """Time spent training, over all sessions."""
    scaler: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainedParts:
    """Everything of a stage that a checkpoint holds, to be written from or read into."""

    modules: Mapping[str, nn.Module]
    averages: Mapping[str, nn.Module]
    optimizers: Mapping[str, torch.optim.Optimizer]


class CheckpointFolder:
    """The checkpoints of one stage."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def steps(self) -> list[int]:
        """Steps of which there is a checkpoint, rising."""
        return sorted(int(path.name.removeprefix("step_")) for path in self._folder.glob("step_*"))

    def path(self, step: int) -> Path:
        """Where the checkpoint of a step lies."""
        return self._folder / f"step_{step:08d}"

    def save(self, parts: TrainedParts, state: StageState) -> Path:
        """Write the checkpoint of `state.step` (kept as it is where it exists) and remove those no longer needed."""
        final = self.path(state.step)
        if not final.exists():
            draft = self._folder / f".{final.name}"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for name, module in parts.modules.items():
                save_weights(module, draft / f"{name}.safetensors")
            for name, module in parts.averages.items():
                save_weights(module, draft / f"{name}.average.safetensors")
            tensors, numbers = flatten_optimizers(parts.optimizers)
            save_file(tensors, draft / "optimizers.safetensors")
            document = {"state": state.__dict__, "optimizers": numbers}
            (draft / "state.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
            publish_folder(draft, final)
        keep = {*self.steps()[-KEPT:], state.best_step}
        for step in self.steps():
            if step not in keep:
                # Renamed first: a removal that is cut short must not leave something that looks like a checkpoint.
                doomed = self.path(step).rename(self._folder / f".old_{step:08d}")
                shutil.rmtree(doomed, ignore_errors=True)
        return final

    def load(self, parts: TrainedParts) -> StageState | None:
        """Read the latest checkpoint; None if there is none.

        Raises:
            TrainingError: it is damaged or belongs to other networks.
        """
        remove_drafts(self._folder)
        if not self.steps():
            return None
        folder = self.path(self.steps()[-1])
        try:
            for name, module in parts.modules.items():
                load_weights(module, folder / f"{name}.safetensors")
            for name, module in parts.averages.items():
                load_weights(module, folder / f"{name}.average.safetensors")
            document = json.loads((folder / "state.json").read_text(encoding="utf-8"))
            restore_optimizers(parts.optimizers, load_file(folder / "optimizers.safetensors"), document["optimizers"])
            return StageState(**document["state"])
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:200]
            raise TrainingError(
                f"{folder}: cannot be resumed ({reason}); remove this folder to use an older one"
            ) from None

    def drop_after(self, step: int) -> None:
        """Remove checkpoints of later steps."""
        for later in self.steps():
            if later > step:
                shutil.rmtree(self.path(later))


def save_weights(module: nn.Module, path: Path) -> None:
    """Write a module's state (weights and buffers) as safetensors."""
    save_file({name: _stored(tensor) for name, tensor in module.state_dict().items()}, path)


def load_weights(module: nn.Module, path: Path) -> None:
    """Read a module's state from safetensors; the names and shapes must be the module's."""
    module.load_state_dict(load_file(path))


def flatten_optimizers(
    optimizers: Mapping[str, torch.optim.Optimizer],
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The state of optimisers as named tensors, and the rest of it as plain data."""
    tensors: dict[str, torch.Tensor] = {}
    numbers: dict[str, Any] = {}
    for name, optimizer in optimizers.items():
        state = optimizer.state_dict()
        plain: dict[str, dict[str, Any]] = {}
        for index, values in state["state"].items():
            plain[str(index)] = {}
            for key, value in values.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"{name}/{index}/{key}"] = _stored(value)
                else:
                    plain[str(index)][key] = value
        numbers[name] = {"state": plain, "groups": state["param_groups"]}
    return tensors, numbers


def restore_optimizers(
    optimizers: Mapping[str, torch.optim.Optimizer], tensors: Mapping[str, torch.Tensor], numbers: Mapping[str, Any]
) -> None:
    """Undo `flatten_optimizers`."""
    for name, optimizer in optimizers.items():
        saved = numbers[name]
        state = {int(index): dict(values) for index, values in saved["state"].items()}
        for key, tensor in tensors.items():
            owner, index, part = key.rsplit("/", 2)
            if owner == name:
                state[int(index)][part] = tensor
        groups = [
            {key: tuple(value) if key == "betas" else value for key, value in group.items()}
            for group in saved["groups"]
        ]
        optimizer.load_state_dict({"state": state, "param_groups": groups})
        _match_layouts(optimizer)


def _match_layouts(optimizer: torch.optim.Optimizer) -> None:
    """Give moments the memory layout of their parameter, which safetensors does not keep."""
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _stored(tensor: torch.Tensor) -> torch.Tensor:
    # A copy, because safetensors refuses tensors that share memory, as tied weights do.
    return tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
