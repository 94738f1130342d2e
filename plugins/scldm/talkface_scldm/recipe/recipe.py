"""The recipe of SCLDM: voices and faces are aligned, faces are diffused, and portraits are drawn of what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from talkface_scldm.networks import build_networks
from talkface_scldm.recipe.alignment_stage import AlignmentStage, restored
from talkface_scldm.recipe.data import Voices
from talkface_scldm.recipe.diffusion_stage import DiffusionStage
from talkface_scldm.recipe.portraits_stage import PortraitsStage
from talkface_scldm.recipe.settings import AlignmentTraining, DiffusionTraining, PortraitsTraining, Settings, settings
from talkface_scldm.weights import save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Comparison, Recipe, Stage, StagePlan
from talkface_studio.api.values import Device


class ScldmRecipe(Recipe):
    """See `api.recipe.Recipe`; settings are changed by `STAGE.KEY` and `model.SECTION.KEY`."""

    model: ClassVar[str] = "scldm"
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")

    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        self.settings: Settings = settings(preset, overrides)

    @property
    def config(self) -> Mapping[str, Any]:
        """All settings as plain data."""
        return asdict(self.settings)

    def stages(self) -> Sequence[StagePlan]:
        """Without `alignment` where its result is given, and without `portraits` where it has no steps."""
        chosen = self.settings
        plans = [self._plan("diffusion", chosen.diffusion)]
        if not chosen.alignment.given:
            plans.insert(0, self._plan("alignment", chosen.alignment))
        if chosen.model.face.studio and chosen.portraits.steps:
            plans.append(self._plan("portraits", chosen.portraits))
        return plans

    def _aligned(self, done: Mapping[str, Path]) -> Path:
        """Where the face encoder, the face decoder and the speech encoder lie."""
        given = self.settings.alignment.given
        return Path(given) if given else done["alignment"]

    def _plan(self, stage: str, training: AlignmentTraining | DiffusionTraining | PortraitsTraining) -> StagePlan:
        paper = self.settings.model.preset == "paper"
        every = training.validate_every
        rates = {stage: training.rate}
        if isinstance(training, PortraitsTraining):
            rates = {"decoder": training.rate, "judge": training.judge_rate}
        return StagePlan(
            name=stage,
            steps=training.steps,
            batch_size=training.batch,
            learning_rates=rates,
            schedule="constant" if paper else "cosine",
            warmup=0 if paper else min(50, training.steps // 10),
            ema=training.ema,
            clip_norm=5.0,
            validate_every=every,
            checkpoint_every=min(every, 500),
            sample_every=every,
        )

    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:
        """Set up one stage."""
        voices = Voices.open(dataset, self.settings.model)
        if plan.name == "alignment":
            return AlignmentStage(voices, self.settings, device)
        if plan.name == "portraits":
            return PortraitsStage(voices, self.settings, self._aligned(done), done["diffusion"], device)
        return DiffusionStage(voices, self.settings, self._aligned(done), device)

    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """One fp16 safetensors with all networks and the configuration."""
        networks = build_networks(self.settings.model)
        modules = networks.modules
        aligned = self._aligned(done)
        sources = (
            (aligned, ("encoder",)),
            (done.get("portraits", aligned), ("decoder",)),
            (done["diffusion"], ("speech", "space", "denoiser")),
        )
        for source, names in sources:
            restored(source, {name: modules[name] for name in names})
        save_networks(output, networks)
        return {"prior_norm": round(float(networks.space.prior.norm()), 3)}

    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """The paper's measures for `val` and `val_unseen`; see `recipe.evaluation`."""
        from talkface_scldm.recipe.evaluation import evaluate

        return evaluate(dataset, weights, device, output, settings=self.settings.evaluation)

    def compare(
        self, dataset: Path, weights: Path | None, device: Device, output: Path, comparison: Comparison
    ) -> Mapping[str, Any]:
        """The same beside further weights of this model, such as the rows of the paper's ablation.

        Raises:
            TrainingError: something else is to be compared.
        """
        from talkface_scldm.recipe.evaluation import evaluate

        if comparison != Comparison(rows=comparison.rows):
            raise TrainingError("the recipe of scldm compares weights of its own model (--rows) and nothing else")
        return evaluate(dataset, weights, device, output, settings=self.settings.evaluation, rows=comparison.rows)
