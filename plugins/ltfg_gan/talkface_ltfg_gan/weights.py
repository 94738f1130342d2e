"""The weight file of this model: one safetensors with both networks and the configuration.

landmark_generator.*   parameters and buffers
face_generator.*       parameters and buffers
metadata "config"      LtfgConfig as JSON
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from talkface_ltfg_gan.config import LtfgConfig
from talkface_ltfg_gan.face_generator import FaceGenerator
from talkface_ltfg_gan.landmark_generator import Landmarks, landmark_generator
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


@dataclass(frozen=True, slots=True)
class LtfgNetworks:
    """What a weight file holds, ready to use: networks in evaluation mode and float32, on the CPU."""

    config: LtfgConfig
    landmark_generator: Landmarks
    face_generator: FaceGenerator


def build_networks(config: LtfgConfig) -> LtfgNetworks:
    """Untrained networks in evaluation mode.

    Raises:
        ValueError: no network can have these sizes.
    """
    landmarks, face = landmark_generator(config.landmark_generator), FaceGenerator(config.face_generator)
    return LtfgNetworks(config, landmarks.eval(), face.eval())


def save_networks(path: Path, networks: LtfgNetworks, *, half: bool = True) -> None:
    """Write a weight file; `half` stores float16.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors: dict[str, Tensor] = {
        **{f"landmark_generator.{name}": value for name, value in networks.landmark_generator.state_dict().items()},
        **{f"face_generator.{name}": value for name, value in networks.face_generator.state_dict().items()},
    }
    write_tensors(path, tensors, {"model": "ltfg-gan", "config": json.dumps(networks.config.to_dict())}, half=half)


def load_networks(path: Path) -> LtfgNetworks:
    """Read a weight file and build its networks.

    Raises:
        WeightsError: the file is missing or damaged, is not one of this model, or does not fit its configuration.
    """
    tensors, metadata = read_tensors(path)
    config = config_from_metadata(LtfgConfig, path, metadata)
    try:
        networks = build_networks(config)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    load_module(networks.landmark_generator, tensors, prefix="landmark_generator.", origin=str(path))
    load_module(networks.face_generator, tensors, prefix="face_generator.", origin=str(path))
    return networks
