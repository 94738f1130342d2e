"""Stage `distill`: identity and emotion students from what the teachers see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkface_speech2video.config import STEP_RATE
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.library import Hearing, speech_networks, taught
from talkface_speech2video.recipe.losses import distillation_loss, normal_loss
from talkface_speech2video.recipe.settings import Settings
from talkface_speech2video.students import Students
from talkface_studio.api.recipe import Stage, TrainContext


class DistillStage(Stage):
    """L1: both distances for both students."""

    def __init__(self, voices: Voices, settings: Settings, done: Mapping[str, Path], device: str) -> None:
        self.voices, self.training, self.model = voices, settings.distill, settings.model
        self.device = torch.device(device)
        networks = speech_networks(self.model, done, device)
        self.hearing = [Hearing.of(passage.samples(), networks) for passage in voices.training]
        self.taught = taught(voices, settings, done)
        self.facts = {"teachers": dict(self.taught.titles), "voices": list(voices.speakers)}
        self.students = Students(self.model).to(self.device)
        omegas = torch.stack([hearing.omega(self.model) for hearing in self.hearing])
        self.students.mean.copy_(omegas.mean(dim=0))
        self.students.deviation.copy_(omegas.std(dim=0).clamp_min(1e-4) if len(omegas) > 1 else omegas[0].abs() + 1)
        self.unit = float(self.taught.identity.std()) or 1.0
        self.modules = {"students": self.students}
        kind = torch.optim.RMSprop if self.training.optimizer == "rmsprop" else torch.optim.Adam
        self.optimizers = {"students": kind(self.students.parameters(), lr=self.training.rate)}
        self.seen = [(self._heard(passage.samples(), networks), passage.speaker) for passage in voices.seen]

    def _heard(self, samples: np.ndarray, networks: Any) -> Tensor:
        return Hearing.of(samples, networks).omega(self.model)

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """The omega of random pieces of random passages, with what the teachers see there."""
        rng = np.random.default_rng((seed, step, 3))
        omegas, identity, emotion = [], [], []
        for _ in range(self.training.batch):
            number = self.voices.draw(rng, 0.5)
            hearing = self.hearing[number]
            steps = len(hearing.voiced)
            length = int(rng.integers(min(round(self.training.shortest * STEP_RATE), steps), steps + 1))
            first = int(rng.integers(steps - length + 1))
            omegas.append(hearing.omega(self.model, first, first + length))
            identity.append(self.taught.identity[number])
            frames = rng.integers(self.taught.emotion.shape[1], size=self.training.emotion_frames)
            emotion.append(self.taught.emotion[number][frames].mean(axis=0))
        return {
            "omega": torch.stack(omegas),
            "identity": torch.from_numpy(np.stack(identity)),
            "emotion": torch.from_numpy(np.stack(emotion)),
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        training = self.training
        omega = batch["omega"]
        if training.noise:
            omega = omega + training.noise * self.students.deviation * torch.randn_like(omega)
        nu, mu = self.students(omega)
        losses: dict[str, Tensor] = {}
        for name, said, true in (("identity", nu, batch["identity"]), ("emotion", mu, batch["emotion"])):
            losses[f"{name}_normal"] = training.normal_weight * normal_loss(said, true)
            losses[name] = distillation_loss(said, true, training.order, training.temperature)
        if training.direct_weight:
            error = ((nu - batch["identity"]) / self.unit).square().mean()
            losses["direct"] = training.direct_weight * error
        context.optimize("students", torch.stack(list(losses.values())).sum())
        return {name: loss.item() for name, loss in losses.items()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Of held-out speech of seen speakers: how often nu is nearest to the mean nu* of the right one."""
        names = self.voices.speakers
        means = np.stack(
            [
                np.mean(
                    [self.taught.identity[i] for i, p in enumerate(self.voices.training) if p.speaker == name], axis=0
                )
                for name in names
            ]
        )
        known = [(omega, speaker) for omega, speaker in self.seen if speaker in names]
        if not known:
            return {}
        nu, _ = modules["students"](torch.stack([omega for omega, _ in known]).to(self.device))
        distances = np.linalg.norm(nu.cpu().numpy()[:, None] - means, axis=2)
        right: dict[str, list[float]] = {name: [] for name in names}
        for row, (_, speaker) in zip(distances, known, strict=True):
            right[speaker].append(float(names[int(row.argmin())] == speaker))
        return {"speaker_found": float(np.mean([np.mean(hits) for hits in right.values() if hits]))}
