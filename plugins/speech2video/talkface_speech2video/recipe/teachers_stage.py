"""Stage `teachers`: small classifiers of the training faces, for want of the published teachers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.settings import Settings
from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.api.recipe import Stage, TrainContext
from talkface_studio.nn.face_classifier import FaceClassifier, FaceClassifierConfig, save_classifier
from talkface_studio.nn.weights import load_module, read_tensors

NAMES = {"identity": "local-identity", "emotion": "local-emotion"}
"""The registry's names of what this stage makes."""
EMOTION_EMBEDDING = 64


def classifier_configs(voices: Voices, settings: Settings) -> dict[str, FaceClassifierConfig]:
    """The classifiers that stand in for teachers, by subject: only those that the settings ask for."""
    training, model = settings.teachers, settings.model
    layout = voices.layout
    identity = FaceClassifierConfig(
        labels=voices.speakers,
        size=layout.size,
        eye_distance=layout.eye_distance,
        eye_height=layout.eye_height,
        width=training.width,
        embedding=model.students.identity,
        trained_on=f"{len(voices.speakers)} speakers",
    )
    emotion = replace(
        identity,
        labels=voices.emotions()[0],
        size=training.emotion_size,
        width=training.emotion_width,
        embedding=EMOTION_EMBEDDING,
    )
    wanted = {"identity": identity, "emotion": emotion}
    used = {"identity": model.identity_teacher, "emotion": model.emotion_teacher}
    return {subject: config for subject, config in wanted.items() if used[subject] == NAMES[subject]}


class TeachersStage(Stage):
    """Cross-entropy of speakers and of emotions, on frames with other brightness and place."""

    def __init__(self, voices: Voices, settings: Settings, device: str) -> None:
        self.voices, self.training = voices, settings.teachers
        self.names, self.emotions = voices.emotions()
        self.facts = {"emotions": "labelled" if not self.names[0].startswith("expression") else "groups of expressions"}
        self.nets = {
            subject: FaceClassifier(config).to(device)
            for subject, config in classifier_configs(voices, settings).items()
        }
        self.modules = dict(self.nets)
        parameters = [value for net in self.nets.values() for value in net.parameters()]
        self.optimizers = {"teachers": torch.optim.Adam(parameters, lr=self.training.rate)}
        self.device = torch.device(device)

    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """Random frames, every speaker about as often as any other."""
        rng = np.random.default_rng((seed, step, 1))
        chosen = [self.voices.draw(rng, 0.3) for _ in range(self.training.batch)]
        return self._frames(chosen, rng)

    def _frames(self, chosen: list[int], rng: np.random.Generator) -> dict[str, Tensor]:
        size = self.voices.config.decoder.size
        frames, speakers, emotions = [], [], []
        for number in chosen:
            passage = self.voices.training[number]
            index = int(rng.integers(passage.frames))
            frames.append(passage.pictures(np.array([index]), size)[0])
            speakers.append(self.voices.speakers.index(passage.speaker))
            emotions.append(int(self.emotions[number][index]))
        return {
            "frames": torch.from_numpy(np.stack(frames)).movedim(3, 1),
            "identity": torch.tensor(speakers),
            "emotion": torch.tensor(emotions),
            "light": torch.from_numpy(rng.uniform(0.8, 1.2, (len(chosen), 1, 1, 1)).astype(np.float32)),
        }

    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """See the class."""
        pictures = (batch["frames"].float() / 255 * batch["light"]).clamp(0, 1)
        losses = {}
        with context.autocast():
            for subject, net in self.nets.items():
                _, logits = net(_sized(pictures, net))
                losses[subject] = F.cross_entropy(logits.float(), batch[subject])
        context.optimize("teachers", torch.stack(list(losses.values())).sum())
        return {name: loss.item() for name, loss in losses.items()}

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:
        """Share of training frames whose class is found; there is nobody else to ask about these speakers."""
        rng = np.random.default_rng(0)
        batch = self._frames([self.voices.draw(rng, 0.3) for _ in range(64)], rng)
        measures = {}
        for subject, net in modules.items():
            logits = net(_sized(batch["frames"].to(self.device).float() / 255, net))[1]
            measures[subject] = float((logits.argmax(dim=1).cpu() == batch[subject]).float().mean())
        return measures


def _sized(pictures: Tensor, net: FaceClassifier) -> Tensor:
    size = net.config.size
    return pictures if pictures.shape[-1] == size else F.interpolate(pictures, (size, size), mode="area")


def saved_classifier(subject: str, voices: Voices, settings: Settings, done: Mapping[str, Path]) -> Path:
    """The file of a classifier that this stage has trained, written where its weights lie.

    Raises:
        TrainingError: the stage has not been run.
    """
    if "teachers" not in done:
        raise TrainingError("the stage 'teachers' has not been run; start the run again")
    network = FaceClassifier(classifier_configs(voices, settings)[subject])
    source = done["teachers"] / f"{subject}.safetensors"
    try:
        tensors, _ = read_tensors(source)
        load_module(network, tensors, origin=str(source))
    except WeightsError as error:
        raise TrainingError(str(error)) from error
    path = done["teachers"] / f"{NAMES[subject]}.safetensors"
    save_classifier(path, network, half=False)
    return path
