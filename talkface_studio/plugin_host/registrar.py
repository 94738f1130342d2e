"""What a plugin registers with. One set of registrars serves one plugin; the catalog takes over what it collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.manifest import check_api_version

if TYPE_CHECKING:
    import click

    from talkface_studio.plugin_host.store.values import InstalledPlugin


@dataclass(frozen=True, slots=True)
class GeneratorEntry:
    """A registered model. `generator` and `converter` are "module:attribute"; nothing of it is imported yet."""

    card: ModelCard
    generator: str
    folder: Path
    converter: str | None = None
    installed: InstalledPlugin | None = None
    """The plugin whose worker runs it; None for a model that runs in this process."""


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A registered part of a model; `path` is relative to the user's weights folder."""

    converter: str
    path: str


class GeneratorEntries:
    """Implements `api.hookspecs.GeneratorRegistrar`."""

    def __init__(self) -> None:
        self.entries: dict[str, GeneratorEntry] = {}
        self.parts: dict[str, PartEntry] = {}

    def add(self, card: ModelCard, generator: str, *, folder: Path, converter: str | None = None) -> None:
        """Offer a model.

        Raises:
            PluginError: the card asks for another version of the contract, or the name is taken.
        """
        check_api_version(f"model {card.name}", card.api_version)
        if card.name in self.entries:
            raise PluginError(f"model {card.name} is registered twice")
        for reference in filter(None, (generator, converter)):
            _check_reference(reference)
        self.entries[card.name] = GeneratorEntry(card, generator, Path(folder), converter)

    def add_part(self, name: str, converter: str, *, path: str) -> None:
        """Offer to convert a published part of a model.

        Raises:
            PluginError: the name is taken, or `converter` is not of the form "module:function".
        """
        if name in self.parts:
            raise PluginError(f"part {name} is registered twice")
        _check_reference(converter)
        self.parts[name] = PartEntry(converter, path)


class RecipeEntries:
    """Implements `api.hookspecs.RecipeRegistrar`."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def add(self, model: str, recipe: str) -> None:
        """Offer a recipe.

        Raises:
            PluginError: the model has one already, or `recipe` is not of the form "module:Class".
        """
        _add_reference(self.entries, f"recipe of model {model}", model, recipe)


class MetricEntries:
    """Implements `api.hookspecs.MetricRegistrar`."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def add(self, name: str, metric: str) -> None:
        """Offer a metric.

        Raises:
            PluginError: the name is taken, or `metric` is not of the form "module:function".
        """
        _add_reference(self.entries, f"metric {name}", name, metric)


class CommandEntries:
    """Implements `api.hookspecs.CommandRegistrar`."""

    def __init__(self) -> None:
        self.entries: dict[str, Callable[[], click.Command]] = {}

    def add(self, name: str, command: Callable[[], click.Command]) -> None:
        """Offer a command of the command line.

        Raises:
            PluginError: the name is taken.
        """
        if name in self.entries:
            raise PluginError(f"command {name} is registered twice")
        self.entries[name] = command


def _add_reference(entries: dict[str, str], what: str, name: str, reference: str) -> None:
    if name in entries:
        raise PluginError(f"{what} is registered twice")
    _check_reference(reference)
    entries[name] = reference


def _check_reference(reference: str) -> None:
    module, _, attribute = reference.partition(":")
    if not module or not attribute:
        raise PluginError(f"{reference!r} does not name code as module:attribute")
