"""Trying a plugin before it is used: a few frames of each of its models, in its worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError, TalkFaceError, WeightsError
from talkface_studio.api.generator import Face, Generator
from talkface_studio.api.values import Device, Options
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.weights import resolve_weights
from talkface_studio.plugin_host.worker import WorkerLimits, isolated_generator

_TIMES = (1.0, 1.04, 1.08)
_LIMITS = WorkerLimits(load=90.0, start=180.0, frame=60.0)


def try_plugin(plugin: InstalledPlugin, folders: Folders) -> None:
    """Render the same few frames of every model twice: faces of the right size, and the same with the same seed.

    A model whose weights the user has not made yet is only imported, and has to say in one line that they are missing.

    Raises:
        PluginError: a model does not do that; the message names plugin and model.
    """
    for card in plugin.manifest.generators:
        if card.gives != "video":
            raise PluginError(f"model {card.name}: gives {card.gives}, and plugins in their own process give video")
        generator = isolated_generator(plugin, card.name, _LIMITS)
        try:
            _try_model(generator, card, plugin, folders)
        except TalkFaceError as error:
            text = str(error)
            where = "" if plugin.manifest.name in text else f"plugin {plugin.manifest.name}, model {card.name}: "
            raise PluginError(f"{where}{text}; it was not installed") from error
        finally:
            generator.close()


def _try_model(generator: Generator, card: ModelCard, plugin: InstalledPlugin, folders: Folders) -> None:
    from talkface_studio.api.testing.material import whole_sound
    from talkface_studio.testing_host import StudioHost

    host = StudioHost(folders)
    layout = card.crop.layout
    preset, weights = _weights(card, plugin, folders)
    options = Options(values=card.parse_options({}), preset=preset, seed=0, weights=weights or {})
    for inputs in card.takes:
        face: Face | None = None
        if "photo" in inputs or "video" in inputs:
            face = (host.video if "video" in inputs else host.photo)(layout, card.references)
        try:
            with generator.start(host.speech(whole_sound(host.voice)), face, options, Device()) as take:
                first, second = list(take.render(_TIMES)), list(take.render(_TIMES))
        except WeightsError:
            if weights is None:
                return
            raise
        if [frame.time for frame in first] != list(_TIMES):
            raise PluginError(f"{len(_TIMES)} instants gave {len(first)} faces")
        for one, other in zip(first, second, strict=True):
            if int(np.abs(one.pixels.astype(np.int16) - other.pixels).max()) > 1:
                raise PluginError(f"two runs with the same seed differ at {one.time:g} s")


def _weights(card: ModelCard, plugin: InstalledPlugin, folders: Folders) -> tuple[str, Mapping[str, Path] | None]:
    """The first preset whose weights are here, with them; None with the first of all where there is none."""
    for preset in card.presets:
        try:
            found = resolve_weights(card, preset, plugin_folder=plugin.package, weights_folder=folders.weights)
        except WeightsError:
            continue
        return preset, found
    return card.presets[0], None
