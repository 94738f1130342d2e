"""What a stage's step gets from the loop: the precision, and the way to step an optimiser."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn

from talkface_studio.api.errors import DeviceError, TrainingError
from talkface_studio.api.recipe import TrainContext
from talkface_studio.api.values import Device
from talkface_trainer.processes import Processes


class StepContext(TrainContext):
    """Implements `api.recipe.TrainContext`.

    fp16 gradients are scaled, one scaler for all optimisers of the stage; a step whose gradients overflow is left out.
    """

    def __init__(
        self, device: Device, optimizers: Mapping[str, torch.optim.Optimizer], clip_norm: float, processes: Processes
    ) -> None:
        self.device = device
        self.step = 0
        self.progress = 0.0
        self.norms: dict[str, float] = {}
        """Gradient norms of the current step by optimiser, before clipping; only where clipping is on."""
        self.scaler = torch.amp.GradScaler(device.kind) if device.precision == "fp16" else None
        self._scaled = False
        self._optimizers = optimizers
        self._clip_norm = clip_norm
        self._processes = processes
        self._parameters: dict[str, list[nn.Parameter]] = {
            name: [parameter for group in optimizer.param_groups for parameter in group["params"]]
            for name, optimizer in optimizers.items()
        }

    def begin(self, step: int, steps: int) -> None:
        """Move to a step."""
        self.step = step
        self.progress = step / steps
        self.norms = {}
        self._scaled = False

    def autocast(self) -> AbstractContextManager[Any]:
        """See `TrainContext.autocast`."""
        if self.device.precision == "fp32":
            return nullcontext()
        dtype = torch.bfloat16 if self.device.precision == "bf16" else torch.float16
        return torch.autocast(self.device.kind, dtype=dtype)

    def optimize(self, optimizer: str, loss: Any) -> None:
        """See `TrainContext.optimize`.

        Raises:
            TrainingError: the loss is not finite, or the stage has no such optimiser.
        """
        if optimizer not in self._optimizers:
            raise TrainingError(f"the stage has no optimiser {optimizer!r}; it has: {', '.join(self._optimizers)}")
        chosen, parameters = self._optimizers[optimizer], self._parameters[optimizer]
        if not bool(torch.isfinite(loss)):
            raise DivergedError(f"the loss of optimiser {optimizer!r} is {float(loss.detach())}")
        chosen.zero_grad(set_to_none=True)
        (self.scaler.scale(loss) if self.scaler else loss).backward()
        self._processes.average_gradients(parameters)
        if self._clip_norm > 0:
            if self.scaler:
                self.scaler.unscale_(chosen)
            self.norms[optimizer] = float(nn.utils.clip_grad_norm_(parameters, self._clip_norm))
        if self.scaler:
            self._scaled = True
            self.scaler.step(chosen)
        else:
            chosen.step()

    def end(self) -> None:
        """Finish a step: let the scaler look at what overflowed."""
        if self.scaler and self._scaled:
            self.scaler.update()


class DivergedError(Exception):
    """A loss is NaN or infinite; the loop turns it into a TrainingError that names the step."""


def check_device(device: Device) -> torch.device:
    """The device as torch knows it.

    Raises:
        DeviceError: this machine does not have it, or it cannot train in this precision.
    """
    if device.kind == "cuda" and device.index >= torch.cuda.device_count():
        raise DeviceError(
            f"no GPU {device.index} on this machine ({torch.cuda.device_count()} found); use --device cpu"
        )
    if device.kind == "cpu" and device.precision == "fp16":
        raise DeviceError("a CPU cannot train in fp16; use bf16 or fp32")
    return torch.device(device.torch_name)
