"""From the user's words ("auto", "cuda:1", "bf16") to a device that exists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

from talkface_studio.api.errors import DeviceError
from talkface_studio.api.values import Device, Precision
from talkface_studio.runtime import half_of_cores


def choose_device(device: str = "auto", precision: str = "auto") -> Device:
    """The device to run on.

    "auto" takes the first CUDA GPU when there is one; its precision is then bf16 where the hardware has it, fp16 on
    older GPUs, and on a CPU bf16 only where it is native (emulated, it is slower than fp32).

    Raises:
        DeviceError: there is no such device, or it cannot compute in this precision.
    """
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = device.partition(":")
    if kind not in {"cpu", "cuda"} or (number and not number.isdecimal()) or (kind == "cpu" and number):
        raise DeviceError(f"device {device!r}: use auto, cpu, cuda or cuda:N")
    index = int(number or 0)
    if kind == "cuda":
        if not torch.cuda.is_available():
            raise DeviceError(f"device {device!r}: torch finds no CUDA GPU on this machine; use --device cpu")
        if index >= torch.cuda.device_count():
            raise DeviceError(f"device {device!r}: this machine has {torch.cuda.device_count()} CUDA GPU(s), from 0")
    return Device(kind="cuda" if kind == "cuda" else "cpu", index=index, precision=_precision(kind, precision))


def list_devices() -> dict[str, Any]:
    """The CUDA GPUs (`index`, `name`, `memory_mb`) and the number of threads that networks use on the CPU.

    Raises:
        ImportError: torch is not installed, or not for this machine.
    """
    import torch

    cuda = []
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(index)
        cuda.append({"index": index, "name": properties.name, "memory_mb": properties.total_memory >> 20})
    return {"cuda": cuda, "cpu_threads": torch.get_num_threads()}


def _precision(kind: str, precision: str) -> Precision:
    import torch

    if precision == "auto":
        if kind == "cuda":
            return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
        return "bf16" if _native_bf16() else "fp32"
    if precision not in get_args(Precision):
        raise DeviceError(f"precision {precision!r}: use auto, fp32, bf16 or fp16")
    if kind == "cpu" and precision == "fp16":
        raise DeviceError("precision 'fp16' needs a CUDA GPU; on a CPU use fp32 or bf16")
    return {"fp32": "fp32", "bf16": "bf16", "fp16": "fp16"}[precision]  # type: ignore[return-value]


def _native_bf16() -> bool:
    import torch

    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(supported is not None and supported())


@contextmanager
def beside_other_stages() -> Iterator[None]:
    """Let torch have half of the cores while the stages of a dub run beside each other.

    With all of them, its threads wait for one another on cores that decode, find faces and encode: they spin, and on
    two cores a render costs almost twice the processor time of one thread.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(min(before, half_of_cores()))
    try:
        yield
    finally:
        torch.set_num_threads(before)
