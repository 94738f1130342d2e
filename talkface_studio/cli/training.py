"""What the training commands share: the trainer, which is a distribution of its own, and a model's recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from talkface_studio.api.errors import ExportError, TrainingError
from talkface_studio.api.recipe import Recipe
from talkface_studio.cli.app import App


def need_trainer() -> None:
    """Make sure that the training toolkit is installed.

    Raises:
        TrainingError: it is not.
    """
    if find_spec("talkface_trainer") is None:
        raise TrainingError("the training toolkit is not installed; run: pip install 'talkface-studio[train]'")


def make_recipe(app: App, model: str, preset: str, overrides: Mapping[str, str]) -> Recipe:
    """The recipe of a model, configured.

    Raises:
        ModelNotFoundError: no recipe trains this model.
        TrainingError: the toolkit is not installed, or the preset or a key does not exist.
    """
    need_trainer()
    kind = app.catalog.recipe(model)
    if preset not in kind.presets:
        raise TrainingError(f"the recipe of {model} has no preset {preset!r}; it has: {', '.join(kind.presets)}")
    recipe = kind(preset=preset, overrides=overrides)
    recipe.weights_folder = app.folders.weights
    return recipe


def check_output_file(output: Path) -> None:
    """Refuse a file that could not be written in the end.

    Raises:
        ExportError: its folder is missing, or it is a folder itself.
    """
    if not output.parent.is_dir():
        raise ExportError(f"{output.parent}: this folder does not exist; create it or choose another output")
    if output.is_dir():
        raise ExportError(f"{output}: is a folder; give the name of the file to write")


@dataclass(frozen=True, slots=True)
class RecordedSettings:
    """What a run was started with."""

    model: str
    preset: str
    overrides: Mapping[str, str]


def recorded_settings(run: Path) -> RecordedSettings:
    """What `talkface train` was told when it began this run.

    Raises:
        TrainingError: there is no run, or it was not begun by this command.
    """
    from talkface_trainer.run import RunFolder

    document = RunFolder(run).read()
    made_with = document.get("made_with") or {}
    if "preset" not in made_with:
        raise TrainingError(f"{run}: does not tell its preset; it was not made by `talkface train`")
    return RecordedSettings(str(document["model"]), str(made_with["preset"]), dict(made_with.get("overrides", {})))
