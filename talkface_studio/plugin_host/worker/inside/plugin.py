"""Loads a plugin and makes the generator of one of its models."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import dataclass
from pathlib import Path

import pluggy

from talkface_studio.api import hookspecs
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Generator


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that a plugin registered; code is named as "module:attribute"."""

    card: ModelCard
    generator: str
    converter: str | None


class Offered:
    """Implements `api.hookspecs.GeneratorRegistrar`: what the plugin offers, by name."""

    def __init__(self) -> None:
        self.models: dict[str, Offer] = {}

    def add(self, card: ModelCard, generator: str, *, folder: Path, converter: str | None = None) -> None:  # noqa: ARG002
        """See `GeneratorRegistrar.add`."""
        self.models[card.name] = Offer(card, generator, converter)


def load_generator(entry: str, model: str) -> Generator:
    """Import a plugin, ask it what it offers, and make a generator.

    Raises:
        PluginError: it does not offer the model, or what it offers is no generator.
        Exception: whatever else its code raises.
    """
    offer = find_offer(entry, model)
    kind = pkgutil.resolve_name(offer.generator)
    if not (isinstance(kind, type) and issubclass(kind, Generator)):
        raise PluginError(f"{offer.generator} is not a Generator")
    return kind(offer.card)


def find_offer(entry: str, model: str) -> Offer:
    """Import a plugin and ask it what it offers.

    Raises:
        PluginError: it does not offer the model.
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
    return offered.models[model]
