"""What the frozen networks say of every training passage, computed once a stage.

Dimension letters: F frames of a passage, T steps, I size of nu, E of mu, O of omega.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from talkface_speech2video.articulation import Articulation, by_frame
from talkface_speech2video.config import STEPS_PER_FRAME, Speech2VideoConfig
from talkface_speech2video.cpc import Cpc
from talkface_speech2video.hearing import voiced_steps
from talkface_speech2video.recipe.data import Passage, Voices
from talkface_speech2video.recipe.settings import Settings
from talkface_speech2video.recipe.teachers_stage import NAMES, saved_classifier
from talkface_speech2video.students import summarise
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.weights import load_module, read_tensors
from talkface_trainer.evaluation import spread_frames
from talkface_trainer.teachers import Teacher, clip_descriptions, open_teacher

Networks = Mapping[str, nn.Module]


def restored(module: nn.Module, path: Path) -> None:
    """Put the weights of a finished stage into a module."""
    tensors, _ = read_tensors(path)
    load_module(module, tensors, origin=str(path))


def begun_from(path: Path, modules: Networks) -> None:
    """Put into modules, by their names in a weight file, the tensors of it that have the same name and shape.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    tensors, _ = read_tensors(path)
    for prefix, module in modules.items():
        wanted = module.state_dict()
        given = {name: tensors.get(f"{prefix}.{name}", value) for name, value in wanted.items()}
        fitting = {name: value for name, value in given.items() if value.shape == wanted[name].shape}
        module.load_state_dict(wanted | fitting)


def speech_networks(config: Speech2VideoConfig, done: Mapping[str, Path], device: str) -> Networks:
    """The trained encoder and, if there is one, the articulation, frozen."""
    networks: dict[str, nn.Module] = {"cpc": Cpc(config.cpc)}
    if config.articulation.size:
        networks["articulation"] = Articulation(config)
    for name, module in networks.items():
        restored(module, done["cpc"] / f"{name}.safetensors")
        module.to(device).eval().requires_grad_(False)
    return networks


@dataclass(frozen=True, slots=True)
class Hearing:
    """A passage's speech as the networks hear it: c `(T, C)`, z `(T, Z)`, float16, and `voiced` `(T,)`."""

    states: Tensor
    encoded: Tensor
    voiced: Tensor

    @classmethod
    def of(cls, samples: FloatArray, networks: Networks) -> Hearing:
        """From samples `(N,)`."""
        device = next(networks["cpc"].parameters()).device
        with torch.inference_mode():
            states, encoded = networks["cpc"](torch.from_numpy(samples)[None].to(device))
        voiced = torch.from_numpy(voiced_steps(samples))
        return cls(states[0].half().cpu().clone(), encoded[0].half().cpu().clone(), voiced)

    def omega(self, config: Speech2VideoConfig, first: int = 0, stop: int | None = None) -> Tensor:
        """The omega `(O,)` of the steps `first..stop`."""
        part = slice(first, stop)
        return summarise(
            self.states[part].float(), self.encoded[part].float(), self.voiced[part], config.students.summary
        )

    def by_frame(self, first: int, stop: int) -> FloatArray:
        """What is heard in the frames `first..stop`, float32 `(stop - first, 4 * (C + Z))`."""
        part = slice(first * STEPS_PER_FRAME, stop * STEPS_PER_FRAME)
        heard: FloatArray = by_frame(self.states[part][None], self.encoded[part][None], stop - first)[0].float().numpy()
        return heard


@dataclass(frozen=True, slots=True)
class Taught:
    """What teachers say of passages, in their order: nu* `(n, I)`, and mu* of some frames of each `(n, frames, E)`."""

    identity: FloatArray
    emotion: FloatArray
    titles: Mapping[str, str]


def taught(voices: Voices, settings: Settings, done: Mapping[str, Path]) -> Taught:
    """Ask the teachers about every training passage.

    Raises:
        WeightsError: a published teacher's file is missing or damaged.
        TrainingError: a stand-in has not been trained.
    """
    if "taught" in voices.kept:
        known: Taught = voices.kept["taught"]
        return known
    teachers = {subject: _teacher(subject, voices, settings, done) for subject in ("identity", "emotion")}
    training = settings.distill
    identity, emotion = [], []
    for passage in voices.training:
        first = [0] if training.identity_frames == 1 else spread_frames(passage.frames, training.identity_frames)
        identity.append(_of(teachers["identity"], passage, first).mean(axis=0))
        seen = _of(teachers["emotion"], passage, spread_frames(passage.frames, 2 * training.emotion_frames))
        index = np.arange(2 * training.emotion_frames) % len(seen)
        emotion.append(seen[index])
    titles = {subject: teacher.title for subject, teacher in teachers.items()}
    voices.kept["taught"] = Taught(np.stack(identity), np.stack(emotion), titles)
    return taught(voices, settings, done)


def _of(teacher: Teacher, passage: Passage, frames: Sequence[int] | np.ndarray) -> FloatArray:
    return clip_descriptions(teacher, passage.clip, passage.first + np.asarray(frames))


def _teacher(subject: str, voices: Voices, settings: Settings, done: Mapping[str, Path]) -> Teacher:
    model, training = settings.model, settings.teachers
    name, given = {
        "identity": (model.identity_teacher, training.identity_file),
        "emotion": (model.emotion_teacher, training.emotion_file),
    }[subject]
    if name == NAMES[subject] and not given:
        return open_teacher(name, file=saved_classifier(subject, voices, settings, done))
    return open_teacher(name, file=Path(given) if given else None)
