"""The weight file of this model: one safetensors with all networks and the configuration.

motion.*     parameters and buffers
denoiser.*   parameters, and K: of motion, or of pictures
face.*       parameters and buffers, where the face has a network of its own
renderer.*   parameters
metadata     "config": SdmConfig as JSON
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from talkface_sdm.config import Ablation, SdmConfig, ablated, check_config
from talkface_sdm.denoiser import Denoiser
from talkface_sdm.face_network import FaceNetwork
from talkface_sdm.motion_network import MotionNetwork
from talkface_sdm.picture_denoiser import PictureDenoiser, PictureRefiner
from talkface_sdm.renderer import Renderer
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


@dataclass(frozen=True, slots=True)
class SdmNetworks:
    """What a weight file holds, ready to use: networks in evaluation mode and float32, on the CPU."""

    config: SdmConfig
    motion: MotionNetwork
    denoiser: Denoiser | PictureDenoiser
    renderer: Renderer
    face: FaceNetwork | None = None

    @property
    def start(self) -> int:
        """K: the reverse process starts from as many additions of noise."""
        return int(self.denoiser.start)

    def refiner(self, seed: int) -> PictureRefiner | None:
        """What diffuses the pictures of a take; None where motion is diffused, or nothing."""
        if self.config.diffusion.enabled and isinstance(self.denoiser, PictureDenoiser):
            return PictureRefiner.of(self.denoiser, self.config, seed)
        return None

    @property
    def modules(self) -> dict[str, nn.Module]:
        """By their names in the file."""
        modules: dict[str, nn.Module] = {"motion": self.motion, "denoiser": self.denoiser, "renderer": self.renderer}
        return modules if self.face is None else modules | {"face": self.face}


def build_networks(config: SdmConfig) -> SdmNetworks:
    """Untrained networks in evaluation mode.

    Raises:
        ValueError: no network can have these sizes or switches.
    """
    check_config(config)
    return SdmNetworks(
        config,
        MotionNetwork(config).eval(),
        (Denoiser(config) if config.diffusion.space == "motion" else PictureDenoiser(config)).eval(),
        Renderer(config.renderer).eval(),
        FaceNetwork(config).eval() if config.face.apart else None,
    )


def ablated_networks(networks: SdmNetworks, row: Ablation) -> SdmNetworks:
    """The same trained networks with what a row of the paper's ablation leaves out switched off."""
    config = ablated(networks.config, row)
    motion = copy.copy(networks.motion)
    motion.config = config
    return replace(networks, config=config, motion=motion)


def save_networks(path: Path, networks: SdmNetworks, *, half: bool = True) -> None:
    """Write a weight file; `half` stores float16.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors = {
        f"{prefix}.{name}": value
        for prefix, module in networks.modules.items()
        for name, value in module.state_dict().items()
    }
    write_tensors(path, tensors, {"model": "sdm", "config": json.dumps(networks.config.to_dict())}, half=half)


def load_networks(path: Path) -> SdmNetworks:
    """Read a weight file and build its networks.

    Raises:
        WeightsError: the file is missing or damaged, is not one of this model, or does not fit its configuration.
    """
    tensors, metadata = read_tensors(path)
    config = config_from_metadata(SdmConfig, path, metadata)
    try:
        networks = build_networks(config)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    for prefix, module in networks.modules.items():
        load_module(module, tensors, prefix=f"{prefix}.", origin=str(path))
    if not 1 <= networks.start <= config.diffusion.steps:
        raise WeightsError(f"{path}: diffusion cannot start at {networks.start} of {config.diffusion.steps} steps")
    return networks
