"""The generator that the card names: hears a voice once, then draws one latent after another and decodes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from talkface_scldm.hearing import hear
from talkface_scldm.networks import ScldmNetworks, imagined, schedule_of
from talkface_scldm.speech_encoder import Heard
from talkface_scldm.weights import load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.api.generator import PortraitGenerator, Speech
from talkface_studio.api.values import Device, Options, Portrait
from talkface_studio.nn.enlarging import enlarged
from talkface_studio.nn.serving import NetworkCache, autocast

WEIGHTS = "networks"
"""Name of the weight file in the card."""
TOGETHER = 4
"""Candidates that are drawn at once: four take hardly longer than one."""


class ScldmGenerator(PortraitGenerator):
    """SCLDM."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self._networks = NetworkCache(card, _load)

    def imagine(self, speech: Speech, options: Options, device: Device) -> Iterator[Portrait]:
        """See `PortraitGenerator.imagine`.

        Raises:
            SpeechError: nobody speaks.
            WeightsError: the weight file is missing, damaged, or of another network.
            DeviceError: this machine has no such device.
        """
        networks = self._networks.get(WEIGHTS, options, device)
        heard = hear(speech, networks.speech, device)
        steps = int(options.values.get("steps", 50))
        enlarge = int(options.values.get("enlarge", 2))
        return _portraits(networks, heard, options, device, steps=steps, enlarge=enlarge)

    def close(self) -> None:
        """See `PortraitGenerator.close`."""
        self._networks.clear()


def _portraits(
    networks: ScldmNetworks, heard: Heard, options: Options, device: Device, *, steps: int, enlarge: int
) -> Iterator[Portrait]:
    schedule = schedule_of(networks.config)
    for first in count(0, TOGETHER):
        if options.cancelled():
            raise JobCancelledError("cancelled")
        noise = [drawn_noise(networks, seed=options.seed, number=first + place) for place in range(TOGETHER)]
        start = torch.cat(noise).to(device.torch_name)
        with torch.inference_mode(), autocast(device):
            latents = imagined(networks.denoiser, networks.space, schedule, heard, start, steps=steps)
            faces = networks.decoder(latents).float()
        for face in faces:
            levels = ((face.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).movedim(0, 2).cpu().numpy()
            # The network itself draws no finer detail.
            yield Portrait(enlarged(levels, enlarge * levels.shape[0]))


def drawn_noise(networks: ScldmNetworks, *, seed: int, number: int) -> Tensor:
    """What the chain of a candidate starts from, `(1, C, L, L)`: the same on every device and in any order."""
    rng = np.random.default_rng((seed & 0xFFFFFFFF, number))
    return torch.from_numpy(rng.standard_normal((1, *networks.config.face.latent), dtype=np.float32))


def _load(path: Path, device: str) -> ScldmNetworks:
    networks = load_networks(path)
    for module in networks.modules.values():
        module.to(device)
    return networks
