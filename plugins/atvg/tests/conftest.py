"""Stand-ins for what is large or absent: the authors' checkpoints, trained weights, a speech encoder."""

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
from talkface_atvg.at_net import AtNet
from talkface_atvg.config import preset
from talkface_atvg.convert import convert
from talkface_atvg.pca import PcaBasis
from talkface_atvg.template import Template, template
from talkface_atvg.vg_net import VgNet
from talkface_atvg.weights import AtvgNetworks, load_networks, save_networks
from talkface_studio.api.values import FloatArray
from tone_speech import ToneSpeech

HERE = Path(__file__).parent


class Reference:
    """The published networks' tensors with deterministic values, inputs likewise, and what the networks answered."""

    def __init__(self) -> None:
        self.shapes = json.loads((HERE / "atvg_state_dict.json").read_text())
        with np.load(HERE / "atvg_golden.npz") as file:
            self.golden = {name: file[name] for name in file.files}

    @staticmethod
    def _wave(name: str, size: int, step: float) -> np.ndarray:
        return np.sin(step * np.arange(size, dtype=np.float64) + zlib.crc32(name.encode()) % 1009)

    def tensor(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """Scaled like an initialised tensor, different for every name."""
        if name.endswith("num_batches_tracked"):
            return torch.zeros(shape, dtype=torch.int64)
        v = self._wave(name, math.prod(shape), 0.7).reshape(shape)
        if name.endswith("running_var"):
            v = 1 + 0.5 * v**2
        elif len(shape) > 1:
            v = v * math.sqrt(2 * shape[0] / math.prod(shape))
        elif name.endswith("weight"):
            v = 1 + 0.1 * v
        else:
            v = 0.1 * v
        return torch.from_numpy(v.astype(np.float32))

    def image(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """A smooth input in 0..1."""
        values = 0.5 + 0.5 * self._wave(name, math.prod(shape), 0.01)
        return torch.from_numpy(values.reshape(shape).astype(np.float32))

    def checkpoint(self, network: str) -> dict[str, torch.Tensor]:
        """All tensors of "AT_net" or "VG_net"."""
        return {name: self.tensor(name, tuple(shape)) for name, shape in self.shapes[network].items()}

    def blank(self, network: str) -> dict[str, torch.Tensor]:
        """The same names and shapes, zeros that take no space in a file."""
        return {name: torch.zeros(()).expand(shape) for name, shape in self.shapes[network].items()}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference()


@pytest.fixture(scope="session")
def converted(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> AtvgNetworks:
    """The authors' checkpoints through our converter."""
    folder = tmp_path_factory.mktemp("published")
    torch.save(reference.checkpoint("AT_net"), folder / "at.pth")
    vg_net = {f"module.{name}": value for name, value in reference.checkpoint("VG_net").items()}
    torch.save({"state_dict": vg_net, "epoch": 23}, folder / "vg.pth")
    np.save(folder / "U.npy", np.linalg.qr(np.random.default_rng(0).normal(size=(136, 136)))[0])
    np.save(folder / "mean.npy", template().mean.reshape(1, 136) * 5)
    convert([folder / name for name in ("vg.pth", "at.pth", "U.npy", "mean.npy")], folder / "paper.safetensors")
    return load_networks(folder / "paper.safetensors")


@pytest.fixture(scope="session")
def canonical() -> Template:
    return template()


@pytest.fixture(scope="session")
def debug_networks(canonical: Template) -> AtvgNetworks:
    """Untrained small networks whose mouth moves visibly: the basis is how mouths open, and noise."""
    config = preset("debug")
    torch.manual_seed(0)
    at_net, vg_net = AtNet(config.at_net).eval(), VgNet(config.vg_net).eval()
    first = canonical.opening.reshape(136, 1).astype(np.float64)
    noise = np.random.default_rng(0).normal(size=(136, config.normalisation.components - 1))
    directions = np.linalg.qr(np.concatenate([first, noise], axis=1))[0].astype(np.float32)
    at_net.output_scale.fill_(1.0)
    return AtvgNetworks(config, at_net, vg_net, PcaBasis(canonical.mean.reshape(136) * 5, directions, 5.0))


@pytest.fixture(scope="session")
def debug_weights(debug_networks: AtvgNetworks, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    path = tmp_path_factory.mktemp("weights") / "debug.safetensors"
    save_networks(path, debug_networks)
    return {"networks": path}


@pytest.fixture
def tone() -> ToneSpeech:
    return ToneSpeech()


def mesh_of(template: Template, pixels: float = 128.0) -> FloatArray:
    """The canonical face as a mesh in crop pixels."""
    return (template.mesh * pixels).astype(np.float32)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_sample_clips(tmp_path_factory.mktemp("clips"))
