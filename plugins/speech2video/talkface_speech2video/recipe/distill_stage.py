"""Stage `distill`: identity and emotion students from what the teachers see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from talkface_speech2video.config import SAMPLE_RATE, STEP_RATE
from talkface_speech2video.gallery import Gallery
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.library import Hearing, speech_networks, taught
from talkface_speech2video.recipe.losses import distillation_loss, normal_loss
from talkface_speech2video.recipe.settings import Settings
from talkface_speech2video.students import Students
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.voice_print import voice_print

PRINTS = 20
"""Pieces of each speaker's training speech, about, that tell how a voice varies."""


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
        self.centres = self._centres()
        self.modules: dict[str, nn.Module] = {"students": self.students}
        if self.model.students.recall:
            self.modules["gallery"] = self._gallery(settings.reserved)
        kind = torch.optim.RMSprop if self.training.optimizer == "rmsprop" else torch.optim.Adam
        self.optimizers = {"students": kind(self.students.parameters(), lr=self.training.rate)}
        self.seen = [(self._heard(passage.samples(), networks), passage.speaker) for passage in voices.seen]

    def _centres(self) -> FloatArray:
        """The mean nu* of every speaker, `(V, I)`."""
        return np.stack([self.taught.identity[list(own)].mean(axis=0) for own in self.voices.by_speaker.values()])

    def _gallery(self, reserved: str) -> Gallery:
        """The codes of the training speakers, each the nu* of one clip: a mean of clips in different light blurs."""
        gallery = Gallery(self.model.students.identity, len(self.voices.speakers)).to(self.device)
        kept = {name.strip() for name in reserved.split(",")}
        for i, (name, own) in enumerate(self.voices.by_speaker.items()):
            known = self.taught.identity[list(own)]
            typical = np.linalg.norm(known - self.centres[i], axis=1).argmin()
            gallery.codes[i] = torch.from_numpy(known[typical])
            gallery.lent[i] = float(name not in kept)
        gallery.centres.copy_(torch.from_numpy(self.centres))
        gallery.voices.fit(*self._prints())
        return gallery

    def _prints(self) -> tuple[Tensor, Tensor]:
        """Voice prints of whole passages and of pieces of them, about as many of each speaker, and whose they are."""
        rng = np.random.default_rng(6)
        prints, speakers = [], []
        for number, own in enumerate(self.voices.by_speaker.values()):
            for i in own:
                whole = self.voices.training[i].samples()
                parts = [whole, *_pieces(whole, max(PRINTS // len(own), 1), self.training.shortest, rng)]
                prints += [voice_print(torch.from_numpy(part)) for part in parts]
                speakers += [number] * len(parts)
        return torch.stack(prints), torch.tensor(speakers)

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
        known = [(omega, speaker) for omega, speaker in self.seen if speaker in names]
        if not known:
            return {}
        nu, _ = modules["students"](torch.stack([omega for omega, _ in known]).to(self.device))
        distances = np.linalg.norm(nu.cpu().numpy()[:, None] - self.centres, axis=2)
        right: dict[str, list[float]] = {name: [] for name in names}
        for row, (_, speaker) in zip(distances, known, strict=True):
            right[speaker].append(float(names[int(row.argmin())] == speaker))
        return {"speaker_found": float(np.mean([np.mean(hits) for hits in right.values() if hits]))}


def _pieces(samples: FloatArray, count: int, shortest: float, rng: np.random.Generator) -> list[FloatArray]:
    """Random pieces of samples `(N,)`, of `shortest` seconds or more where there are as many."""
    least = min(round(shortest * SAMPLE_RATE), len(samples))
    lengths = rng.integers(least, len(samples) + 1, size=count)
    firsts = [int(rng.integers(len(samples) - length + 1)) for length in lengths]
    return [np.array(samples[first : first + length]) for first, length in zip(firsts, lengths, strict=True)]
