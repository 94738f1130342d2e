"""Whether this machine can run a model: its weights, its speech encoders, the face model, memory."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from talkface_studio.api.card import ModelCard
from talkface_studio.dubbing.assets import ASSETS, BUILT_IN_FEATURES
from talkface_studio.plugin_host.catalog import Catalog
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.trust import Trust
from talkface_studio.plugin_host.weights import check_weight, weight_path, weights_of_preset


def describe_model(card: ModelCard, *, plugin_folder: Path, folders: Folders) -> dict[str, Any]:
    """A card as plain data, with the presets that run on this machine and the problems of the others."""
    found = {
        preset: list(problems(card, preset, plugin_folder=plugin_folder, folders=folders)) for preset in card.presets
    }
    return {
        **card.model_dump(mode="json"),
        "runnable": [preset for preset, problem in found.items() if not problem],
        "problems": {preset: problem for preset, problem in found.items() if problem},
    }


def describe_models(catalog: Catalog, folders: Folders) -> dict[str, Any]:
    """All installed models as plain data, the preferred first, and the plugins that are not usable."""
    trained = set(catalog.recipes())
    return {
        "models": [
            {
                **describe_model(card, plugin_folder=catalog.folder(card.name), folders=folders),
                "plugin": _describe_plugin(catalog, card.name),
                "trainable": card.name in trained,
            }
            for card in catalog.cards()
        ],
        "failures": [{"plugin": failure.found.name, "reason": failure.reason} for failure in catalog.failures],
        "blocked": [found.name for found in catalog.blocked],
        "disabled": [found.name for found in catalog.disabled],
    }


def _describe_plugin(catalog: Catalog, model: str) -> dict[str, Any]:
    found, installed = catalog.origin(model), catalog.installed_plugin(model)
    trust = installed.trust if installed else Trust.BUNDLED if found.bundled else Trust.UNKNOWN
    return {
        "name": found.name,
        "package": found.distribution,
        "version": found.version,
        "bundled": found.bundled,
        "trust": trust.value,
        "isolated": installed is not None,
    }


def problems(card: ModelCard, preset: str, *, plugin_folder: Path, folders: Folders) -> tuple[str, ...]:
    """What keeps a preset of a model from running here, each with what to do; nothing when it runs.

    Imports none of the heavy libraries; bundled weights are hashed, large ones of the user only looked for.
    """
    found = [] if find_spec("torch") else ["torch is not installed; install it with: pip install torch"]
    for weight in weights_of_preset(card, preset):
        path = weight_path(weight, plugin_folder=plugin_folder, weights_folder=folders.weights)
        if weight.bundled:
            state = check_weight(weight, path)
            if state == "unchecked":
                found.append(f"bundled weights {weight.name}: the card names no SHA-256; update the plugin")
            elif state != "ok":
                found.append(f"bundled weights {weight.name}: {state}; install the plugin again")
        elif not path.is_file():
            found.append(f"weights {weight.name}: missing; run: talkface weights convert {card.name} CHECKPOINT...")
    if any(set(inputs) & {"photo", "video"} for inputs in card.takes):
        found += missing_asset("face-landmarker")
    for kind in card.speech_features:
        found += _encoder_problem(kind, folders)
    return (*found, *_memory_problem(card))


def missing_asset(name: str) -> list[str]:
    """A line if the asset is not installed."""
    if ASSETS[name].path() is not None:
        return []
    return [f"{name} ({ASSETS[name].purpose}): not installed; run: talkface weights fetch {name}"]


def _encoder_problem(kind: str, folders: Folders) -> list[str]:
    if kind in BUILT_IN_FEATURES or (folders.encoders / kind / "config.json").is_file():
        return []
    needed = [asset.name for asset in ASSETS.values() if kind in (asset.encoder, asset.name)]
    if needed:
        return [line for name in needed for line in missing_asset(name)]
    return [f"speech encoder {kind}: put its transformers folder at {folders.encoders / kind}"]


def _memory_problem(card: ModelCard) -> list[str]:
    import psutil

    total = psutil.virtual_memory().total >> 20
    return [f"memory: needs about {card.memory_mb} MB, this machine has {total} MB"] if card.memory_mb > total else []
