"""How much a worker may say: what exceeds it waits in the worker's own pipe."""

from __future__ import annotations

import time
from threading import Event

MOST_LINES = 20_000
"""A second, of messages or of words."""
MOST_LOGGED = 100
"""Words a second that reach the log."""


class Throttle:
    """Counts what a worker says in each second, and makes whoever reads it wait. `gone` ends all waiting."""

    def __init__(self, gone: Event) -> None:
        self._gone = gone
        self._messages, self._words = _Second(), _Second()

    def line(self) -> None:
        """A message came."""
        self._messages.count(MOST_LINES, self._gone)

    def said(self) -> bool:
        """The worker printed a line; whether it shall be logged."""
        return self._words.count(MOST_LINES, self._gone) <= MOST_LOGGED


class _Second:
    def __init__(self) -> None:
        self._began, self._lines = 0.0, 0

    def count(self, most: int, gone: Event) -> int:
        now = time.monotonic()
        if now - self._began >= 1:
            self._began, self._lines = now, 0
        self._lines += 1
        if self._lines > most:
            gone.wait(self._began + 1 - now)
        return self._lines
