"""What an installed plugin is to those who list it and run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.trust import Trust


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """The current version of a plugin that the user installed. Nothing in its folders changes while it is installed."""

    manifest: PluginManifest
    folder: Path
    """The folder of this version; all other folders are inside it."""
    site: Path
    """The plugin's package, and the packages that it does not share with the studio: first on its worker's path."""
    python: Path | None
    """Its own interpreter, which sees no package of the studio; None: the one that the studio runs with."""
    trust: Trust
    enabled: bool

    @property
    def package(self) -> Path:
        """The folder of the package that holds plugin.toml; bundled weight files are relative to it."""
        return self.site / self.manifest.package
