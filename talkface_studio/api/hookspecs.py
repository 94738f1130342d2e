"""The hooks of a plugin. They register things or observe jobs; none is called per frame.

All are called for a plugin that lies beside the studio, as pip installs it. One that a user installed into the studio
runs in a process of its own and offers models and their converters alone: there, only `talkface_register_generators` is
called.

A plugin is a module named by an entry point of the group `talkface_studio.plugins`; it implements what it needs:

    from talkface_studio.api.hookspecs import hookimpl

    @hookimpl
    def talkface_register_generators(registrar):
        registrar.add(CARD, "my_plugin.generator:MyGenerator")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pluggy

from talkface_studio.api.card import ModelCard

if TYPE_CHECKING:
    import click

PROJECT = "talkface_studio"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class GeneratorRegistrar(Protocol):
    """Collects generators; code is named as "module:Class" and imported only when the model is started."""

    def add(self, card: ModelCard, generator: str, *, folder: Path, converter: str | None = None) -> None:
        """Offer a model. `folder` is what the card's weight paths are relative to.

        `converter` names a function `(checkpoints: Sequence[Path], output: Path) -> None` that turns an author's
        checkpoint files into this model's `paper` weights.
        """

    def add_part(self, name: str, converter: str, *, path: str) -> None:
        """Offer to convert a network that others have published and that is a part of a model here.

        `talkface weights convert NAME` calls `converter` as above and writes `path`, relative to the weights folder.
        """


class RecipeRegistrar(Protocol):
    """Collects training recipes, by model name."""

    def add(self, model: str, recipe: str) -> None:
        """Offer a recipe, named as "module:Class"."""


class MetricRegistrar(Protocol):
    """Collects measures that quality reports can include."""

    def add(self, name: str, metric: str) -> None:
        """Offer a metric, named as "module:function"."""


class CommandRegistrar(Protocol):
    """Collects extra commands of the command line."""

    def add(self, name: str, command: Callable[[], click.Command]) -> None:
        """Offer a command; the callable is called when the command is used."""


@hookspec
def talkface_register_generators(registrar: GeneratorRegistrar) -> None:
    """Register the models of this plugin with `registrar.add(card, "module:Class", folder=...)`."""


@hookspec
def talkface_register_recipes(registrar: RecipeRegistrar) -> None:
    """Register how models are trained with `registrar.add("model", "module:Class")`."""


@hookspec
def talkface_register_metrics(registrar: MetricRegistrar) -> None:
    """Register measures with `registrar.add("name", "module:function")`."""


@hookspec
def talkface_register_commands(registrar: CommandRegistrar) -> None:
    """Register commands of the command line with `registrar.add("name", callable)`."""


@hookspec
def talkface_job_started(job: Mapping[str, Any]) -> None:
    """Observe that a dub begins. `job` holds `model`, `face`, `speech`, `output` (text)."""


@hookspec
def talkface_job_finished(job: Mapping[str, Any], result: Mapping[str, Any] | None, error: Exception | None) -> None:
    """Observe that a dub ended, with the document of `talkface dub --json` or with the error that stopped it."""
