"""The generator that the card names: loads networks once per weight file and device, and starts takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talkface_sdm.blinks import Blinks
from talkface_sdm.motion import SpeechMotion
from talkface_sdm.photo import MovingPhoto
from talkface_sdm.take import SdmTake, TakeParts
from talkface_sdm.weights import SdmNetworks, load_networks
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.values import Device, Options
from talkface_studio.nn.serving import NetworkCache, check_crop

WEIGHTS = "networks"
"""Name of the weight file in the card."""


class SdmGenerator(Generator):
    """SDM."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self._networks = NetworkCache(card, _load)

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        """See `Generator.start`.

        Raises:
            PluginError: no face is given, or its crop is not what the card asks for.
            WeightsError: the weight file is missing, damaged, or of another network.
            SpeechError: an encoder that the model needs is not installed.
            DeviceError: this machine has no such device.
        """
        if face is None:
            raise PluginError(f"model {self.card.name} animates a photo; give it one")
        networks = self._networks.get(WEIGHTS, options, device)
        if not face.references:
            raise PluginError(f"model {self.card.name} was given a face without any reference crop")
        crop = face.references[0]
        check_crop(crop, self.card.crop)
        photo = MovingPhoto.of(crop.pixels, crop.landmarks)
        motion = SpeechMotion(
            speech,
            networks,
            photo.home,
            seed=options.seed,
            device=device.torch_name,
            head=float(options.values.get("head_motion", 1.0)),
            gain=float(options.values.get("motion_gain", 1.0)),
            rest_in_silence=bool(options.values.get("rest_in_silence", True)),
        )
        # An encoder that is missing shall be reported now, not at the first frame.
        motion.at(np.zeros(1))
        blinks = Blinks(float(options.values.get("blinks", 16.0)), options.seed)
        gaze_hold = float(options.values.get("gaze_hold", 0.8))
        refiner = networks.refiner(options.seed)
        return SdmTake(TakeParts(photo, motion, blinks, networks.renderer, gaze_hold, device, refiner))

    def close(self) -> None:
        """See `Generator.close`."""
        self._networks.clear()


def _load(path: Path, device: str) -> SdmNetworks:
    networks = load_networks(path)
    for module in networks.modules.values():
        module.to(device)
    return networks
