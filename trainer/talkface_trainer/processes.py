"""One process, or several that were started by torchrun or `accelerate launch` and train as one.

Accelerate owns the process group. Gradients are averaged after each backward instead of wrapping the networks: stages
have several networks and optimisers, call them in any order and leave some out of a step, which wrappers forbid.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from talkface_studio.api.values import Device


class Processes:
    """A process that trains alone; needs nothing of Accelerate."""

    rank = 0
    count = 1

    @property
    def main(self) -> bool:
        """Whether this process writes the run's files."""
        return self.rank == 0

    def device(self, device: Device) -> Device:
        """The device of this process."""
        return device

    def average_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace the gradients by their mean over the processes."""

    def average(self, values: Mapping[str, float]) -> dict[str, float]:
        """Mean over the processes; the keys are the same in all of them."""
        return dict(values)

    def copy_weights(self, modules: Mapping[str, nn.Module]) -> None:
        """Give every process the weights of the first."""

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process."""
        return flag

    def share(self, value: Any) -> Any:
        """The value of the first process, in every process."""
        return value

    def wait(self) -> None:
        """Return when every process has come here."""


class LaunchedProcesses(Processes):
    """Several processes, through Accelerate."""

    def __init__(self, device: Device) -> None:
        from accelerate import Accelerator

        self._accelerator = Accelerator(cpu=device.kind == "cpu")
        self.rank = self._accelerator.process_index
        self.count = self._accelerator.num_processes

    def device(self, device: Device) -> Device:
        """See `Processes.device`."""
        index = self._accelerator.local_process_index
        return device if device.kind == "cpu" else Device("cuda", index, device.precision)

    def average_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """See `Processes.average_gradients`."""
        # A network left out of a step by one process is left out by all: the recipe decides by the step alone.
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if not gradients:
            return
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        mean = self._accelerator.reduce(flat, reduction="mean")
        for gradient, part in zip(gradients, mean.split([gradient.numel() for gradient in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def average(self, values: Mapping[str, float]) -> dict[str, float]:
        """See `Processes.average`."""
        names = sorted(values)
        packed = torch.tensor([values[name] for name in names], dtype=torch.float32, device=self._accelerator.device)
        mean = self._accelerator.reduce(packed, reduction="mean").tolist()
        return dict(zip(names, mean, strict=True))

    def copy_weights(self, modules: Mapping[str, nn.Module]) -> None:
        """See `Processes.copy_weights`."""
        from accelerate.utils import broadcast

        for module in modules.values():
            for tensor in (*module.parameters(), *module.buffers()):
                tensor.data.copy_(broadcast(tensor.data.contiguous()))

    def any(self, flag: bool) -> bool:
        """See `Processes.any`."""
        count = torch.tensor([float(flag)], device=self._accelerator.device)
        return bool(self._accelerator.reduce(count, reduction="sum").item() > 0)

    def share(self, value: Any) -> Any:
        """See `Processes.share`."""
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([value])[0]

    def wait(self) -> None:
        """See `Processes.wait`."""
        self._accelerator.wait_for_everyone()


def launched_processes(device: Device) -> Processes:
    """The processes that this one was started with, by the environment that torchrun and Accelerate set."""
    return LaunchedProcesses(device) if int(os.environ.get("WORLD_SIZE", "1")) > 1 else Processes()
