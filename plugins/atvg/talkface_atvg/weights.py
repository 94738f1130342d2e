"""The weight file of this model: one safetensors with AT-net, VG-net, the landmark basis and the configuration.

at_net.*, vg_net.*     parameters and buffers
landmarks.mean         (136,) corpus mean, in network units
landmarks.basis        (136, K) orthonormal principal directions (absent when the network gives 136 coordinates)
metadata "config"      AtvgConfig as JSON
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from talkface_atvg.at_net import AtNet
from talkface_atvg.config import AtvgConfig
from talkface_atvg.pca import PcaBasis
from talkface_atvg.vg_net import VgNet
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


@dataclass(frozen=True, slots=True)
class AtvgNetworks:
    """What a weight file holds, ready to use: networks in evaluation mode and float32, on the CPU."""

    config: AtvgConfig
    at_net: AtNet
    vg_net: VgNet
    basis: PcaBasis | None
    """None only in a file that was converted without its landmark basis."""


def save_networks(path: Path, networks: AtvgNetworks, *, half: bool = True) -> None:
    """Write a weight file; `half` stores float16.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors: dict[str, Tensor] = {
        **{f"at_net.{name}": value for name, value in networks.at_net.state_dict().items()},
        **{f"vg_net.{name}": value for name, value in networks.vg_net.state_dict().items()},
    }
    if networks.basis is not None:
        tensors["landmarks.mean"] = torch.from_numpy(networks.basis.mean.copy())
    if networks.basis is not None and networks.basis.directions is not None:
        tensors["landmarks.basis"] = torch.from_numpy(networks.basis.directions.copy())
    write_tensors(path, tensors, {"model": "atvg", "config": json.dumps(networks.config.to_dict())}, half=half)


def load_networks(path: Path) -> AtvgNetworks:
    """Read a weight file and build its networks.

    Raises:
        WeightsError: the file is missing or damaged, is not one of this model, or does not fit its configuration.
    """
    tensors, metadata = read_tensors(path)
    config = config_from_metadata(AtvgConfig, path, metadata)
    try:
        at_net, vg_net = AtNet(config.at_net), VgNet(config.vg_net)
    except (ValueError, RuntimeError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    load_module(at_net, tensors, prefix="at_net.", origin=str(path))
    load_module(vg_net, tensors, prefix="vg_net.", origin=str(path))
    return AtvgNetworks(config, at_net.eval(), vg_net.eval(), _basis(path, tensors, config))


def _basis(path: Path, tensors: dict[str, Tensor], config: AtvgConfig) -> PcaBasis | None:
    if not any(name.startswith("landmarks.") for name in tensors):
        return None
    count = config.normalisation.components
    wanted = {"landmarks.mean": (136,)} | ({"landmarks.basis": (136, count)} if count else {})
    arrays = {}
    for name, shape in wanted.items():
        if name not in tensors or tuple(tensors[name].shape) != shape:
            found = tuple(tensors[name].shape) if name in tensors else "nothing"
            raise WeightsError(f"{path}: tensor {name} should have shape {shape}, found {found}")
        arrays[name] = tensors[name].float().numpy().astype(np.float32)
    if (count or 136) != config.at_net.coefficients:
        raise WeightsError(
            f"{path}: AT-net gives {config.at_net.coefficients} coefficients, the basis has {count or 136}"
        )
    return PcaBasis(arrays["landmarks.mean"], arrays.get("landmarks.basis"), config.normalisation.scale)
