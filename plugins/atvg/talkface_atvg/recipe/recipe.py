"""The recipe of ATVG: AT-net (`at`), then VG-net from pixels alone (`vg`) and against its discriminator (`gan`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from talkface_atvg.at_net import AtNet
from talkface_atvg.recipe.at_stage import AtStage, BasisModule
from talkface_atvg.recipe.data import NormalisedClips
from talkface_atvg.recipe.settings import Settings, VgTraining, settings
from talkface_atvg.recipe.vg_stage import VgStage
from talkface_atvg.vg_net import VgNet
from talkface_atvg.weights import AtvgNetworks, save_networks
from talkface_studio.api.recipe import Recipe, Stage, StagePlan
from talkface_studio.api.values import Device
from talkface_studio.nn.weights import load_module, read_tensors


class AtvgRecipe(Recipe):
    """See `api.recipe.Recipe`; settings are changed by `at.KEY`, `vg.KEY`, `gan.KEY` and `model.SECTION.KEY`."""

    model: ClassVar[str] = "atvg"
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")

    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        self.settings: Settings = settings(preset, overrides)

    @property
    def config(self) -> Mapping[str, Any]:
        """All settings as plain data."""
        return asdict(self.settings)

    def stages(self) -> Sequence[StagePlan]:
        """AT-net first: its landmark basis and mean are what VG-net centres its landmarks on."""
        at = self.settings.at
        plan = StagePlan(
            name="at",
            steps=at.steps,
            batch_size=at.batch,
            learning_rates={"at_net": at.rate},
            schedule="constant" if at.optimiser == "adam" else "cosine",
            warmup=0 if at.optimiser == "adam" else at.steps // 10,
            ema=at.ema,
            validate_every=at.validate_every,
            checkpoint_every=at.validate_every,
            sample_every=at.steps,
            monitor="val_landmark",
        )
        others = {"vg": self.settings.vg, "gan": self.settings.gan}
        return (plan, *(_vg_plan(name, training) for name, training in others.items() if training.steps))

    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:
        """Set up `at`, or one of the others on the basis that `at` saved."""
        clips = NormalisedClips.open(dataset, self.settings.model)
        if plan.name == "at":
            return AtStage(clips, self.settings, device)
        start = done["vg"] / "vg_net.safetensors" if plan.name == "gan" and "vg" in done else None
        training = self.settings.vg if plan.name == "vg" else self.settings.gan
        mean = self._basis(done["at"]).mean
        return VgStage(clips, self.settings, training, mean=mean, start=start, device=device)

    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """One fp16 safetensors with both networks, the basis and the configuration."""
        model = self.settings.model
        at_net, vg_net = AtNet(model.at_net), VgNet(model.vg_net)
        load_saved(at_net, done["at"] / "at_net.safetensors")
        load_saved(vg_net, done["gan" if "gan" in done else "vg"] / "vg_net.safetensors")
        basis = self._basis(done["at"]).basis(model.normalisation.scale, model.normalisation.components)
        save_networks(output, AtvgNetworks(model, at_net, vg_net, basis))
        return {
            "at_steps": self.settings.at.steps,
            "vg_steps": self.settings.vg.steps,
            "gan_steps": self.settings.gan.steps,
            "speech": model.at_net.speech,
            "landmark_norm": model.normalisation.method,
        }

    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """The thesis's measures for `val` and `val_unseen`; see `recipe.evaluation`."""
        from talkface_atvg.recipe.evaluation import evaluate

        return evaluate(dataset, weights, device, output)

    def _basis(self, folder: Path) -> BasisModule:
        module = BasisModule(components=self.settings.model.normalisation.components)
        load_saved(module, folder / "basis.safetensors")
        return module


def _vg_plan(name: str, training: VgTraining) -> StagePlan:
    return StagePlan(
        name=name,
        steps=training.steps,
        batch_size=training.batch,
        learning_rates={"vg_net": training.rate, "discriminator": training.rate},
        schedule=training.schedule,
        warmup=0 if training.schedule == "constant" else min(200, training.steps // 10),
        ema=training.ema,
        validate_every=training.validate_every,
        checkpoint_every=min(training.validate_every, 250),
        sample_every=training.validate_every,
        # Once the discriminator has a say, sharper is not nearer in pixels: the last weights count, not the best.
        monitor="val_mouth_error" if name == "vg" else "",
    )


def load_saved(module: Any, path: Path) -> None:
    """Load one module of a finished stage.

    Raises:
        WeightsError: the file is missing or does not fit.
    """
    tensors, _ = read_tensors(path)
    load_module(module, tensors, origin=str(path))
