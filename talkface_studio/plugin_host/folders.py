"""Where the user's own files lie: weights, caches, settings.

Computed once, where the program starts, and passed on from there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import appdirs

HOME_VARIABLE = "TALKFACE_HOME"
_APP = "talkface-studio"


@dataclass(frozen=True, slots=True)
class Folders:
    """The user's folders. None of them needs to exist; whoever writes creates it."""

    data: Path
    """What the user made or fetched and would miss."""
    cache: Path
    """What can be computed again."""
    config: Path
    """Settings."""

    @property
    def weights(self) -> Path:
        """Weight files that did not come with a plugin; the cards' paths are relative to it."""
        return self.data / "weights"

    @property
    def plugins(self) -> Path:
        """Plugins that the user installed; see `plugin_host.store`."""
        return self.data / "plugins"

    @property
    def encoders(self) -> Path:
        """Speech encoders that the user keeps, as transformers folders under the names of their kinds."""
        return self.data / "encoders"

    @property
    def models(self) -> Path:
        """What models keep for later, each in a folder of its name."""
        return self.cache / "models"

    @property
    def presets(self) -> Path:
        """Export presets of the user."""
        return self.config / "presets"

    @classmethod
    def under(cls, home: Path) -> Folders:
        """All folders inside one folder."""
        return cls(data=home / "data", cache=home / "cache", config=home / "config")


def find_folders(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Folders:
    """The folders of this user.

    Args:
        home: keep everything inside this folder.
        environ: the environment, `os.environ` by default; its TALKFACE_HOME stands in for `home`.
    """
    environ = os.environ if environ is None else environ
    if home is None and environ.get(HOME_VARIABLE):
        home = Path(environ[HOME_VARIABLE])
    if home is not None:
        return Folders.under(home.expanduser().absolute())
    return Folders(
        data=Path(appdirs.user_data_dir(_APP, appauthor=False)),
        cache=Path(appdirs.user_cache_dir(_APP, appauthor=False)),
        config=Path(appdirs.user_config_dir(_APP, appauthor=False)),
    )
