"""One face performing one speech."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from talkface_atvg.config import TICK_RATE
from talkface_atvg.motion import ConstantMotion, Motion
from talkface_atvg.mouth import LOWER, prepared_photos
from talkface_atvg.normalise import ClipNormaliser
from talkface_atvg.vg_net import VgOutput
from talkface_atvg.weights import AtvgNetworks
from talkface_studio.api.card import CropSpec
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Take
from talkface_studio.api.landmarks import IBUG68
from talkface_studio.api.values import Device, FaceCrop, FloatArray, RenderedFace
from talkface_studio.nn.serving import InHalves, autocast, batches, crops_at

BATCH = 8
"""Frames rendered at once."""


@dataclass(frozen=True, slots=True)
class TakeParts:
    """What a take works with; let go of as a whole when it is closed."""

    networks: AtvgNetworks
    motion: Motion
    normaliser: ClipNormaliser
    face: Face
    device: Device


class AtvgTake(Take):
    """Renders every instant on its own: the crop of that instant is the example, so pose and light are the frame's.

    The recurrence of VG-net is run over the last `gru_span` ticks before each instant, from a zero state. So a frame
    does not depend on which frames were rendered before, on their spacing, or on where the window starts.
    """

    def __init__(self, parts: TakeParts, *, look_ahead: float) -> None:
        self._parts: TakeParts | None = parts
        self._look_ahead = look_ahead

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`.

        Raises:
            PluginError: the take is closed, or a crop is not of the size that the card asks for.
        """
        fitting = InHalves(partial(_render_batch, self._open()))
        for batch in batches(times, self._look_ahead, BATCH):
            parts = self._open()
            yield from fitting(crops_at(parts.face, batch, CropSpec(size=parts.networks.config.vg_net.crop)))

    def resting(self) -> AtvgTake:
        """The same face, motionless, with the mean landmarks of all training speech: a baseline to measure against."""
        parts = self._open()
        basis = parts.networks.basis
        assert basis is not None
        mean = basis.to_canonical(basis.mean[None])[0] - parts.normaliser.mean
        motion = ConstantMotion(mean.astype(np.float32))
        return AtvgTake(replace(parts, motion=motion), look_ahead=self._look_ahead)

    def close(self) -> None:
        """See `Take.close`."""
        self._parts = None

    def _open(self) -> TakeParts:
        if self._parts is None:
            raise PluginError("this take is closed; start another one")
        return self._parts


def _photos(parts: TakeParts, crops: Sequence[FaceCrop]) -> torch.Tensor:
    """The crops as VG-net takes them, `(n, 3, H, W)`; only one where all are the same photo."""
    if all(crop.pixels is crops[0].pixels for crop in crops):
        crops = crops[:1]
    pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops])).to(parts.device.torch_name)
    return pixels.movedim(3, 1).float() / 127.5 - 1


def _render_batch(parts: TakeParts, crops: Sequence[FaceCrop]) -> list[RenderedFace]:
    times = [crop.time for crop in crops]
    meshes = np.stack([crop.landmarks for crop in crops])
    shown = parts.normaliser.normalise(meshes)
    wanted = _wanted(parts, shown, times)
    moved = np.stack([parts.normaliser.to_pixels(m, w[-1] - s) for m, w, s in zip(meshes, wanted, shown, strict=True)])
    example, targets = (_rows(parts, points) for points in (shown, wanted))
    with torch.inference_mode(), autocast(parts.device):
        photos = _photos(parts, crops)
        source = meshes[:, IBUG68, :2]
        photos = prepared_photos(photos, source, moved, parts.networks.config.vg_net)
        out: VgOutput = parts.networks.vg_net.render_last(photos, targets, example)
    frames = ((out.frames[:, 0] + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).movedim(1, 3).cpu().numpy()
    return [
        RenderedFace(np.ascontiguousarray(frame), time, None, places[LOWER])
        for frame, time, places in zip(frames, times, moved, strict=True)
    ]


def _wanted(parts: TakeParts, shown: FloatArray, times: Sequence[float]) -> FloatArray:
    """Canonical landmarks of the ticks up to each instant, `(n, span, 68, 2)`."""
    span = parts.networks.config.vg_net.gru_span
    back = np.arange(span - 1, -1, -1) / TICK_RATE
    instants = np.asarray(times)[:, None] - back
    moved = parts.motion.at(instants.ravel()).reshape(len(times), span, 68, 2)
    wanted = np.repeat(shown[:, None], span, axis=1)
    wanted[:, :, LOWER] = (parts.normaliser.mean + moved)[:, :, LOWER]
    return wanted


def _rows(parts: TakeParts, points: FloatArray) -> torch.Tensor:
    """Canonical landmarks `(..., 68, 2)` in network units `(..., 136)`."""
    scale = np.float32(parts.networks.config.normalisation.scale)
    rows = (points.reshape(*points.shape[:-2], 136) * scale).astype(np.float32)
    return torch.from_numpy(rows).to(parts.device.torch_name)
