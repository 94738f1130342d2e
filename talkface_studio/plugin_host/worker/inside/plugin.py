"""Loads a plugin and makes the generator of one of its models."""

from __future__ import annotations

import inspect
import pkgutil
from pathlib import Path

import pluggy

from talkface_studio.api import hookspecs
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Generator


class Offered:
    """Implements `api.hookspecs.GeneratorRegistrar`: what the plugin offers, by name."""

    def __init__(self) -> None:
        self.models: dict[str, tuple[ModelCard, str]] = {}

    def add(self, card: ModelCard, generator: str, *, folder: Path, converter: str | None = None) -> None:  # noqa: ARG002
        """See `GeneratorRegistrar.add`."""
        self.models[card.name] = (card, generator)


def load_generator(entry: str, model: str) -> Generator:
    """Import a plugin, ask it what it offers, and make a generator.

    Raises:
        PluginError: it does not offer the model, or what it offers is no generator.
        Exception: whatever else its code raises.
    """
    found = pkgutil.resolve_name(entry)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(found() if inspect.isclass(found) else found)
    offered = Offered()
    manager.hook.talkface_register_generators(registrar=offered)
    if model not in offered.models:
        raise PluginError(f"its plugin.toml lists a model {model!r}, its code registers {', '.join(offered.models)}")
    card, reference = offered.models[model]
    kind = pkgutil.resolve_name(reference)
    if not (isinstance(kind, type) and issubclass(kind, Generator)):
        raise PluginError(f"{reference} is not a Generator")
    return kind(card)
