"""The recipe of LTFG-GAN: the landmark generator (`landmarks`), then the face generator (`faces`), independently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar

from torch import nn

from talkface_ltfg_gan.landmark_generator import Landmarks
from talkface_ltfg_gan.recipe.data import LandmarkClips
from talkface_ltfg_gan.recipe.face_stage import FaceStage
from talkface_ltfg_gan.recipe.landmark_stage import LandmarkStage
from talkface_ltfg_gan.recipe.settings import Settings, settings
from talkface_ltfg_gan.weights import build_networks, load_networks, save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison, Recipe, Stage, StagePlan
from talkface_studio.api.values import Device
from talkface_studio.nn.weights import load_module, read_tensors


class LtfgRecipe(Recipe):
    """See `api.recipe.Recipe`; settings are changed by `landmarks.KEY`, `faces.KEY` and `model.SECTION.KEY`."""

    model: ClassVar[str] = "ltfg-gan"
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")

    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        self.settings: Settings = settings(preset, overrides)

    @property
    def config(self) -> Mapping[str, Any]:
        """All settings as plain data."""
        return asdict(self.settings)

    def stages(self) -> Sequence[StagePlan]:
        """The two networks do not need each other while they learn. Without `landmarks` where its result is given."""
        plans = (self._landmarks_plan(), self._faces_plan())
        return plans[1:] if self.settings.landmarks.given else plans

    def _landmarks_plan(self) -> StagePlan:
        landmarks, paper = self.settings.landmarks, self.settings.model.preset == "paper"
        return StagePlan(
            name="landmarks",
            steps=landmarks.steps,
            batch_size=landmarks.batch,
            learning_rates={"landmark_generator": landmarks.rate},
            schedule="constant" if paper else "cosine",
            warmup=0 if paper else landmarks.steps // 10,
            ema=landmarks.ema,
            clip_norm=0.0 if paper else 1.0,
            validate_every=landmarks.validate_every,
            checkpoint_every=min(landmarks.validate_every, 500),
            sample_every=landmarks.steps,
            monitor="val_place",
        )

    def _faces_plan(self) -> StagePlan:
        faces, paper = self.settings.faces, self.settings.model.preset == "paper"
        return StagePlan(
            name="faces",
            steps=faces.steps,
            batch_size=faces.batch,
            learning_rates={"face_generator": faces.rate, "discriminator": faces.rate},
            schedule="constant" if paper else "cosine",
            warmup=0 if paper else min(200, faces.steps // 10),
            ema=faces.ema,
            clip_norm=0.0 if paper else 1.0,
            validate_every=faces.validate_every,
            checkpoint_every=min(faces.validate_every, 250),
            sample_every=faces.validate_every,
        )

    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:  # noqa: ARG002
        """Set up one of the two."""
        clips = LandmarkClips.open(dataset, self.settings.model)
        if plan.name == "landmarks":
            return LandmarkStage(clips, self.settings.model, self.settings.landmarks, device)
        if self.settings.landmarks.given:
            # What does not fit is told before hours of training.
            self._given_landmarks()
        return FaceStage(clips, self.settings.model, self.settings.faces, device)

    def _given_landmarks(self) -> Landmarks:
        path = Path(self.settings.landmarks.given)
        networks = load_networks(path)
        if networks.config.landmark_generator != self.settings.model.landmark_generator:
            raise TrainingError(f"landmarks.given: the landmark generator of {path} is not the one of these settings")
        return networks.landmark_generator

    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """One fp16 safetensors with both networks and the configuration."""
        chosen, networks = self.settings, build_networks(self.settings.model)
        _restore(networks.face_generator, done["faces"] / "face_generator.safetensors")
        if chosen.landmarks.given:
            networks = replace(networks, landmark_generator=self._given_landmarks())
        else:
            _restore(networks.landmark_generator, done["landmarks"] / "landmark_generator.safetensors")
        save_networks(output, networks)
        made: dict[str, Any] = {} if chosen.landmarks.given else {"landmark_steps": chosen.landmarks.steps}
        return made | {"face_steps": chosen.faces.steps, "speech": chosen.model.landmark_generator.speech.kind}

    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """The paper's measures for `val` and `val_unseen`; see `recipe.evaluation`."""
        from talkface_ltfg_gan.recipe.evaluation import evaluate

        return evaluate(dataset, weights, device, output)

    def compare(
        self, dataset: Path, weights: Path | None, device: Device, output: Path, comparison: Comparison
    ) -> Mapping[str, Any]:
        """The same on and beside more."""
        from talkface_ltfg_gan.recipe.evaluation import evaluate

        return evaluate(dataset, weights, device, output, comparison)


def _restore(module: nn.Module, path: Path) -> None:
    tensors, _ = read_tensors(path)
    load_module(module, tensors, origin=str(path))
