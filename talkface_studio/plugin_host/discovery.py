"""Which plugins are installed, and turning one of them into what it registers.

A plugin is an entry point of the group `talkface_studio.plugins`. Distributions that come with the studio are bundled;
all others are third-party and stay unloaded in safe mode.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pluggy

from talkface_studio.api import hookspecs
from talkface_studio.api.errors import PluginError, TalkFaceError
from talkface_studio.api.plugin_file import FILE_NAME
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.presence import GROUP, SAFE_MODE_VARIABLE, is_bundled
from talkface_studio.plugin_host.registrar import CommandEntries, GeneratorEntries, MetricEntries, RecipeEntries


@dataclass(frozen=True, slots=True)
class FoundPlugin:
    """An installed plugin that was not imported yet. `reference` is its entry point: "module" or "module:object"."""

    name: str
    reference: str
    distribution: str
    version: str = ""

    @property
    def bundled(self) -> bool:
        """Whether it comes with the studio."""
        return is_bundled(self.distribution)

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"plugin {self.name} (package {self.distribution}{f' {self.version}' if self.version else ''})"


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """An imported plugin and what it registered."""

    found: FoundPlugin
    module: object
    generators: GeneratorEntries = field(default_factory=GeneratorEntries)
    recipes: RecipeEntries = field(default_factory=RecipeEntries)
    metrics: MetricEntries = field(default_factory=MetricEntries)
    commands: CommandEntries = field(default_factory=CommandEntries)


def find_plugins() -> tuple[FoundPlugin, ...]:
    """Every installed plugin, the bundled ones first, otherwise by name. Imports none of them."""
    found = [
        FoundPlugin(
            name=point.name,
            reference=point.value,
            distribution=point.dist.name if point.dist else "",
            version=point.dist.version if point.dist else "",
        )
        for point in importlib.metadata.entry_points(group=GROUP)
    ]
    return tuple(sorted(found, key=lambda plugin: (not plugin.bundled, plugin.name, plugin.distribution)))


def bundled_manifests() -> tuple[PluginManifest, ...]:
    """What the bundled plugins say of themselves in their plugin.toml; imports none of them.

    Raises:
        PluginError: one is not valid.
    """
    found = []
    for plugin in find_plugins():
        spec = (
            importlib.util.find_spec(plugin.reference.partition(":")[0].partition(".")[0]) if plugin.bundled else None
        )
        if spec is not None and spec.origin is not None:
            found.append(PluginManifest.load(Path(spec.origin).with_name(FILE_NAME)))
    return tuple(found)


def import_reference(reference: str, what: str) -> Any:
    """The object that "module" or "module:attribute" names.

    Raises:
        PluginError: it cannot be imported; the message begins with `what` and holds the reason.
    """
    module, _, attribute = reference.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part)
    except TalkFaceError as error:
        raise PluginError(f"{what}: {error}") from error
    except (Exception, SystemExit) as error:  # whatever a plugin does while it is imported is its fault, not ours
        reason = " ".join(str(error).split())
        raise PluginError(f"{what}: {reference} cannot be imported: {type(error).__name__}: {reason}") from error
    return found


def new_manager() -> pluggy.PluginManager:
    """A plugin manager that knows our hooks and nothing else."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def check_hooks(found: FoundPlugin, module: object) -> None:
    """Make sure that everything in the plugin that looks like a hook is one of ours.

    Raises:
        PluginError: a hook is unknown, has wrong parameters, or lacks its `@hookimpl` mark.
    """
    advice = "uninstall it or install another version"
    if not found.bundled:
        advice += f", or set {SAFE_MODE_VARIABLE}=1 to leave it out"
    for name, value in vars(module).items():
        if (
            name.startswith("talkface_")
            and inspect.isfunction(value)
            and not hasattr(value, f"{hookspecs.PROJECT}_impl")
        ):
            raise PluginError(f"{found.label}: {name} is not marked with @hookimpl; {advice}")
    manager = new_manager()
    try:
        manager.register(module, name=found.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"{found.label}: {' '.join(str(error).split())}; {advice}") from error


def load_plugin(found: FoundPlugin, module: object) -> LoadedPlugin:
    """Let an imported plugin register what it has.

    Raises:
        PluginError: it broke while registering, or what it registers is not valid.
    """
    loaded = LoadedPlugin(found, module)
    manager = new_manager()
    manager.register(module, name=found.name)
    try:
        manager.hook.talkface_register_generators(registrar=loaded.generators)
        manager.hook.talkface_register_recipes(registrar=loaded.recipes)
        manager.hook.talkface_register_metrics(registrar=loaded.metrics)
        manager.hook.talkface_register_commands(registrar=loaded.commands)
    except PluginError as error:
        raise PluginError(f"{found.label}: {error}") from error
    except Exception as error:
        reason = " ".join(str(error).split())
        raise PluginError(f"{found.label}: failed to register: {type(error).__name__}: {reason}") from error
    return loaded


def check_names(new: LoadedPlugin, others: Iterable[LoadedPlugin]) -> None:
    """Pass if a plugin registers nothing under a name that another one has taken.

    Raises:
        PluginError: it does; both are named.
    """
    for other in others:
        for what, mine, theirs in _registrations(new, other):
            for name in mine.keys() & theirs.keys():
                raise PluginError(f"{new.found.label}: {what} {name} exists already, in {other.found.label}")


def _registrations(
    new: LoadedPlugin, other: LoadedPlugin
) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, object]]]:
    yield "model", new.generators.entries, other.generators.entries
    yield "part", new.generators.parts, other.generators.parts
    yield "recipe", new.recipes.entries, other.recipes.entries
    yield "metric", new.metrics.entries, other.metrics.entries
    yield "command", new.commands.entries, other.commands.entries
