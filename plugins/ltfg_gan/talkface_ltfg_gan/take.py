"""One face performing one speech.

Dimension letters: B frames, T frames of a window of sketches, N references shown to a frame, C points of jaw and lips,
L the side of the crops that the host gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from talkface_ltfg_gan.config import FRAME_RATE
from talkface_ltfg_gan.motion import SpeechMotion
from talkface_ltfg_gan.native import native_frames
from talkface_ltfg_gan.person import Person, network_points, network_size, smooth_lines, to_pixels, to_tensor
from talkface_ltfg_gan.reference_choice import NEARBY, likeness, mouths_about, nearest_references, shown_of
from talkface_ltfg_gan.sketch import draw_sketches
from talkface_ltfg_gan.speech_input import read_speech
from talkface_ltfg_gan.steady_head import POSE
from talkface_ltfg_gan.weights import LtfgNetworks
from talkface_studio.api.card import CropSpec
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Speech, Take
from talkface_studio.api.values import ByteArray, Device, FaceCrop, FloatArray, RenderedFace
from talkface_studio.nn.serving import InHalves, autocast, batches, crops_at, in_order

BATCH = 12
"""Frames rendered at once. With more of them, more frames wait, which large ones pay for in memory."""
AT_ONCE = 1
"""Batches that are worked on at a time on the CPU. A second one would take turns with the encoder on its core, and
both would be the slower for it."""
MARGIN = 0.12
"""Eye distances around the face that are made with it: more than the host's mask reaches beyond it."""


@dataclass(frozen=True, slots=True)
class TakeParts:
    """What a take works with; let go of as a whole when it is closed."""

    networks: LtfgNetworks
    motion: SpeechMotion
    person: Person
    speech: Speech
    face: Face
    device: Device
    crop: CropSpec


class LtfgTake(Take):
    """Renders every instant on its own: pose and light are the frame's, jaw and lips those that the speech asks for."""

    def __init__(self, parts: TakeParts, *, look_ahead: float) -> None:
        self._parts: TakeParts | None = parts
        self._look_ahead = look_ahead

    def render(self, times: Iterable[float]) -> Iterator[RenderedFace]:
        """See `Take.render`.

        Raises:
            PluginError: the take is closed, or a crop is not of a size that the card asks for.
        """
        parts = self._open()
        fitting = InHalves(partial(_render, parts))
        yield from in_order(self._crops(times), fitting, parts.device, at_once=AT_ONCE)

    def _crops(self, times: Iterable[float]) -> Iterator[list[FaceCrop]]:
        # One more batch is read than is worked on before the first of their frames is given.
        for batch in batches(times, self._look_ahead / (AT_ONCE + 1), BATCH):
            parts = self._open()
            yield crops_at(parts.face, batch, parts.crop)

    def _open(self) -> TakeParts:
        if self._parts is None:
            raise PluginError("this take is closed; start another one")
        return self._parts

    def close(self) -> None:
        """See `Take.close`."""
        self._parts = None


def _boxes(crops: Sequence[FaceCrop], places: FloatArray) -> FloatArray:
    """Left, top, right and bottom of the face in each crop as it is and, with jaw and lips at `places`, as wanted."""
    faces = [np.concatenate([crop.landmarks[:, :2], place]) for crop, place in zip(crops, places, strict=True)]
    margin = np.float32(MARGIN * crops[0].layout.eye_distance * crops[0].layout.size)
    return np.stack([np.concatenate([face.min(axis=0) - margin, face.max(axis=0) + margin]) for face in faces])


class _Wanted(NamedTuple):
    """What the mouths of a batch of frames shall be."""

    steady: FloatArray
    """Jaw and lips, held still, about each instant, `(B, C, 2)` in 0..1 of the crop: what references are chosen by."""
    points: FloatArray
    """The model's points of each frame of each window, `(B, T, 131, 2)` in 0..1 of the crop."""


def _render(parts: TakeParts, crops: Sequence[FaceCrop]) -> list[RenderedFace]:
    network, person, device = parts.networks.face_generator, parts.person, parts.device
    config = network.config
    pixels = np.stack([crop.pixels for crop in crops])
    meshes = np.stack([crop.landmarks for crop in crops])
    times = np.array([crop.time for crop in crops])
    wanted = _wanted(parts, meshes, pixels.shape[1], times)
    middle = config.window // 2
    drawn = draw_sketches(
        wanted.points.reshape(-1, *wanted.points.shape[2:]),
        config.size,
        channels=config.sketch_channels,
        smooth=smooth_lines(network),
    )
    sketches = torch.from_numpy(drawn.reshape(len(crops), config.window, *drawn.shape[1:]))
    asked = likeness(wanted.steady, wanted.points[:, middle, :POSE])
    chosen, weights = nearest_references(asked, person.likeness, shown_of(len(person.pictures)))
    index = torch.from_numpy(chosen).to(device.torch_name)
    speech = read_speech(parts.speech, times, config.speech)
    with torch.inference_mode(), autocast(device):
        frames = to_tensor(network_size(pixels, config.size), device).contiguous(memory_format=torch.channels_last)
        out = network(
            person.encoded.chosen(index),
            frames,
            *(each.to(device.torch_name) for each in (sketches, torch.from_numpy(speech))),
            torch.from_numpy(np.ascontiguousarray(wanted.points[:, middle])).to(device.torch_name),
            weights=torch.from_numpy(weights).to(device.torch_name),
        )
    points = wanted.points[:, middle] * np.float32(pixels.shape[1])
    places = points[:, POSE:]
    if pixels.shape[1] == config.size and config.head == "paint":
        faces: Iterable[ByteArray] = to_pixels(out.picture)
    else:
        # At the network's own size too: its linear sampling takes the finest lines off teeth and lips.
        boxes = _boxes(crops, places)
        faces = list(native_frames(out, pixels, person.pictures, chosen, config=config, shown=boxes))
        for face, mouth, some, counts in zip(faces, points, chosen, weights, strict=True):
            person.mouths.show(face, mouth, some, counts)
    shares = person.familiar.share(pixels, person.head.turns(meshes))
    rendered = []
    for face, crop, share, place in zip(faces, crops, shares, places, strict=True):
        shown = face if share == 1 else cv2.addWeighted(face, share, crop.pixels, 1 - share, 0)
        rendered.append(RenderedFace(np.ascontiguousarray(shown), crop.time, None, place))
    return rendered


def _wanted(parts: TakeParts, meshes: FloatArray, side: int, times: NDArray[np.float64]) -> _Wanted:
    """For meshes `(B, 478, 3)` in pixels of crops of this side.

    The frames around an instant are drawn with the head as it is at that instant, so that a frame does not depend on
    which others are asked for.
    """
    window = parts.networks.config.face_generator.window
    steady = parts.motion.at(_around(times, window).ravel())
    depth = np.broadcast_to(parts.person.depth[None, :, None], (*steady.shape[:2], 1))
    content = np.concatenate([steady, depth], axis=2)
    B, C = len(meshes), content.shape[1]
    placed = parts.person.head.placed(content.reshape(B, window * C, 3), meshes) / np.float32(side)
    points = np.repeat(network_points(meshes, side)[:, None], window, axis=1)
    points[:, :, POSE:] = placed.reshape(B, window, C, 2)
    nearby = parts.motion.at(_around(times, len(NEARBY)).ravel())
    return _Wanted(mouths_about(nearby.reshape(B, len(NEARBY), C, 2)), points)


def _around(times: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The instants of `window` frames with each of `times` `(B,)` in their middle: `(B, window)`."""
    return times[:, None] + np.arange(-(window // 2), window // 2 + 1) / FRAME_RATE
