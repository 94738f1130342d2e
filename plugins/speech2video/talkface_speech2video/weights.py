"""The weight file of this model: one safetensors with all networks and the configuration.

cpc.* articulation.* students.* gallery.*  parameters and buffers
identity.* decoder.*                  the same
metadata                              "config": Speech2VideoConfig as JSON; "voices": names of those seen
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from talkface_speech2video.articulation import Articulation
from talkface_speech2video.config import Speech2VideoConfig
from talkface_speech2video.cpc import Cpc
from talkface_speech2video.decoder import FrameDecoder, IdentityBranch
from talkface_speech2video.gallery import Gallery
from talkface_speech2video.students import Students
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import config_from_metadata
from talkface_studio.nn.weights import load_module, read_tensors, write_tensors


@dataclass(frozen=True, slots=True)
class Speech2VideoNetworks:
    """What a weight file holds, ready to use: networks in evaluation mode and float32, on the CPU."""

    config: Speech2VideoConfig
    cpc: Cpc
    articulation: Articulation | None
    students: Students
    gallery: Gallery | None
    identity: IdentityBranch
    decoder: FrameDecoder
    voices: tuple[str, ...] = ()
    """Speakers that it was trained on."""

    @property
    def modules(self) -> dict[str, nn.Module]:
        """By their names in the file."""
        every: dict[str, nn.Module | None] = {
            "cpc": self.cpc,
            "articulation": self.articulation,
            "students": self.students,
            "gallery": self.gallery,
            "identity": self.identity,
            "decoder": self.decoder,
        }
        return {name: module for name, module in every.items() if module is not None}


def build_networks(config: Speech2VideoConfig, voices: Sequence[str] = ()) -> Speech2VideoNetworks:
    """Untrained networks in evaluation mode.

    Raises:
        ValueError: no network can have these sizes.
    """
    decoder = config.decoder
    if len(decoder.channels) != 6 or decoder.base << (len(decoder.channels) - 1) != decoder.size or decoder.base < 1:
        raise ValueError(f"frames of {decoder.size} pixels cannot grow in {len(decoder.channels) - 1} doublings")
    return Speech2VideoNetworks(
        config,
        Cpc(config.cpc).eval(),
        Articulation(config).eval() if config.articulation.size else None,
        Students(config).eval(),
        Gallery(config.students.identity, len(voices)).eval() if config.students.recall else None,
        IdentityBranch(config).eval(),
        FrameDecoder(config).eval(),
        tuple(voices),
    )


def save_networks(path: Path, networks: Speech2VideoNetworks, *, half: bool = True) -> None:
    """Write a weight file; `half` stores float16.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors = {
        f"{prefix}.{name}": value
        for prefix, module in networks.modules.items()
        for name, value in module.state_dict().items()
    }
    facts = {
        "model": "speech2video",
        "config": json.dumps(networks.config.to_dict()),
        "voices": json.dumps(networks.voices),
    }
    write_tensors(path, tensors, facts, half=half)


def load_networks(path: Path) -> Speech2VideoNetworks:
    """Read a weight file and build its networks.

    Raises:
        WeightsError: the file is missing or damaged, is not one of this model, or does not fit its configuration.
    """
    tensors, metadata = read_tensors(path)
    config = config_from_metadata(Speech2VideoConfig, path, metadata)
    try:
        networks = build_networks(config, json.loads(metadata.get("voices", "[]")))
    except (ValueError, RuntimeError, ArithmeticError) as error:
        raise WeightsError(f"{path}: its configuration describes no possible network: {error}") from error
    for prefix, module in networks.modules.items():
        load_module(module, tensors, prefix=f"{prefix}.", origin=str(path))
    return networks
