"""An installer with notes of what was asked and tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from talkface_studio.plugin_host.installing.candidate import Candidate
from talkface_studio.plugin_host.installing.installer import Installer
from talkface_studio.plugin_host.store.values import InstalledPlugin


@dataclass
class Setting:
    """An installer and what was asked and tried."""

    installer: Installer
    asked: list[Candidate] = field(default_factory=list)
    tried: list[InstalledPlugin] = field(default_factory=list)
    agrees: bool = True
    trial: Callable[[InstalledPlugin], None] = lambda plugin: None

    @property
    def root(self) -> Path:
        return self.installer.folders.plugins

    def files(self) -> dict[str, bytes]:
        """Every file below the plugins' folder."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}
