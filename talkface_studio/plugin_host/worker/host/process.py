"""A worker's process and all that it started: its memory, its end."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from talkface_studio.ipc.child import Child, signal_name
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker.host.command import MARK, environment, launch
from talkface_studio.plugin_host.worker.host.sandbox import Isolation, Reach, confined

_FAMILY_SECONDS = 1.0
"""Between two looks for new processes of a worker: to find them, all processes of the machine are looked at."""


class WorkerProcess:
    """Starts the process of a plugin, confined where that is possible."""

    def __init__(
        self,
        installed: InstalledPlugin,
        arguments: list[str],
        *,
        reach: Reach,
        found: Isolation,
        handles: tuple[int, ...],
        said: Callable[[str], None],
    ) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started.
        """
        self._mark = uuid.uuid4().hex
        self._confined = found.enforced
        self._temporary = Path(tempfile.mkdtemp(prefix="talkface-plugin-"))
        self._looked = 0.0
        self._family: list[psutil.Process] = []
        started = launch(installed)
        command = [*started.command, *arguments]
        seen = self._temporary
        if found.enforced:
            whole = Reach(reach.read | started.needs, reach.write, reach.network, reach.gpu)
            command = confined(command, whole, self._temporary, found)
            seen = Path("/tmp")  # noqa: S108 - inside, it is the process's own
        try:
            self.child = Child(
                command,
                name="plugin",
                handles=handles,
                said=said,
                environment=environment(installed, seen, self._mark),
                folder=self._temporary,
                own_session=True,
            )
        except OSError:
            shutil.rmtree(self._temporary, ignore_errors=True)
            raise

    def memory(self) -> tuple[int, int]:
        """Bytes in RAM of all its processes together, and how many there are."""
        now = time.monotonic()
        with suppress(psutil.Error):
            if not self._family or now - self._looked > _FAMILY_SECONDS:
                self._looked = now
                root = psutil.Process(self.child.pid)
                self._family = [root, *root.children(recursive=True)]
        held = 0
        for process in self._family:
            with suppress(psutil.Error):
                held += process.memory_info().rss
        return held, len(self._family)

    def kill(self) -> None:
        """End it, and what it started."""
        if not self._confined:
            if sys.platform != "win32" and self.child.code is None:
                # The session is the worker's own, and its number is not given away while nobody has waited for it.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.child.pid, signal.SIGKILL)
            self._kill_family()
        # Confined, the end of bubblewrap is the end of everything in there.
        self.child.kill()

    def close(self, timeout: float) -> None:
        """Close its input, wait `timeout` seconds for its end, and clean up behind it."""
        self.child.outbox.close(min(timeout, 1.0))
        self.child.wait(timeout)
        if not self._confined:
            self._kill_family()
            self._kill_marked()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def end(self) -> str:
        """How it ended, in words."""
        code = self.child.code or 0
        # Bubblewrap tells as a shell does which signal ended what it ran.
        number = -code if code < 0 else code - 128 if self._confined and code > 128 else 0
        if number:
            perhaps = ", perhaps because memory ran out," if signal_name(number) == "SIGKILL" else ""
            return f"was ended by {signal_name(number)}{perhaps}"
        words = f" ({self.child.last_words[:200]})" if code and self.child.last_words else ""
        return f"ended with code {code}{words}"

    def _kill_family(self) -> None:
        for process in self._family:
            with suppress(psutil.Error):
                process.kill()

    def _kill_marked(self) -> None:
        """End what left the worker's session; its environment tells where it came from."""
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark:
                    process.kill()
