"""The recipe of SDM: motion, where diffusion may start, the denoiser, the renderer, and motion as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar

from talkface_sdm.recipe.data import MotionClips
from talkface_sdm.recipe.diffusion_stage import BoundaryStage, DiffusionStage, JointStage, loaded
from talkface_sdm.recipe.face_stage import FaceStage
from talkface_sdm.recipe.motion_stage import MotionStage
from talkface_sdm.recipe.picture_stage import PictureDiffusionStage
from talkface_sdm.recipe.renderer_stage import RendererStage
from talkface_sdm.recipe.settings import Settings, Training, settings
from talkface_sdm.weights import build_networks, save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison, Recipe, Stage, StagePlan
from talkface_studio.api.values import Device


class SdmRecipe(Recipe):
    """See `api.recipe.Recipe`; settings are changed by `STAGE.KEY` and `model.SECTION.KEY`."""

    model: ClassVar[str] = "sdm"
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")

    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        self.settings: Settings = settings(preset, overrides)

    @property
    def config(self) -> Mapping[str, Any]:
        """All settings as plain data."""
        return asdict(self.settings)

    def stages(self) -> Sequence[StagePlan]:
        """Face and renderer learn from the truth alone and could be trained at any time.

        Where pictures are diffused K is known from the renderer's, and motion has no denoiser to be trained with.
        """
        chosen = self.settings
        first = (
            self._plan("motion", chosen.motion),
            *((self._plan("face", chosen.face),) if chosen.model.face.apart else ()),
        )
        renderer = self._plan("renderer", chosen.renderer)
        denoiser = self._plan("diffusion", chosen.diffusion, optimizer="denoiser")
        if self._of_pictures:
            return (*first, renderer, denoiser)
        joint = replace(chosen.motion, steps=chosen.joint.steps, rate=chosen.joint.rate, validate_every=0)
        return (
            *first,
            self._plan("boundary", chosen.boundary, optimizer="predictor"),
            denoiser,
            renderer,
            self._plan("joint", joint),
        )

    @property
    def _of_pictures(self) -> bool:
        return self.settings.model.diffusion.space == "image"

    def _plan(self, stage: str, training: Training, *, optimizer: str = "") -> StagePlan:
        paper = self.settings.model.preset == "paper"
        every = training.validate_every or training.steps
        return StagePlan(
            name=stage,
            steps=training.steps,
            batch_size=training.batch,
            learning_rates={optimizer or stage: training.rate},
            schedule="constant" if paper else "cosine",
            warmup=0 if paper else min(100, training.steps // 10),
            ema=training.ema,
            clip_norm=5.0,
            validate_every=every,
            checkpoint_every=min(every, 500),
            sample_every=every,
        )

    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:
        """Set up one stage."""
        clips = MotionClips.open(dataset, self.settings.model)
        if plan.name == "motion":
            return MotionStage(clips, self.settings.model, self.settings.motion, device)
        if plan.name == "face":
            return FaceStage(clips, self.settings, device)
        if plan.name == "boundary":
            return BoundaryStage(clips, self.settings, done, device)
        if plan.name == "diffusion":
            stage = PictureDiffusionStage if self._of_pictures else DiffusionStage
            return stage(clips, self.settings, done, device)
        if plan.name == "renderer":
            return RendererStage(clips, self.settings, device)
        return JointStage(clips, self.settings, done, device)

    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """One fp16 safetensors with all networks and the configuration."""
        networks = build_networks(self.settings.model)
        learned_in = {"motion": "joint", "denoiser": "joint"} if "joint" in done else {"denoiser": "diffusion"}
        for name, module in networks.modules.items():
            stage = learned_in.get(name, name)
            loaded(module, done[stage] / f"{name}.safetensors")
        save_networks(output, networks)
        return {"start": networks.start, "of_steps": self.settings.model.diffusion.steps}

    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """The paper's measures, and those of head motion, for `val` and `val_unseen`; see `recipe.evaluation`."""
        from talkface_sdm.recipe.evaluation import Measured, evaluate

        return evaluate(dataset, weights, device, output, Measured(weights_folder=self.weights_folder))

    def compare(
        self, dataset: Path, weights: Path | None, device: Device, output: Path, comparison: Comparison
    ) -> Mapping[str, Any]:
        """Like `evaluate`, with further weights as rows: those of networks that were trained without a part.

        Raises:
            TrainingError: something else is to be compared.
        """
        from talkface_sdm.recipe.evaluation import Measured, evaluate

        if comparison.outside or comparison.others or comparison.videos or comparison.adapt:
            raise TrainingError("the recipe of sdm compares --rows alone; leave out --outside, --beside and the like")
        asked = Measured(weights_folder=self.weights_folder, rows=comparison.rows, clips=comparison.clips)
        return evaluate(dataset, weights, device, output, asked)
