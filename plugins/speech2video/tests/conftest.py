"""The sample clips prepared, untrained networks, and the published encoder with deterministic tensors."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from prepared_clips import prepare_sample_clips
from talkface_speech2video.config import preset
from talkface_speech2video.weights import Speech2VideoNetworks, build_networks, save_networks

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_sample_clips(tmp_path_factory.mktemp("clips"), features=())


@pytest.fixture(scope="session")
def debug() -> Speech2VideoNetworks:
    """Untrained networks whose mouths move enough to be seen."""
    torch.manual_seed(0)
    networks = build_networks(preset("debug"), ["somebody"])
    torch.nn.init.normal_(networks.decoder.enter.weight, std=1.0)
    for module in networks.decoder.modules():
        if isinstance(module, torch.nn.ConvTranspose2d | torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return networks


@pytest.fixture(scope="session")
def debug_weights(debug: Speech2VideoNetworks, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    path = tmp_path_factory.mktemp("weights") / "debug.safetensors"
    save_networks(path, debug)
    return {"networks": path}


def wave(name: str, size: int, step: float) -> np.ndarray:
    return np.sin(step * np.arange(size, dtype=np.float64) + zlib.crc32(name.encode()) % 1009)


@pytest.fixture(scope="session")
def published() -> Mapping[str, torch.Tensor]:
    """The authors' encoder by its names, with tensors scaled like initialised ones."""
    tensors = {}
    for name, shape in json.loads((HERE / "cpc_state_dict.json").read_text()).items():
        v = wave(name, math.prod(shape), 0.7).reshape(shape)
        if len(shape) > 1:
            v = v * math.sqrt(2 * shape[0] / math.prod(shape))
        else:
            v = 1 + 0.1 * v if name.endswith("weight") else 0.1 * v
        tensors[name] = torch.from_numpy(v.astype(np.float32))
    return tensors


@pytest.fixture(scope="session")
def golden() -> Mapping[str, np.ndarray]:
    """What the authors' network makes of `samples`."""
    samples = (0.5 + 0.5 * wave("wave", 20_480, 0.01)) * 0.2 - 0.1
    with np.load(HERE / "cpc_golden.npz") as file:
        return {"samples": samples.astype(np.float32), **{name: file[name] for name in file.files}}
