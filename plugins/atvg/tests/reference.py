"""The authors' checkpoints with deterministic tensors, and the deterministic inputs of the reference outputs."""

import json
import math
import zlib
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent


def _wave(name: str, size: int, step: float) -> np.ndarray:
    return np.sin(step * np.arange(size, dtype=np.float64) + zlib.crc32(name.encode()) % 1009)


def filled(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """The stand-in for the tensor called `name`: scaled like an initialised one, different for every name."""
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    v = _wave(name, math.prod(shape), 0.7).reshape(shape)
    if name.endswith("running_var"):
        v = 1 + 0.5 * v**2
    elif len(shape) > 1:
        v = v * math.sqrt(2 * shape[0] / math.prod(shape))
    elif name.endswith("weight"):
        v = 1 + 0.1 * v
    else:
        v = 0.1 * v
    return torch.from_numpy(v.astype(np.float32))


def picture(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A smooth input in 0..1."""
    values = 0.5 + 0.5 * _wave(name, math.prod(shape), 0.01)
    return torch.from_numpy(values.reshape(shape).astype(np.float32))


def checkpoint(network: str) -> dict[str, torch.Tensor]:
    """All tensors of "AT_net" or "VG_net"."""
    shapes = json.loads((HERE / "atvg_state_dict.json").read_text())[network]
    return {name: filled(name, tuple(shape)) for name, shape in shapes.items()}


def golden() -> dict[str, np.ndarray]:
    """What the authors' own networks answered."""
    with np.load(HERE / "atvg_golden.npz") as file:
        return {name: file[name] for name in file.files}
