"""A face generator that learns from a larger one what that has learned from pixels (not in the paper).

Where references come from is taught best: around the mouth flow is a few tenths of a pixel from the analytic one, which
pixels tell only through their noise, and a teacher says outright.

Dimension letters: B frames, N references, S side of the crop, H the rows that are made.
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
        TrainingError: its face generator is not given what one of `config` is, or sees fewer frames.
    """
    networks = load_networks(path)
    known = networks.config.face_generator
    for name in ("size", "top", "sketch_channels", "speech"):
        if getattr(known, name) != getattr(config, name):
            raise TrainingError(f"faces.teacher: {path} was made for another {name} of face_generator")
    if known.window < config.window:
        raise TrainingError(
            f"faces.teacher: {path} sees {known.window} frames at once, fewer than face_generator's {config.window}"
        )
    teacher = FaceGenerator(replace(known, trust=1.0))
    teacher.load_state_dict(networks.face_generator.state_dict())
    return teacher.eval().requires_grad_(requires_grad=False)


def distances(output: FaceOutput, shown: FaceOutput, mouth: Tensor, *, mouth_weight: float) -> dict[str, Tensor]:
    """How far an output is from the teacher's: its flow in pixels, its confidence, and its pictures.

    Each is a mean over the places that it has, weighted by one and `mouth_weight` times `mouth` `(B, S, S)` in 0..1,
    over what these come to in the mean of the crop.
    """
    weight = 1 + mouth_weight * mouth[:, None]
    weight = weight / weight.mean()
    made = weight[:, None, :, -output.flow.shape[-2] :]
    picture = (output.picture.float() - shown.picture.float()).abs() * weight
    return {
        "flow": ((output.flow - shown.flow).abs() * made).mean(),
        "confidence": ((output.confidence - shown.confidence).abs() * made).mean(),
        "picture": PICTURE_SCALE * picture.mean(),
    }
