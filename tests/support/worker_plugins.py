"""Writes plugins that are run by workers: a package with a plugin.toml and one generator."""

from __future__ import annotations

import textwrap
from pathlib import Path

from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.trust import Trust

PLUGIN_TOML = """
[plugin]
name = "{plugin}"
version = "1.0"
api_version = {api_version}
summary = "A plugin of a test."
licence = "Apache-2.0"
entry = "{package}"
permissions = {{ network = {network}, folders = [{folders}] }}

[[generator]]
name = "{plugin}"
title = "Test"
version = "1.0"
api_version = {api_version}
summary = "A model of a test."
paper = "none"
code_licence = "Apache-2.0"
weights_licence = "none"
takes = [["speech", "photo"], ["speech", "video"]]
look_ahead = 0.1
{card}
"""

REGISTERS = """
from pathlib import Path

from talkface_studio.api.card import ModelCard
from talkface_studio.api.hookspecs import hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def talkface_register_generators(registrar):
    registrar.add(ModelCard.load(FOLDER / "plugin.toml"), "{package}.generator:Model", folder=FOLDER)
"""

GENERATOR = """
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import RenderedFace


class Performance(Take):
    def __init__(self, speech, face, options):
        self.speech, self.face, self.options = speech, face, options

    def render(self, times):
        for time in times:
            crop = next(iter(self.face.crops([time])))
            loud = float(abs(self.speech.samples(time, time + 0.04).samples).max())
            yield self.made(crop, time, loud)

    def made(self, crop, time, loud):
        pixels = crop.pixels.copy()
        pixels[80:110, 40:90] = round(255 * min(loud, 1.0))
        return RenderedFace(pixels, time)


class Model(Generator):
    def start(self, speech, face, options, device):
        return Performance(speech, face, options)
"""
"""The generator of a plugin that behaves; what a test adds comes behind it."""


def write_plugin(
    folder: Path,
    plugin: str = "well-behaved",
    more: str = "",
    *,
    source: str = GENERATOR,
    card: str = "",
    network: bool = False,
    folders: tuple[str, ...] = (),
    api_version: int = 1,
) -> InstalledPlugin:
    """Put a plugin into `folder`, as it lies there once it is installed."""
    package = plugin.replace("-", "_")
    site = folder / "site"
    home = site / package
    home.mkdir(parents=True)
    home.joinpath("__init__.py").write_text(REGISTERS.format(package=package), encoding="utf-8")
    home.joinpath("generator.py").write_text(source + textwrap.dedent(more), encoding="utf-8")
    home.joinpath("plugin.toml").write_text(
        PLUGIN_TOML.format(
            plugin=plugin,
            package=package,
            api_version=api_version,
            network=str(network).lower(),
            folders=", ".join(f'"{name}"' for name in folders),
            card=card,
        ),
        encoding="utf-8",
    )
    manifest = PluginManifest.load(home / "plugin.toml")
    return InstalledPlugin(manifest, folder, site, None, Trust.UNKNOWN, enabled=True)
