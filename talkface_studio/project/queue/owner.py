"""Which process has a job, and whether it still lives."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# The kernel tells a process's start in ticks since boot; as a date it moves a little when the clock is set.
_START_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that no later one is mistaken for, even when the system gives its number again."""

    host: str
    """The machine, or the container in it, within which process numbers mean something."""
    pid: int
    started: float
    """Seconds since the epoch."""

    @classmethod
    def current(cls) -> ProcessIdentity:
        """This process."""
        return cls(_machine(), os.getpid(), psutil.Process().create_time())

    def is_alive(self) -> bool | None:
        """Whether the process lives; None when it belongs to another machine and nobody here can tell."""
        if self.host != _machine():
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def _machine() -> str:
    # Containers may share a host's name; on Linux their process numbers are told apart by the namespace.
    namespace = Path("/proc/self/ns/pid")
    with suppress(OSError):
        return f"{socket.gethostname()} {namespace.readlink()}"
    return socket.gethostname()
