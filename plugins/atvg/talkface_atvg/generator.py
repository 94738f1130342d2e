"""The generator that the card names: loads networks once per weight file and device, and starts takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from talkface_atvg.motion import SpeechMotion
from talkface_atvg.normalise import ClipNormaliser
from talkface_atvg.take import AtvgTake, TakeParts
from talkface_atvg.weights import AtvgNetworks, load_networks
from talkface_studio.api.card import CropSpec, ModelCard
from talkface_studio.api.errors import PluginError, WeightsError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.values import Device, Options
from talkface_studio.nn.serving import NetworkCache, check_crop

WEIGHTS = "networks"
"""Name of the weight file in the card."""


class AtvgGenerator(Generator):
    """ATVG with landmark normalisation."""

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
        """
        if face is None:
            raise PluginError(f"model {self.card.name} animates a face; give it a photo or a video")
        networks = self._networks.get(WEIGHTS, options, device)
        config, basis = networks.config, networks.basis
        if basis is None:
            raise WeightsError(
                f"{options.weights[WEIGHTS]}: converted without its landmark basis; convert the checkpoints again "
                "together with the authors' U_lrw1.npy and mean_lrw1.npy"
            )
        references = face.references
        if not references:
            raise PluginError(f"model {self.card.name} was given a face without any reference crop")
        for crop in references:
            check_crop(crop, CropSpec(size=config.vg_net.crop))
        normaliser = ClipNormaliser.fit(np.stack([crop.landmarks for crop in references]), config.normalisation.method)
        if config.normalisation.method == "atvg":
            # The authors' mean shape is part of their weights, and is not ours.
            normaliser = replace(normaliser, mean=basis.to_canonical(basis.mean[None])[0].astype(np.float64))
        motion = SpeechMotion(
            speech,
            networks.at_net,
            basis,
            normaliser.mean.astype(np.float32),
            device=device.torch_name,
            gain=float(options.values.get("motion_gain", 1.0)),
            rest_in_silence=bool(options.values.get("rest_in_silence", True)),
        )
        # An encoder that is missing shall be reported now, not at the first frame.
        motion.at(np.zeros(1))
        return AtvgTake(TakeParts(networks, motion, normaliser, face, device), look_ahead=self.card.look_ahead)

    def close(self) -> None:
        """See `Generator.close`."""
        self._networks.clear()


def _load(path: Path, device: str) -> AtvgNetworks:
    networks = load_networks(path)
    networks.at_net.to(device)
    networks.vg_net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return networks
