"""Installing, updating, rebuilding and removing, each step by step. Until its last step nothing of it counts.

unpack -> check files, hashes, signature -> ask the user -> add packages -> try it in a worker -> switch
"""

from __future__ import annotations

import compileall
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.discovery import bundled_manifests
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing import sources
from talkface_studio.plugin_host.installing.candidate import Candidate, examine
from talkface_studio.plugin_host.installing.environment import add_requirements
from talkface_studio.plugin_host.installing.host import host_packages, host_python
from talkface_studio.plugin_host.installing.uv import PackageSource
from talkface_studio.plugin_host.signature import known_publishers
from talkface_studio.plugin_host.store.content import content_sha256
from talkface_studio.plugin_host.store.listing import Entry
from talkface_studio.plugin_host.store.record import VersionRecord, read_record, write_record
from talkface_studio.plugin_host.store.store import LOCK_FILE, SITE, Store
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.weights import file_sha256

Trial = Callable[[InstalledPlugin], None]
"""Renders a little with every model of a plugin in a worker.

Raises PluginError where it does not hold to the contract.
"""


class DeclinedError(PluginError):
    """The user did not agree to what a plugin asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installer:
    """Changes the installed plugins of one user."""

    folders: Folders
    packages: PackageSource
    trial: Trial
    agree: Callable[[Candidate], bool]
    """Asks the user whether a plugin may be installed."""
    report: Callable[[str], None]
    """Is told what is being done, a few words at a time."""

    @property
    def store(self) -> Store:
        """The installed plugins."""
        return Store.of(self.folders)

    def install(self, source: str, *, sha256: str | None = None) -> Entry:
        """Install a plugin, or another version of one; gives its entry.

        Args:
            source: a wheel, a zip, a folder or the name of a package.
            sha256: of the wheel or zip, or of the plugin's files as `inspect` says it; any other is refused.

        Raises:
            PluginError: it is refused, does not work, or cannot be fetched; what was installed before stays.
            DeclinedError: the user did not agree.
        """
        source = sources.named(source)
        with self.store.changing():
            staged = self.store.stage()
            candidate = self._unpacked(source, staged)
            if sha256 is not None and sha256.lower() not in _hashes(candidate):
                raise PluginError(f"{source}: its SHA-256 is {candidate.sha256}, not the one that you gave: refused")
            return self._finish(candidate, staged)

    def inspect(self, source: str) -> Candidate:
        """What would be installed; nothing is, and nothing of it is run.

        Raises:
            PluginError: it is refused or cannot be fetched.
        """
        source = sources.named(source)
        with self.store.changing():
            return self._unpacked(source, self.store.stage())

    def update(self, name: str, source: str | None = None) -> Entry | None:
        """Look at a plugin's source again and install what is there; None where nothing changed.

        Raises:
            PluginError: as `install`; or the source holds another plugin.
        """
        with self.store.changing():
            entry = self.store.entry(name)
            # A pin of the version would find the same one for ever.
            source = sources.named(source) if source else entry.source.partition("==")[0]
            staged = self.store.stage()
            candidate = self._unpacked(source, staged)
            if candidate.manifest.name != name:
                raise PluginError(f"{source}: holds plugin {candidate.manifest.name}, not {name}; install it by itself")
            if candidate.sha256 == entry.sha256 and self.fits_host(entry):
                return None
            return self._finish(candidate, staged)

    def rebuild(self, wanted: Entry) -> Entry | None:
        """Make what the list says true on this machine and for this studio; None where it is.

        The plugin's own files come from its current version where they are whole, else from its source.

        Raises:
            PluginError: as `install`; or the source holds other files than the list says.
        """
        with self.store.changing():
            here = next((entry for entry in self.store.entries() if entry.name == wanted.name), None)
            if here is not None and here.sha256 == wanted.sha256 and self.fits_host(here):
                if here.enabled != wanted.enabled:
                    self.store.write(here.model_copy(update={"enabled": wanted.enabled}))
                return None
            staged = self.store.stage()
            if here is None or here.sha256 != wanted.sha256 or not self._copy_own(here, staged):
                sources.unpack(wanted.source, staged / SITE, _made(staged / "scratch"), self.packages)
            candidate = self._examined(wanted.source, staged)
            if (candidate.manifest.name, candidate.sha256) != (wanted.name, wanted.sha256):
                raise PluginError(
                    f"{wanted.source}: holds other files than those that were installed as {wanted.name} "
                    f"{wanted.version}: refused; to take them, run: talkface plugins update {wanted.name}"
                )
            return self._finish(candidate, staged, enabled=wanted.enabled)

    def remove(self, name: str) -> tuple[Path, ...]:
        """Remove a plugin with everything of it; gives the weight files that the user made for it, which stay.

        Raises:
            PluginError: it is not installed, or its folder cannot be written.
        """
        with self.store.changing():
            entry = self.store.entry(name)
            try:
                cards = self.store.installed(entry).manifest.generators
            except PluginError:
                cards = ()  # it is damaged, and all the more to be removed
            self.store.remove(name)
        for card in cards:
            shutil.rmtree(self.folders.models / card.name, ignore_errors=True)
        made = (self.folders.weights / each.path for card in cards for each in card.weights if not each.bundled)
        return tuple(path for path in made if path.exists())

    def fits_host(self, entry: Entry) -> bool:
        """Whether a plugin is whole and was installed for the packages that the studio has now."""
        try:
            record = self.store.record(entry)
            self.store.installed(entry)
        except PluginError:
            return False
        host = host_packages()
        same = all(host.get(name) == version for name, version in record.shared.items())
        return same and record.host_python == host_python()

    def _unpacked(self, source: str, staged: Path) -> Candidate:
        self.report(f"reading {source}")
        sources.unpack(source, _made(staged / SITE), _made(staged / "scratch"), self.packages)
        return self._examined(source, staged)

    def _examined(self, source: str, staged: Path) -> Candidate:
        bundled = {
            name for each in bundled_manifests() for name in (each.name, *(card.name for card in each.generators))
        }
        return examine(
            staged / SITE, source, known_publishers(self.folders.config), self.store.all_installed()[0], bundled
        )

    def _copy_own(self, entry: Entry, staged: Path) -> bool:
        """Whether the files of the current version were whole and are staged now."""
        folder = self.store.version_folder(entry.name, entry.current)
        try:
            record = read_record(folder)
            if content_sha256(folder / SITE, record.own) != entry.sha256:
                return False
        except (PluginError, OSError):
            return False
        _made(staged / "scratch")
        ignore = shutil.ignore_patterns("__pycache__")
        for top in record.own:
            source = folder / SITE / top
            if source.is_dir():
                shutil.copytree(source, staged / SITE / top, ignore=ignore)
            else:
                shutil.copyfile(source, _made(staged / SITE) / top)
        return True

    def _finish(self, candidate: Candidate, staged: Path, *, enabled: bool = True) -> Entry:
        manifest = candidate.manifest
        if candidate.needs_consent and not self.agree(candidate):
            raise DeclinedError(f"plugin {manifest.name} {manifest.version} was not installed")
        self.report(f"adding the packages that {manifest.name} {manifest.version} requires")
        shared = add_requirements(manifest, staged / SITE, staged / LOCK_FILE, self.packages)
        record = VersionRecord(
            package=manifest.package,
            source=candidate.source,
            sha256=candidate.sha256,
            trust=candidate.trust,
            own=candidate.own,
            host_python=host_python(),
            shared=shared,
        )
        write_record(staged, record)
        shutil.rmtree(staged / "scratch")
        name = f"{manifest.version}-{candidate.sha256[:12]}"
        final = self.store.version_folder(manifest.name, name)
        # Workers may not write there, so what is not compiled now is compiled at each of their starts.
        compileall.compile_dir(staged, quiet=2, stripdir=str(staged), prependdir=str(final))
        self.report(f"trying {manifest.name} {manifest.version} in a process of its own")
        self.trial(self.store.read_version(staged))
        former = candidate.former
        entry = Entry(
            name=manifest.name,
            version=manifest.version,
            source=candidate.source,
            sha256=candidate.sha256,
            current=name,
            enabled=enabled if former is None else former.enabled,
        )
        return self.store.switch(staged, entry)


def _hashes(candidate: Candidate) -> set[str]:
    path = Path(candidate.source)
    return {candidate.sha256, file_sha256(path)} if path.is_file() else {candidate.sha256}


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
