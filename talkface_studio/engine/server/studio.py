"""What the engine works with, opened when it is first needed; the heavy imports happen here."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talkface_studio.dubbing.hearing import Hearing
    from talkface_studio.dubbing.preview import Previews
    from talkface_studio.plugin_host.catalog import Catalog
    from talkface_studio.plugin_host.folders import Folders


class Studio:
    """The installed models, the user's folders, and the previews. Threads share it."""

    def __init__(self, home: Path | None = None, *, third_party: bool = True) -> None:
        self._home, self._third_party = home, third_party
        self._lock = RLock()
        self._folders: Folders | None = None
        self._catalog: Catalog | None = None
        self._previews: Previews | None = None
        self._hearing: Hearing | None = None

    @property
    def folders(self) -> Folders:
        """Where the user's files are."""
        with self._lock:
            if self._folders is None:
                from talkface_studio.plugin_host.folders import find_folders

                self._folders = find_folders(self._home)
            return self._folders

    @property
    def catalog(self) -> Catalog:
        """The installed plugins.

        Raises:
            PluginError: a plugin breaks the contract.
        """
        with self._lock:
            if self._catalog is None:
                from talkface_studio.plugin_host.catalog import load_catalog

                self._catalog = load_catalog(third_party=self._third_party, folders=self.folders)
            else:
                self._catalog.refresh()
            return self._catalog

    @property
    def previews(self) -> Previews:
        """What frames are made with."""
        with self._lock:
            # What was installed since the last frame may make another one of the same request.
            catalog = self.catalog
            if self._previews is None:
                from talkface_studio.dubbing.preview import Previews

                self._previews = Previews(catalog, self.folders)
            return self._previews

    @property
    def hearing(self) -> Hearing:
        """What sound is mixed with."""
        with self._lock:
            if self._hearing is None:
                from talkface_studio.dubbing.hearing import Hearing

                self._hearing = Hearing()
            return self._hearing

    def load(self, stopped: Callable[[], bool]) -> float:
        """Import, in small steps, what the first preview or export will need; returns the seconds that it took."""
        from talkface_studio.faces.mediapipe_import import mediapipe

        began = time.perf_counter()
        steps: tuple[Callable[[], object], ...] = (
            lambda: self.catalog,
            lambda: __import__("torch"),
            mediapipe,
            lambda: self.previews,
        )
        for step in steps:
            if stopped():
                break
            step()
        return time.perf_counter() - began

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            if self._previews is not None:
                self._previews.close()
            if self._hearing is not None:
                self._hearing.close()
