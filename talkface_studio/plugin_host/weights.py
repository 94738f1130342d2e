"""The weight files of a card: where they lie, and whether they are what the card says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from talkface_studio.api.card import ModelCard, WeightFile
from talkface_studio.api.errors import OptionError, WeightsError

State = Literal["ok", "missing", "mismatch", "unchecked"]
"""`unchecked`: the file is there and its card names no hash, as for weights that the user converted or trained."""


def weights_of_preset(card: ModelCard, preset: str) -> tuple[WeightFile, ...]:
    """The files that a preset of this model needs.

    Raises:
        OptionError: the model has no such preset.
    """
    if preset not in card.presets:
        raise OptionError(f"model {card.name} has no preset {preset!r}; it has: {', '.join(card.presets)}")
    return tuple(weight for weight in card.weights if weight.preset == preset)


def weight_path(weight: WeightFile, *, plugin_folder: Path, weights_folder: Path) -> Path:
    """Where a file is expected: beside its plugin when bundled, otherwise in the user's weights folder."""
    return (plugin_folder if weight.bundled else weights_folder) / weight.path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_weight(weight: WeightFile, path: Path) -> State:
    """Whether `path` holds this weight file. Reads the whole file when the card names its hash.

    Raises:
        WeightsError: the file exists and cannot be read.
    """
    if not path.is_file():
        return "missing"
    if weight.sha256 is None:
        return "unchecked"
    return "ok" if _sha256(path) == weight.sha256 else "mismatch"


def resolve_weights(card: ModelCard, preset: str, *, plugin_folder: Path, weights_folder: Path) -> Mapping[str, Path]:
    """The files of a preset by name, each present and with the SHA-256 that the card names.

    Raises:
        OptionError: the model has no such preset.
        WeightsError: a file is missing or is not the one that the card names.
    """
    found: dict[str, Path] = {}
    for weight in weights_of_preset(card, preset):
        path = weight_path(weight, plugin_folder=plugin_folder, weights_folder=weights_folder)
        if not path.is_file():
            raise WeightsError(
                f"{path}: the {preset} weights of model {card.name} are missing; {_remedy(card, weight)}"
            )
        if weight.sha256 is None and weight.bundled:
            raise WeightsError(
                f"{path}: the card of model {card.name} names no SHA-256 for these bundled weights; update the plugin"
            )
        if weight.sha256 is not None:
            actual = _sha256(path)
            if actual != weight.sha256:
                raise WeightsError(
                    f"{path}: these are not the weights that the card of model {card.name} names "
                    f"(SHA-256 {actual[:12]}, expected {weight.sha256[:12]}); {_remedy(card, weight)}"
                )
        found[weight.name] = path
    return found


def _remedy(card: ModelCard, weight: WeightFile) -> str:
    if weight.bundled:
        return "install the plugin again"
    source = f" (checkpoint: {weight.source})" if weight.source else ""
    return f"run: talkface weights convert {card.name} CHECKPOINT{source}, or choose another --preset"


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror or error}") from error
