"""The generator that the card names, and its take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import torch

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.values import ByteArray, CropLayout, Device, FloatArray, Options, RenderedFace
from talkface_studio.nn.serving import NetworkCache, autocast, batches, crops_at
from wav2lip_plugin.network import MEL_BINS, MEL_VECTORS, SIZE, Wav2Lip
from wav2lip_plugin.weights import load

BATCH = 8
MEL_RATE = 80.0
WINDOW_START = -0.04
"""Seconds from an instant to the first vector of its window: in training it begins one frame of 25 before the face."""
BOX = (-0.78, -0.72, 0.78, 1.5)
"""Left, top, right and bottom of the box that the authors' face detector gives, from the eyes' centre, in distances of
the outer eye corners; their ten pixels below the chin are in it."""


class Wav2LipGenerator(Generator):
    """Wav2Lip."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(card)
        self._networks = NetworkCache(card, load)

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        """See `Generator.start`."""
        if face is None:
            raise PluginError(f"model {self.card.name} dubs a face; give it a video or a photo")
        return Wav2LipTake(self.card, self._networks.get("network", options, device), speech, face, device)

    def close(self) -> None:
        """See `Generator.close`."""
        self._networks.clear()


class Wav2LipTake(Take):
    """One face performing one speech."""

    def __init__(self, card: ModelCard, network: Wav2Lip, speech: Speech, face: Face, device: Device) -> None:
        self._card = card
        self._network: Wav2Lip | None = network
        self._speech, self._face, self._device = speech, face, device
        self._box = box_in(card.crop.layout)

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`."""
        if self._network is None:
            raise PluginError(f"model {self._card.name}: this take is closed; start another one")
        left, top, right, bottom = self._box
        for batch in batches(times, self._card.look_ahead, BATCH):
            crops = crops_at(self._face, batch, self._card.crop)
            faces = [cv2.resize(crop.pixels[top:bottom, left:right], (SIZE, SIZE)) for crop in crops]
            for crop, time, drawn in zip(crops, batch, self._drawn(self._network, np.stack(faces), batch), strict=True):
                pixels = crop.pixels.copy()
                pixels[top:bottom, left:right] = cv2.resize(drawn, (right - left, bottom - top))
                yield RenderedFace(pixels, time)

    def close(self) -> None:
        """See `Take.close`."""
        self._network = None

    def _drawn(self, network: Wav2Lip, faces: ByteArray, times: list[float]) -> ByteArray:
        """Faces `(B, 96, 96, 3)`, RGB, with the lips of these instants."""
        name = self._device.torch_name
        mel = torch.from_numpy(mel_windows(self._speech, times)).to(name)
        bgr = torch.from_numpy(faces).to(name).permute(0, 3, 1, 2).flip(1).float() / 255
        masked = bgr.clone()
        masked[:, :, SIZE // 2 :] = 0
        with torch.inference_mode(), autocast(self._device):
            drawn = network(mel, torch.cat([masked, bgr], dim=1)).float()
        rgb = (drawn.flip(1).permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
        return np.ascontiguousarray(rgb.cpu().numpy())


def mel_windows(speech: Speech, times: list[float]) -> FloatArray:
    """What is heard around each of `times` (seconds): `(B, 1, 80, 16)` in -4..4."""
    offsets = WINDOW_START + np.arange(MEL_VECTORS) / MEL_RATE
    heard = speech.features("log_mel", times[0] + float(offsets[0]), times[-1] + float(offsets[-1]))
    windows = [heard.at(time + offsets) for time in times]
    return np.stack(windows).transpose(0, 2, 1).reshape(len(times), 1, MEL_BINS, MEL_VECTORS)


def box_in(layout: CropLayout) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels of a crop, of what the network sees."""
    unit = layout.eye_distance * layout.size
    eyes = (layout.size / 2, layout.eye_height * layout.size)
    left, top, right, bottom = (round(eyes[i % 2] + part * unit) for i, part in enumerate(BOX))
    return max(0, left), max(0, top), min(layout.size, right), min(layout.size, bottom)
