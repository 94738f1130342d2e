"""A model of an installed plugin, to the host a generator like any other."""

from __future__ import annotations

import time
from pathlib import Path
from threading import RLock

from talkface_studio.api.errors import PluginError
from talkface_studio.api.generator import Face, Generator, Speech, Take
from talkface_studio.api.values import Device, Options
from talkface_studio.plugin_host.manifest import check_api_version
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker.host.checks import refuse_pickle
from talkface_studio.plugin_host.worker.host.connection import Connection
from talkface_studio.plugin_host.worker.host.sandbox import Isolation, Reach, isolation
from talkface_studio.plugin_host.worker.host.take import IsolatedTake
from talkface_studio.plugin_host.worker.limits import WorkerLimits


class IsolatedGenerator(Generator):
    """Starts takes in a process of the plugin's own. What needs files that the process cannot see gets another one."""

    def __init__(
        self, installed: InstalledPlugin, card_name: str, limits: WorkerLimits, found: Isolation | None = None
    ) -> None:
        """Nothing is started yet.

        Raises:
            PluginError: the plugin has no such model, or was written for another version of the contract.
        """
        manifest = installed.manifest
        check_api_version(f"plugin {manifest.name} {manifest.version}", manifest.api_version)
        super().__init__(manifest.card(card_name))
        self.isolation = isolation() if found is None else found
        self.installed, self._limits = installed, limits
        self._connections: list[Connection] = []
        self._ends: list[float] = []
        self._lock = RLock()

    def start(self, speech: Speech, face: Face | None, options: Options, device: Device) -> Take:
        """See `Generator.start`.

        Raises:
            PluginError: the plugin failed; it is named.
            WeightsError: a weight file is missing or is no safetensors file.
            JobCancelledError: the user cancelled.
        """
        for name, path in options.weights.items():
            refuse_pickle(name, path)
        reach = self._reach(options, device)
        return IsolatedTake(
            lambda: self._connected(reach),
            (speech, face, options, device),
            self._limits,
            look_ahead=self.card.look_ahead,
            side=self.card.crop.size,
        )

    def close(self) -> None:
        """See `Generator.close`."""
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.close()

    def _connected(self, reach: Reach) -> Connection:
        with self._lock:
            self._bury()
            for connection in self._connections:
                if connection.reach.covers(reach):
                    return connection
            connection = Connection(self.installed, self.card, self._limits, reach, self.isolation)
            self._connections.append(connection)
            connection.load()
            return connection

    def _bury(self) -> None:
        """Forget workers that are gone, and refuse to go on where there were too many.

        Raises:
            PluginError: it ended too often.
        """
        gone = [connection for connection in self._connections if not connection.running]
        now = time.monotonic()
        self._ends = [end for end in self._ends if now - end < self._limits.restarts_within] + [now] * len(gone)
        for connection in gone:
            self._connections.remove(connection)
            connection.close()
        if len(self._ends) > self._limits.restarts:
            words = f"plugin {self.installed.manifest.name} {self.installed.manifest.version}"
            raise PluginError(
                f"{words}: ended {len(self._ends)} times within {self._limits.restarts_within:g} s and is not started "
                "again so soon; choose another model, or update the plugin"
            )

    def _reach(self, options: Options, device: Device) -> Reach:
        permissions = self.installed.manifest.permissions
        read = {self.installed.folder, self.installed.site, *options.weights.values()}
        write = {Path(folder).expanduser() for folder in permissions.folders}
        if options.cache is not None:
            options.cache.mkdir(parents=True, exist_ok=True)
            write.add(options.cache)
        return Reach(
            frozenset(path.absolute() for path in read),
            frozenset(path.absolute() for path in write if path.is_dir()),
            permissions.network,
            device.kind == "cuda",
        )
