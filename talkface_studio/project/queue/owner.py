"""Which process has a job, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

import psutil

# The kernel tells a process's start in ticks since boot; as a date it moves a little when the clock is set.
_START_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that no later one is mistaken for, even when the system gives its number again."""

    host: str
    pid: int
    started: float
    """Seconds since the epoch."""

    @classmethod
    def current(cls) -> ProcessIdentity:
        """This process."""
        return cls(socket.gethostname(), os.getpid(), psutil.Process().create_time())

    def is_alive(self) -> bool | None:
        """Whether the process lives; None when it belongs to another machine and nobody here can tell."""
        if self.host != socket.gethostname():
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True
