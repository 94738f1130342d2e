"""Stage `face`: speech to the points of a head held still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_sdm.config import POINTS, POSE
from talkface_sdm.face_network import FaceNetwork
from talkface_sdm.head_motion import points
from talkface_sdm.recipe.data import MotionClips, clip_window
from talkface_sdm.recipe.losses import MOUTH, auxiliary_loss, coordinate_weights, reconstruction_loss, velocity_loss
from talkface_sdm.recipe.motion_stage import SPREAD, window_batch
from talkface_sdm.recipe.settings import Settings
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device, FloatArray
from talkface_trainer.evaluation import opening_agreement


class FaceStage(Stage):
    """The face network on windows of prepared clips: absolute and squared errors, and those of the moves."""

    def __init__(self, clips: MotionClips, settings: Settings, device: Device) -> None:
        self.clips, self.training = clips, settings.face
        self.device = torch.device(device.torch_name)
        self.net = FaceNetwork(settings.model).to(self.device)
        known = {name: torch.from_numpy(values) for name, values in clips.statistics().items()}
        self.net.centre.copy_(known["motion_mean"][POSE:])
        self.net.unit.copy_(SPREAD * known["motion_std"][POSE:])
        self.net.content.standardise(known["speech_mean"], known["speech_std"])
        self.weight = coordinate_weights(2 * POINTS, self.training.mouth_weight).to(self.device)
        self.modules = {"face": self.net}
        self.optimizers = {
            "face": torch.optim.Adam(self.net.parameters(), lr=self.training.rate, betas=self.training.betas)
        }

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips; the names and shapes of `MotionWindow` with B in front."""
        asked = self.training
        return window_batch(
            self.clips, asked.batch, (seed, step, 7), frames=asked.frames, balance=asked.balance, mirror=asked.mirror
        )

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class; errors are in units of what is 1 in normalised motion."""
        with context.autocast():
            made = self.net(batch["speech"])
        made, real = (self._normalised(values) for values in (made.float(), batch["motion"][..., POSE:]))
        losses = {
            "reconstruction": reconstruction_loss(made, real, self.weight),
            "squared": auxiliary_loss(made, real, self.weight),
            "velocity": velocity_loss(made, real, self.weight),
        }
        loss = (
            losses["reconstruction"]
            + self.training.squared_weight * losses["squared"]
            + self.training.velocity_weight * losses["velocity"]
        )
        context.optimize("face", loss)
        return {name: value.item() for name, value in losses.items()} | {"loss": loss.item()}

    def _normalised(self, values: Tensor) -> Tensor:
        normalised: Tensor = (values - self.net.centre) / self.net.unit
        return normalised

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Means over the clips of both held-out splits of `opening_agreement`, and the lips' error."""
        net = modules["face"]
        measures: dict[str, float] = {}
        for split, clips in self.clips.held_out().items():
            found = []
            for clip in clips[:40]:
                window = clip_window(self.clips, clip, 0, clip.frames)
                with torch.inference_mode():
                    made = net(torch.from_numpy(window.speech)[None].to(self.device))[0].cpu().numpy()
                found.append(lip_agreement(points(window.motion), made.reshape(-1, POINTS, 2)))
            measures |= {f"{split}_{name}": float(np.nanmean([each[name] for each in found])) for name in found[0]}
        return measures


def lip_agreement(real: FloatArray, made: FloatArray) -> dict[str, float]:
    """How lips agree with the true ones, both as `points` `(N, 68, 2)` of a head held still.

    `lip_error` is the mean distance of the mouth's points in thousandths of the eyes' distance; the others are those of
    `opening_agreement`.
    """
    gaps = [side[:, 66, 1] - side[:, 62, 1] for side in (real, made)]
    error = np.linalg.norm(made[:, MOUTH] - real[:, MOUTH], axis=2).mean()
    return {"lip_error": 1000 * float(error)} | opening_agreement(*gaps)
