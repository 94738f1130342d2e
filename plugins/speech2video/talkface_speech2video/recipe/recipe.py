"""The recipe of Speech2Video: stand-in teachers, CPC, students, frames, and the adversarial stage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from talkface_speech2video.recipe.cpc_stage import CpcStage
from talkface_speech2video.recipe.data import Voices
from talkface_speech2video.recipe.distill_stage import DistillStage
from talkface_speech2video.recipe.frames_stage import AdversarialStage, FramesStage
from talkface_speech2video.recipe.library import restored
from talkface_speech2video.recipe.settings import Settings, settings
from talkface_speech2video.recipe.teachers_stage import NAMES, TeachersStage
from talkface_speech2video.weights import build_networks, save_networks
from talkface_studio.api.errors import TrainingError
from talkface_studio.api.recipe import Recipe, Stage, StagePlan
from talkface_studio.api.values import Device


class Speech2VideoRecipe(Recipe):
    """See `api.recipe.Recipe`; settings are changed by `STAGE.KEY` and `model.SECTION.KEY`."""

    model: ClassVar[str] = "speech2video"
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")

    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        self.settings: Settings = settings(preset, overrides)
        self._voices: tuple[Path, Voices] | None = None

    @property
    def config(self) -> Mapping[str, Any]:
        """All settings as plain data."""
        return asdict(self.settings)

    def stages(self) -> Sequence[StagePlan]:
        """Without `teachers` where both teachers are given, and without `frames` where it has no steps."""
        chosen = self.settings
        plans = [
            self._plan("cpc", {"cpc": chosen.cpc.rate}, chosen.cpc.steps, chosen.cpc.validate_every, chosen.cpc.ema),
            self._plan(
                "distill", {"students": chosen.distill.rate}, chosen.distill.steps, chosen.distill.validate_every
            ),
        ]
        if self._stand_ins():
            training = chosen.teachers
            rates = {"teachers": training.rate}
            plans.insert(0, self._plan("teachers", rates, training.steps, training.validate_every))
        frames, against = chosen.frames, chosen.adversarial
        if frames.steps:
            rates = {"decoder": frames.rate}
            plans.append(self._plan("frames", rates, frames.steps, frames.validate_every, frames.ema))
        rates = {
            "decoder": against.rate,
            "judge_identity": against.identity_rate,
            "judge_frame": against.frame_rate,
            "judge_sync": against.sync_rate,
        }
        plans.append(self._plan("adversarial", rates, against.steps, against.validate_every, frames.ema))
        return plans

    def _stand_ins(self) -> bool:
        model, training = self.settings.model, self.settings.teachers
        used = {
            "identity": (model.identity_teacher, training.identity_file),
            "emotion": (model.emotion_teacher, training.emotion_file),
        }
        return any(name == NAMES[subject] and not file for subject, (name, file) in used.items())

    def _plan(self, name: str, rates: Mapping[str, float], steps: int, every: int, ema: float = 0.0) -> StagePlan:
        paper = self.settings.model.preset == "paper"
        return StagePlan(
            name=name,
            steps=steps,
            learning_rates=dict(rates),
            schedule="constant" if paper else "cosine",
            warmup=0 if paper else min(50, steps // 10),
            ema=ema,
            clip_norm=1.0,
            validate_every=min(every, steps),
            checkpoint_every=min(every, steps, 100),
            sample_every=min(every, steps),
        )

    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:
        """Set up one stage."""
        if self._voices is None or self._voices[0] != dataset:
            self._voices = dataset, Voices.open(dataset, self.settings.model, self.settings.most_clips)
        voices, name = self._voices[1], device.torch_name
        if plan.name == "teachers":
            return TeachersStage(voices, self.settings, name)
        if plan.name == "cpc":
            return CpcStage(voices, self.settings, name)
        if plan.name == "distill":
            return DistillStage(voices, self.settings, done, name)
        kind = FramesStage if plan.name == "frames" else AdversarialStage
        return kind(voices, self.settings, done, name)

    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """One fp16 safetensors with all networks, the configuration and the names of the voices."""
        facts = _recorded(done["distill"])
        networks = build_networks(self.settings.model, facts.get("voices", ()))
        stage_of = {"cpc": "cpc", "articulation": "cpc", "students": "distill", "gallery": "distill"}
        for name, module in networks.modules.items():
            restored(module, done[stage_of.get(name, "adversarial")] / f"{name}.safetensors")
        save_networks(output, networks)
        return {"teachers": dict(facts.get("teachers", {})), "voices": list(networks.voices)}

    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """Seen and unseen voices apart, beside trivial baselines; see `recipe.evaluation`."""
        from talkface_speech2video.recipe.evaluation import evaluate

        return evaluate(dataset, weights, device, output)


def _recorded(weights: Path) -> Mapping[str, Any]:
    """What the run says of the stage `distill`, whose weights lie here."""
    try:
        run = json.loads((weights.parents[1] / "run.json").read_text(encoding="utf-8"))
        facts: Mapping[str, Any] = run["stages"]["distill"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"{weights.parents[1] / 'run.json'}: does not say who was heard: {error}") from error
    return facts
