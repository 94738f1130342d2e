"""The folder of installed plugins, and the ways to change it. A process that is killed leaves the old or the new state.

    plugins.toml                     the list: which plugins, which version of each, and whether it is used
    loud-mouth/1.0.0-4f1c02ab99de/   a version; complete when it gets this name, and not changed from then on
        installed.toml               how it was installed
        requirements.lock            the packages in its site folder, with their SHA-256
        site/                        its package and those that it does not share with the studio
    .staging/                        what is being made or thrown away

What no entry of the list names is left over from a process that was killed; the next change clears it away.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import FILE_NAME as MANIFEST
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store import listing
from talkface_studio.plugin_host.store.listing import Entry
from talkface_studio.plugin_host.store.record import VersionRecord, read_record
from talkface_studio.plugin_host.store.values import InstalledPlugin

SITE = "site"
LOCK_FILE = "requirements.lock"
_STAGING = ".staging"
_WAIT = 10.0
"""Seconds that a change waits for another one to end."""


@dataclass(frozen=True, slots=True)
class Store:
    """The installed plugins of one user. Reading needs no lock; whoever changes something holds `changing`."""

    root: Path
    lock: Path

    @classmethod
    def of(cls, folders: Folders) -> Store:
        """The store inside the user's folders."""
        return cls(folders.plugins, folders.cache / "plugins.lock")

    def entries(self) -> tuple[Entry, ...]:
        """All installed plugins, by name.

        Raises:
            PluginError: the list is damaged.
        """
        return listing.read_list(self._list)

    def stamp(self) -> tuple[int, ...]:
        """A value that changes with the list."""
        try:
            status = self._list.stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_ino, status.st_size

    def entry(self, name: str) -> Entry:
        """One of them.

        Raises:
            PluginError: it is not installed, or the list is damaged.
        """
        entries = self.entries()
        for entry in entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in entries) or "none"
        raise PluginError(f"no plugin {name!r} is installed; installed: {known}")

    def version_folder(self, name: str, version: str) -> Path:
        """The folder of one version."""
        return self.root / name / version

    def record(self, entry: Entry) -> VersionRecord:
        """How the current version was installed.

        Raises:
            PluginError: its record is missing or damaged.
        """
        return read_record(self.version_folder(entry.name, entry.current))

    def installed(self, entry: Entry) -> InstalledPlugin:
        """The current version of a plugin.

        Raises:
            PluginError: its files are missing or damaged.
        """
        return self.read_version(self.version_folder(entry.name, entry.current), enabled=entry.enabled)

    def all_installed(self) -> tuple[tuple[InstalledPlugin, ...], Mapping[str, str]]:
        """What the user installed, and by name a line for each plugin that is damaged, or for the list if that is."""
        found, broken = [], {}
        try:
            entries = self.entries()
        except PluginError as error:
            return (), {listing.FILE_NAME: str(error)}
        for entry in entries:
            try:
                found.append(self.installed(entry))
            except PluginError as error:
                broken[entry.name] = f"plugin {entry.name} {entry.version}: {error}; install it again, or remove it"
        return tuple(found), broken

    @staticmethod
    def read_version(folder: Path, *, enabled: bool = True) -> InstalledPlugin:
        """A version by its folder, installed or staged.

        Raises:
            PluginError: its files are missing or damaged.
        """
        record = read_record(folder)
        site = folder / SITE
        manifest = PluginManifest.load(site / record.package / MANIFEST)
        return InstalledPlugin(manifest, folder, site, None, record.trust, enabled)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep all other processes from changing the store, and clear away what a killed one left.

        Raises:
            PluginError: another process is changing it, or its folder cannot be written.
        """
        try:
            self.lock.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.lock, timeout=_WAIT):
                self._sweep()
                try:
                    yield
                finally:
                    self._sweep()
        except Timeout:
            raise PluginError("another process is installing or removing a plugin; try again when it is done") from None
        except OSError as error:
            raise PluginError(
                f"{error.filename or self.root}: {error.strerror or error}; nothing was changed"
            ) from error

    def stage(self) -> Path:
        """A new empty folder to build a version in, on the disk that it stays on.

        Raises:
            OSError: it cannot be created.
        """
        folder = self.root / _STAGING / secrets.token_hex(6)
        folder.mkdir(parents=True)
        return folder

    def switch(self, staged: Path, entry: Entry) -> Entry:
        """Make a complete staged version the current one; gives its entry, in which the former one is the previous.

        `entry.current` is the name that its folder gets, with a number behind it where there is such a folder.

        Raises:
            OSError: the disk is full or read-only.
            PluginError: the list cannot be written; the former version stays.
        """
        names = (entry.current if number == 1 else f"{entry.current}-{number}" for number in count(1))
        current = next(name for name in names if not self.version_folder(entry.name, name).exists())
        former = next((each for each in self.entries() if each.name == entry.name), None)
        previous = ""
        if former is not None:
            # What was only built anew is no step back.
            previous = former.previous if former.sha256 == entry.sha256 else former.current
        folder = self.version_folder(entry.name, current)
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(folder)
        switched = entry.model_copy(update={"current": current, "previous": previous})
        self.write(switched)
        return switched

    def write(self, entry: Entry) -> None:
        """Put an entry into the list, in the place of the one of its name.

        Raises:
            PluginError: the list cannot be written.
        """
        others = [each for each in self.entries() if each.name != entry.name]
        listing.write_list(self._list, [*others, entry])

    def enable(self, name: str, *, enabled: bool) -> Entry:
        """Use a plugin, or leave it out without removing it.

        Raises:
            PluginError: it is not installed, or the list cannot be written.
        """
        entry = self.entry(name).model_copy(update={"enabled": enabled})
        self.write(entry)
        return entry

    def rollback(self, name: str) -> Entry:
        """Go back to the version before; doing it twice comes back.

        Raises:
            PluginError: there is none, or its files are damaged.
        """
        entry = self.entry(name)
        if not entry.previous:
            raise PluginError(f"plugin {name} {entry.version} has no earlier version here to go back to")
        folder = self.version_folder(name, entry.previous)
        record, manifest = read_record(folder), self.read_version(folder).manifest
        back = entry.model_copy(
            update={
                "version": manifest.version,
                "source": record.source,
                "sha256": record.sha256,
                "current": entry.previous,
                "previous": entry.current,
            }
        )
        self.write(back)
        return back

    def remove(self, name: str) -> Entry:
        """Forget a plugin; its files go when the change ends.

        Raises:
            PluginError: it is not installed, or the list cannot be written.
        """
        entry = self.entry(name)
        listing.write_list(self._list, [each for each in self.entries() if each.name != name])
        return entry

    @property
    def _list(self) -> Path:
        return self.root / listing.FILE_NAME

    def _sweep(self) -> None:
        """Delete what no entry names. What another program holds open stays until the next time."""
        if not self.root.is_dir():
            return
        kept = {entry.name: {entry.current, entry.previous} for entry in self.entries()}
        for found in self.root.iterdir():
            if found.name in kept:
                for version in found.iterdir():
                    if version.name not in kept[found.name]:
                        _delete(version)
            elif found.name != listing.FILE_NAME:
                _delete(found)
        if not any(self.root.iterdir()):
            self.root.rmdir()


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
