"""The generator that the card names: loads networks once per weight file and device, and starts takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from talkface_ltfg_gan.adapt_cache import kept_adaptation
from talkface_ltfg_gan.motion import SpeechMotion
from talkface_ltfg_gan.person import Person
from talkface_ltfg_gan.take import LtfgTake, TakeParts
from talkface_ltfg_gan.weights import LtfgNetworks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.values import Device, Options
from talkface_studio.nn.serving import NetworkCache, check_crop

WEIGHTS = "networks"
"""Name of the weight file in the card."""


class LtfgGenerator(Generator):
    """LTFG-GAN."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self._networks = NetworkCache(card, _load)

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        """See `Generator.start`.

        Raises:
            PluginError: no face is given, or its crops are not what the card asks for.
            WeightsError: the weight file is missing, damaged, or of another network.
            SpeechError: an encoder that the model needs is not installed.
            DeviceError: this machine has no such device.
            JobCancelledError: the user cancelled while the face generator was adapted to the face.
        """
        if face is None:
            raise PluginError(f"model {self.card.name} dubs a face; give it a video or a photo")
        networks = self._networks.get(WEIGHTS, options, device)
        references = face.references
        if not references:
            raise PluginError(f"model {self.card.name} was given a face without any reference crop")
        for crop in references:
            check_crop(crop, self.card.crop)
        steps = int(options.values.get("adapt", 0))
        adaptation = kept_adaptation(
            networks.face_generator,
            references,
            device,
            steps=steps,
            seed=options.seed,
            folder=options.cache,
            cancelled=options.cancelled,
        )
        if adaptation.network is not networks.face_generator:
            networks = replace(networks, face_generator=adaptation.network)
        person = Person.known_from([references[index] for index in adaptation.known], adaptation.network, device)
        motion = SpeechMotion(
            speech,
            networks.landmark_generator,
            person.steady,
            person.rest,
            device=device.torch_name,
            gain=float(options.values.get("motion_gain", 1.0)),
            rest_in_silence=bool(options.values.get("rest_in_silence", True)),
        )
        # An encoder that is missing shall be reported now, not at the first frame.
        motion.at(np.zeros(1))
        parts = TakeParts(networks, motion, person, speech, face, device, self.card.crop)
        return LtfgTake(parts, look_ahead=self.card.look_ahead)

    def close(self) -> None:
        """See `Generator.close`."""
        self._networks.clear()


def _load(path: Path, device: str) -> LtfgNetworks:
    networks = load_networks(path)
    networks.landmark_generator.to(device)
    networks.face_generator.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return networks
