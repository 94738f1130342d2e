"""Which of the plugins that the user installed are used, and what keeps the others from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from talkface_studio.plugin_host.discovery import FoundPlugin
from talkface_studio.plugin_host.store.store import Store
from talkface_studio.plugin_host.store.values import InstalledPlugin


@dataclass(frozen=True, slots=True)
class PluginFailure:
    """A plugin that is installed and not usable; `reason` is one line."""

    found: FoundPlugin
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was found."""

    used: tuple[InstalledPlugin, ...] = ()
    disabled: tuple[FoundPlugin, ...] = ()
    blocked: tuple[FoundPlugin, ...] = ()
    failures: tuple[PluginFailure, ...] = ()


@dataclass(slots=True)
class UsersPlugins:
    """The plugins of a store, read again when its list was replaced."""

    store: Store
    allowed: bool
    """Whether plugins of others may be used at all: not in safe mode."""
    _stamp: tuple[int, ...] | None = None
    _last: Look = field(default_factory=Look)

    def look(self, taken: Mapping[str, str]) -> Look:
        """Which plugins there are; `taken` are the models of others, with what to call their plugin."""
        stamp = self.store.stamp()
        if stamp != self._stamp:
            self._stamp, self._last = stamp, self._look(dict(taken))
        return self._last

    def _look(self, taken: dict[str, str]) -> Look:
        plugins, broken = self.store.all_installed()
        failures = [PluginFailure(FoundPlugin(name, "", name), reason) for name, reason in broken.items()]
        disabled = tuple(installed_as_found(plugin) for plugin in plugins if not plugin.enabled)
        enabled = [plugin for plugin in plugins if plugin.enabled]
        if not self.allowed:
            return Look((), disabled, tuple(map(installed_as_found, enabled)), tuple(failures))
        used = []
        for plugin in enabled:
            found = installed_as_found(plugin)
            twice = next((card.name for card in plugin.manifest.generators if card.name in taken), None)
            if twice is not None:
                failures.append(PluginFailure(found, f"{found.label}: model {twice} exists already, in {taken[twice]}"))
            else:
                used.append(plugin)
                taken |= {card.name: found.label for card in plugin.manifest.generators}
        return Look(tuple(used), disabled, (), tuple(failures))


def installed_as_found(plugin: InstalledPlugin) -> FoundPlugin:
    """A plugin that the user installed, as one of those beside the studio is told of."""
    manifest = plugin.manifest
    return FoundPlugin(manifest.name, manifest.entry, manifest.package, manifest.version)
