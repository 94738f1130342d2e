"""Stage `landmarks`: speech, pose and reference landmarks to jaw and lips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_ltfg_gan.config import LtfgConfig
from talkface_ltfg_gan.landmark_generator import Landmarks, landmark_generator
from talkface_ltfg_gan.landmark_input import shown_pose
from talkface_ltfg_gan.lip_gap import lip_gap
from talkface_ltfg_gan.recipe.data import LandmarkClips, LandmarkWindow, landmark_window
from talkface_ltfg_gan.recipe.losses import landmark_loss, landmark_velocity_loss, opening_loss, squared_loss
from talkface_ltfg_gan.recipe.regression import fit_motion, usual_move
from talkface_ltfg_gan.recipe.settings import LandmarkTraining
from talkface_ltfg_gan.speech_front import StandardisedFeatures
from talkface_ltfg_gan.steady_head import POSE
from talkface_ltfg_gan.temporal import TemporalLandmarks
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import Device
from talkface_trainer.dataset import Clip
from talkface_trainer.evaluation import spread_frames


class LandmarkStage(Stage):
    """The landmark generator on windows of prepared clips: L_d = L_m + L_v."""

    def __init__(self, clips: LandmarkClips, config: LtfgConfig, training: LandmarkTraining, device: Device) -> None:
        self.clips, self.config, self.training = clips, config.landmark_generator, training
        self.device = torch.device(device.torch_name)
        self.net = landmark_generator(self.config).to(self.device)
        self._set_statistics()
        self.modules = {"landmark_generator": self.net}
        self.optimizers = {
            "landmark_generator": torch.optim.AdamW(
                self.net.parameters(), lr=training.rate, weight_decay=training.weight_decay
            )
        }

    def _set_statistics(self) -> None:
        front, kind, training = self.net.speech, self.config.speech.kind, self.training
        if isinstance(front, StandardisedFeatures):
            mean, deviation = self.clips.feature_statistics(kind)
            front.feature_mean.copy_(torch.from_numpy(mean))
            front.feature_std.copy_(torch.from_numpy(deviation))
            if isinstance(self.net, TemporalLandmarks) and self.net.linear is not None:
                fit_motion(
                    self.net.linear,
                    self.clips,
                    self.config.speech,
                    (mean, deviation),
                    references=training.references,
                    balance=training.linear_balance,
                )
        if isinstance(self.net, TemporalLandmarks) and self.net.mouth is not None:
            usual = usual_move(self.clips, kind, references=training.references, balance=training.linear_balance)
            self.net.mouth.usual.copy_(torch.from_numpy(usual))

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Windows of random clips; the names and shapes of `LandmarkWindow` with B in front."""
        rng = np.random.default_rng((seed, step, 1))
        training = self.training
        count = training.references
        if training.fewest_references:
            count = int(rng.integers(training.fewest_references, count + 1))
        windows = [
            landmark_window(
                self.clips,
                rng,
                references=count,
                balance=training.balance,
                mirror=training.mirror,
                spread=training.spread,
            )
            for _ in range(training.batch)
        ]
        return {
            item.name: torch.from_numpy(np.stack([getattr(window, item.name) for window in windows]))
            for item in fields(LandmarkWindow)
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """Absolute error of the points and of their moves."""
        with context.autocast():
            predicted = self.net(
                batch["speech"], batch["pose"], batch["reference_pose"], batch["reference_content"]
            ).float()
        place = landmark_loss(predicted, batch["content"])
        velocity = landmark_velocity_loss(predicted, batch["content"])
        training = self.training
        if training.squared:
            loss = squared_loss(
                predicted,
                batch["content"],
                velocity_weight=training.velocity_weight,
                opening_weight=training.opening_weight,
            )
        else:
            loss = place + training.velocity_weight * velocity
            if training.opening_weight:
                loss = loss + training.opening_weight * opening_loss(predicted, batch["content"])
        loss = training.scale * loss
        context.optimize("landmark_generator", loss)
        return {"loss": loss.item(), "place": place.item(), "velocity": velocity.item()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Mean absolute error, and correlation and amplitude of the lip opening, on both held-out splits.

        The two of the opening also for each speaker of `val`, if there are several: one who has most clips would
        otherwise hide how the others fare.
        """
        measures = {}
        for split, clips in self.clips.held_out().items():
            measured = [self._measure(modules["landmark_generator"], clip) for clip in clips]
            speakers = sorted({clip.speaker for clip in clips})
            for name in measured[0]:
                measures[f"{split}_{name}"] = float(np.nanmean([values[name] for values in measured]))
                if split == "val" and len(speakers) > 1 and name != "place":
                    for speaker in speakers:
                        own = [
                            values[name]
                            for values, clip in zip(measured, clips, strict=True)
                            if clip.speaker == speaker
                        ]
                        measures[f"{split}_{speaker}_{name}"] = float(np.nanmean(own))
        return measures

    def _measure(self, net: Landmarks, clip: Clip) -> dict[str, float]:
        truth = torch.from_numpy(self.clips.points(clip)[:, POSE:])
        predicted = self.predict(net, clip).cpu()
        ours, real = lip_gap(predicted), lip_gap(truth)
        moves = real.std() > 1e-3
        return {
            "place": (predicted - truth).abs().mean().item(),
            "correlation": torch.corrcoef(torch.stack([ours, real]))[0, 1].item() if moves else float("nan"),
            "amplitude": (ours.std() / real.std()).item() if moves else float("nan"),
        }

    def predict(self, net: Landmarks, clip: Clip) -> Tensor:
        """Jaw and lips of every frame of a clip, `(N, 57, 2)`, from references out of the same clip."""
        config, points = self.config, self.clips.points(clip)
        references = points[spread_frames(clip.frames, self.training.references)]
        side, kept = config.window // 2, config.kept
        firsts = np.arange(kept // 2 - side, clip.frames + kept // 2 - side, kept)
        index = np.clip(firsts[:, None] + np.arange(config.window), 0, clip.frames - 1)
        speech = torch.from_numpy(self.clips.speech(clip, np.arange(clip.frames), config.speech))
        pose = torch.from_numpy(np.stack([shown_pose(points[frames], references, config) for frames in index]))
        shared = torch.from_numpy(references)[None]
        made = []
        with torch.inference_mode():
            for part in np.array_split(np.arange(len(index)), max(1, len(index) // 64)):
                known = shared.expand(len(part), -1, -1, -1).to(self.device)
                out = net(
                    speech[index[part]].to(self.device),
                    pose[part].to(self.device),
                    known[:, :, :POSE],
                    known[:, :, POSE:],
                )
                made.append(out[:, side - kept // 2 : side + kept // 2 + 1].flatten(0, 1).float())
        return torch.cat(made)[: clip.frames]
