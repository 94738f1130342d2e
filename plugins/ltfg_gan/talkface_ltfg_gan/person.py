"""What a take knows of the person before the first frame: the reference pictures and how their mouths are.

Dimension letters: R references, C points of jaw and lips, S the side of the network's crop, L the side of the crops
that the host gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from talkface_ltfg_gan.face_generator import FaceGenerator, FaceReferences
from talkface_ltfg_gan.familiar import Familiar
from talkface_ltfg_gan.inner_mouth import InnerMouths
from talkface_ltfg_gan.reference_choice import likeness
from talkface_ltfg_gan.sketch import POINTS, draw_sketches
from talkface_ltfg_gan.steady_head import POSE, SteadyHead
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import ByteArray, Device, FaceCrop, FloatArray
from talkface_studio.nn.serving import autocast

CLOSED_SHARE = 0.15
"""Share of the references, those with the lips closest together, whose mean is the mouth at rest."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person, from reference crops."""

    head: SteadyHead
    steady: FloatArray
    """The model's points, held still, float32 `(R, 131, 2)` in 0..1 of the crop."""
    depth: FloatArray
    """Depth of jaw and lips, held still, `(C,)`."""
    rest: FloatArray
    """Jaw and lips with the mouth closed, `(C, 2)`."""
    likeness: FloatArray
    """What frames are compared with to choose references for them; see `reference_choice`."""
    encoded: FaceReferences
    """What the face generator knows of the pictures."""
    pictures: ByteArray
    """The pictures as the host gave them, RGB, `(R, L, L, 3)`."""
    familiar: Familiar
    """How these pictures look."""
    mouths: InnerMouths
    """What they show between the lips."""

    @classmethod
    def known_from(cls, crops: Sequence[FaceCrop], network: FaceGenerator, device: Device) -> Person:
        """Look at the references."""
        meshes = np.stack([crop.landmarks for crop in crops])
        head = SteadyHead.fit(meshes, crops[0].layout)
        steady = head.points(meshes)
        openings = np.array([lip_opening(mesh) for mesh in meshes])
        closed = np.argsort(openings, kind="stable")[: max(1, round(CLOSED_SHARE * len(crops)))]
        pixels = np.stack([crop.pixels for crop in crops])
        config = network.config
        points = network_points(meshes, pixels.shape[1])
        sketches = draw_sketches(points, config.size, channels=config.sketch_channels, smooth=smooth_lines(network))
        with torch.inference_mode(), autocast(device):
            encoded = network.encode_references(
                to_tensor(network_size(pixels, config.size), device)[None],
                torch.from_numpy(sketches).to(device.torch_name)[None],
                torch.from_numpy(points).to(device.torch_name)[None],
            )
        return cls(
            head=head,
            steady=np.ascontiguousarray(steady[..., :2]),
            depth=steady[:, POSE:, 2].mean(axis=0),
            rest=steady[closed, POSE:, :2].mean(axis=0),
            likeness=likeness(steady[:, POSE:, :2], points[:, :POSE]),
            encoded=encoded,
            pictures=pixels,
            familiar=Familiar.with_references(pixels),
            mouths=InnerMouths.of(pixels, points * np.float32(pixels.shape[1])),
        )


def network_points(meshes: FloatArray, side: int) -> FloatArray:
    """The model's points `(n, 131, 2)` of meshes `(n, 478, 3)` in pixels of crops of this side, in 0..1 of the crop."""
    return (meshes[:, POINTS, :2] / np.float32(side)).astype(np.float32)


def network_size(pixels: ByteArray, size: int) -> ByteArray:
    """Crops `(n, L, L, 3)` at the side that the network works at."""
    if pixels.shape[1] == size:
        return pixels
    return np.stack([cv2.resize(each, (size, size), interpolation=cv2.INTER_AREA) for each in pixels]).astype(np.uint8)


def to_tensor(pixels: ByteArray, device: Device) -> Tensor:
    """uint8 `(n, H, W, 3)` to float32 `(n, 3, H, W)` in 0..1, on the device."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).to(device.torch_name).movedim(3, 1).float() / 255


def to_pixels(pictures: Tensor) -> ByteArray:
    """`(n, 3, H, W)` in 0..1, on any device, to uint8 `(n, H, W, 3)`."""
    whole: ByteArray = (pictures.float() * 255).round().clamp(0, 255).to(torch.uint8).movedim(1, 3).cpu().numpy()
    return whole


def smooth_lines(network: FaceGenerator) -> bool:
    """Whether sketches are drawn with smooth lines; the authors' three channels are whole pixels."""
    return network.config.sketch_channels == 1
