"""The generator that the card names: loads networks once per weight file and device, and starts takes."""

from __future__ import annotations

from pathlib import Path

import torch

from talkface_speech2video.manner import Manner
from talkface_speech2video.take import Speech2VideoTake, TakeParts
from talkface_speech2video.voice import SpokenLips, hear_speaker, require_voice
from talkface_speech2video.weights import Speech2VideoNetworks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.generator import Face, Generator, Speech
from talkface_studio.api.values import Device, Options
from talkface_studio.nn.serving import NetworkCache, autocast

WEIGHTS = "networks"
"""Name of the weight file in the card."""


class Speech2VideoGenerator(Generator):
    """Speech2Video."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self._networks = NetworkCache(card, _load)

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Speech2VideoTake:  # noqa: ARG002
        """See `Generator.start`; a face is not looked at.

        Raises:
            WeightsError: the weight file is missing, damaged, or of another network.
            SpeechError: the speech begins with music or noise, or voice activity detection is not installed.
            DeviceError: this machine has no such device.
        """
        networks = self._networks.get(WEIGHTS, options, device)
        require_voice(speech)
        name = device.torch_name
        lips = SpokenLips(
            speech,
            networks,
            name,
            gain=float(options.values.get("motion_gain", 1.0)),
            rest_in_silence=bool(options.values.get("rest_in_silence", True)),
        )
        manner = Manner(
            options.seed,
            sway=float(options.values.get("head_motion", 1.0)),
            blinks=float(options.values.get("blinks", 16.0)),
        )
        speaker = hear_speaker(speech, networks, name)
        with torch.inference_mode(), autocast(device):
            maps = networks.identity(speaker.identity).maps
        parts = TakeParts(networks, lips, manner, speaker, maps, device)
        return Speech2VideoTake(parts, size=self.card.crop.size, look_ahead=self.card.look_ahead)

    def close(self) -> None:
        """See `Generator.close`."""
        self._networks.clear()


def _load(path: Path, device: str) -> Speech2VideoNetworks:
    networks = load_networks(path)
    for module in networks.modules.values():
        module.to(device)
    return networks
