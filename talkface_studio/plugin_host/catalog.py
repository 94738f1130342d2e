"""The catalog of what is installed: models, recipes, metrics, commands, and the observers of jobs.

Loading is loud: a plugin with a hook that does not exist stops it. A plugin that cannot be imported or registers
something invalid is left out, recorded in `failures`, and named in every message about a model that is not there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import pluggy

from talkface_studio.api.card import ModelCard, OptionValue
from talkface_studio.api.errors import ModelNotFoundError, PluginError, TalkFaceError
from talkface_studio.api.generator import Generator, PortraitGenerator
from talkface_studio.api.recipe import Recipe
from talkface_studio.api.values import Options
from talkface_studio.plugin_host.digest import generator_digest
from talkface_studio.plugin_host.discovery import (
    FoundPlugin,
    LoadedPlugin,
    check_hooks,
    check_names,
    find_plugins,
    import_reference,
    load_plugin,
    new_manager,
)
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.presence import SAFE_MODE_VARIABLE, safe_mode
from talkface_studio.plugin_host.registrar import GeneratorEntry, PartEntry
from talkface_studio.plugin_host.store.store import Store
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.users_plugins import PluginFailure, UsersPlugins, installed_as_found
from talkface_studio.plugin_host.weights import resolve_weights

if TYPE_CHECKING:
    import click

_log = logging.getLogger(__name__)

Converter = Callable[[Sequence[Path], Path], None]
Gives = Literal["video", "portrait"]
_Made = TypeVar("_Made", Generator, PortraitGenerator)


class Catalog:
    """What the loaded plugins registered."""

    def __init__(
        self,
        plugins: Iterable[LoadedPlugin],
        failures: Iterable[PluginFailure] = (),
        blocked: Iterable[FoundPlugin] = (),
        users: UsersPlugins | None = None,
    ) -> None:
        self.plugins = tuple(plugins)
        self._beside = tuple(failures), tuple(blocked)
        self._users = users
        self.failures: tuple[PluginFailure, ...] = ()
        self.blocked: tuple[FoundPlugin, ...] = ()
        """Third-party plugins that safe mode left out."""
        self.disabled: tuple[FoundPlugin, ...] = ()
        """Plugins that the user installed and left out."""
        self.installed: tuple[InstalledPlugin, ...] = ()
        """Plugins that the user installed: they run in processes of their own, and only their plugin.toml was read."""
        self._generators: dict[str, GeneratorEntry] = {}
        self._parts: dict[str, PartEntry] = {}
        self._recipes: dict[str, str] = {}
        self._metrics: dict[str, str] = {}
        self._commands: dict[str, Callable[[], click.Command]] = {}
        self._manager = new_manager()
        for plugin in self.plugins:
            self._manager.register(plugin.module, name=f"{plugin.found.distribution}:{plugin.found.name}")
            self._parts.update(plugin.generators.parts)
            self._recipes.update(plugin.recipes.entries)
            self._metrics.update(plugin.metrics.entries)
            self._commands.update(plugin.commands.entries)
        self.refresh()

    def refresh(self) -> None:
        """Follow what the user installed, updated and removed meanwhile; what runs is not disturbed."""
        generators = {name: entry for plugin in self.plugins for name, entry in plugin.generators.entries.items()}
        self.failures, self.blocked = self._beside
        if self._users is not None:
            found = self._users.look({name: self._label(name) for name in generators})
            self.failures += found.failures
            self.blocked += found.blocked
            self.disabled, self.installed = found.disabled, found.used
        for each in self.installed:
            for card in each.manifest.generators:
                generators[card.name] = GeneratorEntry(card, "", each.package, installed=each)
        self._generators = generators

    def _label(self, model: str) -> str:
        return next(plugin.found.label for plugin in self.plugins if model in plugin.generators.entries)

    def cards(self) -> tuple[ModelCard, ...]:
        """The cards of all models, the preferred first: by priority, then by name."""
        cards = (entry.card for entry in self._generators.values())
        return tuple(sorted(cards, key=lambda card: (-card.priority, card.name)))

    def card(self, name: str) -> ModelCard:
        """The card of one model.

        Raises:
            ModelNotFoundError: no such model is installed.
        """
        return self._entry(name).card

    def folder(self, name: str) -> Path:
        """The folder that the bundled weight paths of a model are relative to.

        Raises:
            ModelNotFoundError: no such model is installed.
        """
        return self._entry(name).folder

    def digest(self, name: str) -> str:
        """SHA-256 of the code that makes a model's faces, weights apart: another one may make others.

        Raises:
            ModelNotFoundError: no such model is installed.
            PluginError: the record of an installed plugin is missing or damaged.
        """
        entry = self._entry(name)
        return generator_digest(entry.folder, entry.installed)

    def digests(self) -> tuple[tuple[str, str], ...]:
        """`digest` of every model, by name."""
        return tuple((name, self.digest(name)) for name in sorted(self._generators))

    def origin(self, name: str) -> FoundPlugin:
        """The plugin that registered a model.

        Raises:
            ModelNotFoundError: no such model is installed.
        """
        installed = self._entry(name).installed
        if installed is not None:
            return installed_as_found(installed)
        return next(plugin.found for plugin in self.plugins if name in plugin.generators.entries)

    def installed_plugin(self, name: str) -> InstalledPlugin | None:
        """The plugin whose worker runs a model; None for a model that runs in this process.

        Raises:
            ModelNotFoundError: no such model is installed.
        """
        return self._entry(name).installed

    def choose(self, inputs: frozenset[str], model: str | None = None, *, gives: Gives = "video") -> ModelCard:
        """The model for these inputs, for example `{"speech", "photo"}`: `model`, or the one of highest priority.

        Of several with the same priority it is the one whose card names these inputs first. `gives` is what the model
        shall make: a talking face, or portraits.

        Raises:
            ModelNotFoundError: no such model, or the model does not take these inputs, or none does.
        """
        wanted = _combination(inputs)
        able = [card for card in self.cards() if card.gives == gives]
        if model is not None:
            card = self.card(model)
            if card.gives != gives:
                makers = ", ".join(other.name for other in able) or "none"
                raise ModelNotFoundError(
                    f"model {model} makes a {card.gives}, not a {gives}; models that make a {gives}: {makers}"
                )
            if not card.accepts(inputs):
                fitting = ", ".join(other.name for other in able if other.accepts(inputs)) or "none"
                raise ModelNotFoundError(
                    f"model {model} does not take {wanted}, it takes {_takes(card)}; models that do: {fitting}"
                )
            return card
        fitting_cards = [card for card in able if card.accepts(inputs)]
        if fitting_cards:
            return min(fitting_cards, key=lambda card: (-card.priority, card.place_of(inputs)))
        makes = "" if gives == "video" else f" and makes a {gives}"
        raise ModelNotFoundError(f"no installed model takes {wanted}{makes}; {self._installed()}")

    def generator(self, name: str) -> Generator:
        """A new generator; this imports the plugin's code, torch included. Whoever asks closes it.

        That of a plugin that the user installed only stands for it, and does so in a worker process.

        Raises:
            ModelNotFoundError: no such model is installed.
            PluginError: its code cannot be imported or is not a generator.
        """
        installed = self._entry(name).installed
        if installed is not None:
            from talkface_studio.plugin_host.worker import isolated_generator

            return isolated_generator(installed, name)
        return self._created(name, Generator)  # type: ignore[type-abstract]

    def portrait_generator(self, name: str) -> PortraitGenerator:
        """A new generator of portraits, of bundled models alone; it raises what `generator` raises."""
        return self._created(name, PortraitGenerator)  # type: ignore[type-abstract]

    def _created(self, name: str, wanted: type[_Made]) -> _Made:
        entry = self._entry(name)
        if entry.installed is not None:
            raise PluginError(f"model {name}: portraits are made by bundled models alone; choose one of those")
        kind = import_reference(entry.generator, f"model {name}")
        if not (isinstance(kind, type) and issubclass(kind, wanted)):
            raise PluginError(f"model {name}: {entry.generator} is not a {wanted.__name__}; update the plugin")
        try:
            return kind(entry.card)
        except TalkFaceError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())
            raise PluginError(f"model {name}: cannot be created: {type(error).__name__}: {reason}") from error

    def options(
        self,
        name: str,
        given: Mapping[str, OptionValue],
        *,
        preset: str = "compact",
        seed: int = 0,
        weights_folder: Path,
        cache_folder: Path | None = None,
    ) -> Options:
        """What a take is started with: checked options, and weight files whose SHA-256 was compared.

        Each model has a folder of its own inside `cache_folder`; without one nothing is kept.

        Raises:
            ModelNotFoundError: no such model is installed.
            OptionError: an option or the preset does not exist, or a value is not allowed.
            WeightsError: a weight file is missing or is not the one that the card names.
        """
        entry = self._entry(name)
        values = entry.card.parse_options(given)
        weights = resolve_weights(entry.card, preset, plugin_folder=entry.folder, weights_folder=weights_folder)
        cache = None if cache_folder is None else cache_folder / name
        return Options(values=values, preset=preset, seed=seed, weights=weights, cache=cache)

    def recipe(self, name: str) -> type[Recipe]:
        """How a model is trained; this imports the plugin's code, torch included.

        Raises:
            ModelNotFoundError: no such recipe is installed.
            PluginError: its code cannot be imported or is not a recipe.
        """
        if name not in self._recipes:
            known = ", ".join(sorted(self._recipes)) or "none"
            raise ModelNotFoundError(f"no recipe trains a model named {name!r}; there are: {known}{self._trouble()}")
        kind = import_reference(self._recipes[name], f"recipe of model {name}")
        if not (isinstance(kind, type) and issubclass(kind, Recipe)):
            raise PluginError(f"recipe of model {name}: {self._recipes[name]} is not a Recipe; update the plugin")
        return kind

    def recipes(self) -> tuple[str, ...]:
        """The names of the models that can be trained."""
        return tuple(sorted(self._recipes))

    def converter(self, name: str) -> Converter:
        """The function that turns an author's checkpoint into this model's weights: `(checkpoints, output)`.

        Raises:
            ModelNotFoundError: no such model is installed.
            PluginError: the model has no converter, or it cannot be imported.
        """
        entry = self._entry(name)
        if entry.installed is not None:
            from talkface_studio.plugin_host.worker import isolated_converter

            return isolated_converter(entry.installed, name)
        reference = entry.converter
        if reference is None:
            able = ", ".join(sorted(key for key, entry in self._generators.items() if entry.converter)) or "none"
            raise PluginError(f"model {name} has no converter for checkpoints; models that have one: {able}")
        return cast("Converter", import_reference(reference, f"converter of model {name}"))

    def part(self, name: str) -> tuple[Converter, str] | None:
        """The converter of a published part of a model, and its place in the weights folder; None if there is none.

        Raises:
            PluginError: the converter cannot be imported.
        """
        if name not in self._parts:
            return None
        entry = self._parts[name]
        return cast("Converter", import_reference(entry.converter, f"converter of {name}")), entry.path

    def metric(self, name: str) -> Callable[..., Any]:
        """A measure that a plugin registered.

        Raises:
            PluginError: there is no such metric, or it cannot be imported.
        """
        if name not in self._metrics:
            raise PluginError(
                f"no plugin has a metric {name!r}; there are: {', '.join(sorted(self._metrics)) or 'none'}"
            )
        return cast("Callable[..., Any]", import_reference(self._metrics[name], f"metric {name}"))

    def commands(self) -> Mapping[str, Callable[[], click.Command]]:
        """Commands that plugins add to the command line, by name."""
        return dict(self._commands)

    def job_started(self, job: Mapping[str, Any]) -> None:
        """Tell the plugins that a job begins; see `api.hookspecs.talkface_job_started`."""
        self._observe(self._manager.hook.talkface_job_started, job=job)

    def job_finished(
        self, job: Mapping[str, Any], result: Mapping[str, Any] | None = None, error: Exception | None = None
    ) -> None:
        """Tell the plugins that a job ended; see `api.hookspecs.talkface_job_finished`."""
        self._observe(self._manager.hook.talkface_job_finished, job=job, result=result, error=error)

    def _observe(self, hook: pluggy.HookCaller, **values: object) -> None:
        # One by one, because an observer that breaks must take neither the user's job nor the other observers with it.
        for implementation in hook.get_hookimpls():
            try:
                implementation.function(*(values[name] for name in implementation.argnames))
            except Exception as error:  # noqa: BLE001 - see above
                _log.warning("plugin %s failed while it observed a job: %r", implementation.plugin_name, error)

    def _entry(self, name: str) -> GeneratorEntry:
        try:
            return self._generators[name]
        except KeyError:
            raise ModelNotFoundError(f"no model named {name!r}; {self._installed()}") from None

    def _installed(self) -> str:
        cards = "; ".join(f"{card.name} ({_takes(card)})" for card in self.cards()) or "none"
        return f"installed: {cards}{self._trouble()}"

    def _trouble(self) -> str:
        parts = [f"not usable: {failure.reason}" for failure in self.failures]
        if self.blocked:
            left_out = ", ".join(found.name for found in self.blocked)
            parts.append(f"left out by safe mode ({SAFE_MODE_VARIABLE}): {left_out}")
        names = (found.name for found in self.disabled)
        parts += [f"disabled: {name} (to use it, run: talkface plugins enable {name})" for name in names]
        return "".join(f"; {part}" for part in parts)


def load_catalog(
    *,
    third_party: bool = True,
    folders: Folders | None = None,
    found: Iterable[FoundPlugin] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Catalog:
    """Import the plugins beside the studio and collect what they register; list those that the user installed.

    Args:
        third_party: load plugins that do not come with the studio; TALKFACE_SAFE=1 overrules it.
        folders: the user's folders; without them there are no plugins that the user installed.
        found: the plugins to load, by default all that are installed.
        environ: the environment, `os.environ` by default.

    Raises:
        PluginError: a plugin implements a hook that does not exist, or one with wrong parameters.
    """
    allowed = third_party and not safe_mode(environ)
    loaded: list[LoadedPlugin] = []
    failures: list[PluginFailure] = []
    blocked: list[FoundPlugin] = []
    for plugin in find_plugins() if found is None else found:
        if not (plugin.bundled or allowed):
            blocked.append(plugin)
            continue
        try:
            module = import_reference(plugin.reference, plugin.label)
        except TalkFaceError as error:
            failures.append(PluginFailure(plugin, str(error)))
            continue
        check_hooks(plugin, module)
        try:
            registered = load_plugin(plugin, module)
            check_names(registered, loaded)
        except PluginError as error:
            failures.append(PluginFailure(plugin, str(error)))
        else:
            loaded.append(registered)
    users = None if folders is None else UsersPlugins(Store.of(folders), allowed)
    return Catalog(loaded, failures, blocked, users)


def _combination(inputs: Iterable[str]) -> str:
    order = ("speech", "photo", "video")
    return " + ".join(sorted(inputs, key=lambda name: order.index(name) if name in order else len(order)))


def _takes(card: ModelCard) -> str:
    return " or ".join(_combination(combination) for combination in card.takes)
