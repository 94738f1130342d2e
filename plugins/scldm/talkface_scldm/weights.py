"""The weight file of this model: one safetensors with all networks and the configuration.

speech.*, encoder.*, decoder.*, denoiser.*   parameters and buffers
space.*                                      the scale of latents, and the prior
metadata                                     "config": ScldmConfig as JSON
"""

from __future__ import annotations

import json
from pathlib import Path

from talkface_scldm.config import ScldmConfig
from talkface_scldm.networks import ScldmNetworks, build_networks
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


def save_networks(path: Path, networks: ScldmNetworks, *, half: bool = True) -> None:
    """Write a weight file; `half` stores float16.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors = {
        f"{prefix}.{name}": value
        for prefix, module in networks.modules.items()
        for name, value in module.state_dict().items()
    }
    write_tensors(path, tensors, {"model": "scldm", "config": json.dumps(networks.config.to_dict())}, half=half)


def load_networks(path: Path) -> ScldmNetworks:
    """Read a weight file and build its networks.

    Raises:
        WeightsError: the file is missing or damaged, is not one of this model, or does not fit its configuration.
    """
    tensors, metadata = read_tensors(path)
    config = config_from_metadata(ScldmConfig, path, metadata)
    try:
        networks = build_networks(config)
    except (ValueError, RuntimeError, ArithmeticError, IndexError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    for prefix, module in networks.modules.items():
        load_module(module, tensors, prefix=f"{prefix}.", origin=str(path))
    return networks
