"""A face generator that learns from another one what that has learned from pixels (not in the paper).

Where references come from is taught best: around the mouth flow is a few tenths of a pixel from the analytic one, which
pixels tell only through their noise, and a teacher says outright.

Dimension letters: B frames, N references, S side of the crop, H and W the rows and columns that are made.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torch import Tensor

from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.face_generator import FaceGenerator, FaceOutput
from talkface_ltfg_gan.weights import load_networks
from talkface_studio.api.errors import TrainingError

PICTURE_SCALE = 20.0
"""Of the distance of pictures: a twentieth of their range is about as much as a pixel of flow."""


def open_teacher(path: Path, config: FaceConfig) -> FaceGenerator:
    """The face generator of a weight file, in evaluation mode, which shows all of its correction.

    Raises:
        WeightsError: the file is none of this model.
        TrainingError: its face generator is not given what one of `config` is, makes less of it, or sees fewer frames.
    """
    networks = load_networks(path)
    known = networks.config.face_generator
    for name in ("size", "sketch_channels", "speech"):
        if getattr(known, name) != getattr(config, name):
            raise TrainingError(f"faces.teacher: {path} was made for another {name} of face_generator")
    for name in ("top", "left"):
        if getattr(known, name) > getattr(config, name):
            raise TrainingError(f"faces.teacher: {path} makes less of the crop than {name} of face_generator asks for")
    if known.window < config.window:
        raise TrainingError(
            f"faces.teacher: {path} sees {known.window} frames at once, fewer than face_generator's {config.window}"
        )
    teacher = FaceGenerator(replace(known, trust=1.0))
    teacher.load_state_dict(networks.face_generator.state_dict())
    return teacher.eval().requires_grad_(requires_grad=False)


def start_from(path: Path, network: FaceGenerator) -> None:
    """Give a face generator the weights of the one in a file, whatever part of the crop that makes.

    Raises:
        WeightsError: the file is none of this model.
        TrainingError: its face generator has other layers.
    """
    known = load_networks(path)
    same = replace(known.config.face_generator, top=network.config.top, left=network.config.left)
    if replace(same, trust=network.config.trust) != network.config:
        raise TrainingError(f"faces.start: the face generator of {path} is not the one of these settings")
    network.load_state_dict(known.face_generator.state_dict())


def distances(output: FaceOutput, shown: FaceOutput, mouth: Tensor, *, mouth_weight: float) -> dict[str, Tensor]:
    """How far an output is from the teacher's: its flow in pixels, its confidence, and its pictures.

    Each is a mean over the places that the output has, the teacher perhaps more, weighted by one and `mouth_weight`
    times `mouth` `(B, S, S)` in 0..1, over what these come to in the mean of the crop.
    """
    weight = 1 + mouth_weight * mouth[:, None]
    weight = weight / weight.mean()
    H, W = output.flow.shape[-2:]
    made = _lowest(weight, H, W)[:, None]
    picture = (output.picture.float() - shown.picture.float()).abs() * weight
    return {
        "flow": ((output.flow - _lowest(shown.flow, H, W)).abs() * made).mean(),
        "confidence": ((output.confidence - _lowest(shown.confidence, H, W)).abs() * made).mean(),
        "picture": PICTURE_SCALE * picture.mean(),
    }


def _lowest(maps: Tensor, H: int, W: int) -> Tensor:
    """The last H rows and the W columns in the middle."""
    left = (maps.shape[-1] - W) // 2
    return maps[..., maps.shape[-2] - H :, left : left + W]
