"""How a model is trained: the part that a plugin writes.

The trainer owns the loop (stages, optimiser steps, precision, averaging, checkpoints, events); a recipe says what the
stages are and what one step computes. torch appears here only as `Any`, so that the contract stays light.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Generator
from talkface_studio.api.values import ByteArray, Device, Options


@dataclass(frozen=True, kw_only=True, slots=True)
class StagePlan:
    """One stage of a recipe, as data that a run records and a user can override with `--set stage.key=value`."""

    name: str
    """Unique within the recipe; also the name of the stage's folder in a run."""
    steps: int
    """Optimiser steps."""
    batch_size: int = 8
    learning_rates: Mapping[str, float] = field(default_factory=dict)
    """By optimiser name; the recipe gives them to its optimisers."""
    schedule: Literal["constant", "cosine", "linear"] = "constant"
    """How the loop lowers every learning rate over the stage: not at all, or towards 0 at its last step."""
    warmup: int = 0
    """Steps over which the loop raises the learning rates from near 0."""
    ema: float = 0.0
    """Decay of the averaged weights (lower in the first steps); 0 switches averaging off."""
    clip_norm: float = 0.0
    """Largest gradient norm; 0 switches clipping off."""
    validate_every: int = 500
    checkpoint_every: int = 250
    sample_every: int = 500
    patience: int = 0
    """Validations without improvement after which the stage ends early; 0 means never."""
    monitor: str = ""
    """The validation measure that `patience` and the best checkpoint look at (lower is better)."""


class Stage(ABC):
    """One stage while it runs.

    What a step does depends on the saved state (modules and optimizers), the step and the seed alone, so that a run can
    resume exactly: `batch` derives everything random from its arguments; `step` may use torch's global generator, which
    the loop seeds before each step. Values that change while training live in buffers of a module.
    """

    modules: Mapping[str, Any]
    """Networks (torch.nn.Module) whose weights are saved. The loop moves them to the device."""
    optimizers: Mapping[str, Any]
    """torch.optim.Optimizer by name."""
    averaged: Sequence[str] | None = None
    """Names of the modules that `StagePlan.ema` averages; None means all."""
    facts: Mapping[str, Any] = {}
    """What a run must record of this stage, for example which perceptual network it used."""

    @abstractmethod
    def batch(self, step: int, seed: int) -> Mapping[str, Any]:
        """The batch of this step: a pure function of step and seed, called ahead of time in a loader thread.

        `seed` already differs from step to step. Arrays and tensors of the mapping (also nested in mappings, lists and
        tuples) are moved to the device by the loop. torch's global generator must not be used here.
        """

    @abstractmethod
    def step(self, batch: Mapping[str, Any], context: TrainContext) -> Mapping[str, float]:
        """One training step: compute losses and call `context.optimize(name, loss)` for each optimiser.

        Returns the losses to record, as floats or tensors of one number. The modules are in training mode.
        """

    def validate(self, modules: Mapping[str, Any]) -> Mapping[str, float]:  # noqa: ARG002
        """Measures on held-out speakers, with `modules` being the averaged networks where averaging is on.

        They are in evaluation mode and no gradients are recorded.
        """
        return {}

    def samples(self, modules: Mapping[str, Any]) -> Sequence[tuple[str, ByteArray]]:  # noqa: ARG002
        """Named RGB pictures, uint8 `(H, W, 3)`, that show how far the stage is."""
        return ()


class TrainContext(ABC):
    """What the loop gives to a step."""

    device: Device
    step: int
    """Steps done in this stage."""
    progress: float
    """0 at the stage's first step, towards 1 at its last."""

    @abstractmethod
    def autocast(self) -> Any:
        """Context manager: the precision of this run."""

    @abstractmethod
    def optimize(self, optimizer: str, loss: Any) -> None:
        """Clear the gradients of one optimiser's parameters, then backward, clip and step it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """Another installed model, to be measured on the same clips through the contract that the studio drives it by."""

    generator: Generator
    options: Options


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What a model is measured on and beside, besides its held-out clips and its trivial baselines."""

    outside: Mapping[str, Path] = field(default_factory=dict)
    """Data sets of people and voices that nobody trained on, by name: all their clips are measured."""
    others: Mapping[str, Contender] = field(default_factory=dict)
    """Other models by name."""
    rows: Mapping[str, Path] = field(default_factory=dict)
    """Further weight files of this model by name, for example the rows of the paper's table."""
    videos: Sequence[Path] = ()
    """Talking faces larger than the model's network, on which sharpness is measured."""
    adapt: int = 0
    """Steps of adaptation to a clip whose gain is measured; 0 leaves it out."""
    clips: int = 0
    """Most clips of a split, spread evenly; 0 means all."""


class Recipe(ABC):
    """How one model is trained, exported and evaluated."""

    model: ClassVar[str]
    presets: ClassVar[tuple[str, ...]] = ("paper", "compact", "debug")
    weights_folder: Path | None = None
    """The user's weights folder, in which published teachers' files may lie; the studio sets it."""

    @abstractmethod
    def __init__(self, *, preset: str, overrides: Mapping[str, str]) -> None:
        """Build the configuration.

        Raises:
            TrainingError: the preset or a key does not exist, or a value is of the wrong kind.
        """

    @property
    @abstractmethod
    def config(self) -> Mapping[str, Any]:
        """The whole configuration as plain data; a run records it and refuses to resume with another."""

    @abstractmethod
    def stages(self) -> Sequence[StagePlan]:
        """In the order in which they run."""

    @abstractmethod
    def build(self, plan: StagePlan, dataset: Path, done: Mapping[str, Path], device: Device) -> Stage:
        """Set up a stage. `done` maps finished stages to their best weights (safetensors, one file a module)."""

    @abstractmethod
    def export(self, done: Mapping[str, Path], output: Path) -> Mapping[str, Any]:
        """Write the weights that the generator loads (fp16 safetensors); returns facts for the card."""

    @abstractmethod
    def evaluate(self, dataset: Path, weights: Path | None, device: Device, output: Path) -> Mapping[str, Any]:
        """Measure on the `val` and `val_unseen` splits beside trivial baselines; pictures go into `output`.

        `weights` is an exported file; None means the weights bundled with the plugin.

        The result is plain data that JSON can hold: `model`; `splits`: {name: {`clips`, `speakers`, `frames`: counts,
        `systems`: {name: {measure: value}}}}; where the paper has a table, `paper`: {`columns`: names, `rows`: {name:
        values}}; and anything else worth a line.
        """

    def compare(
        self,
        dataset: Path,  # noqa: ARG002
        weights: Path | None,  # noqa: ARG002
        device: Device,  # noqa: ARG002
        output: Path,  # noqa: ARG002
        comparison: Comparison,  # noqa: ARG002
    ) -> Mapping[str, Any]:
        """Like `evaluate`, on and beside more; a recipe that can do this overrides it.

        Raises:
            TrainingError: this recipe measures its model by itself only.
        """
        raise TrainingError(f"the recipe of {self.model} measures this model by itself only; leave the comparison out")
