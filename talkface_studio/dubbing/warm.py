"""A bounded store of things that are slow to open, kept open for the next one who needs them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """What is given back when nobody needs it any longer."""

    def close(self) -> None:
        """Free everything. Calling it twice is allowed."""


T = TypeVar("T", bound=Closable)


class _Entry(Generic[T]):
    def __init__(self) -> None:
        self.lock = Lock()
        self.users = 0
        self.value: T | None = None


class Warm(Generic[T]):
    """Keeps what was opened by key. Of what nobody uses, the `size` most recently used stay open. Thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def lease(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """The thing with this key, opened by `make` where it is not open; it stays so for the length of the block."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            entry.users += 1
        try:
            with entry.lock:
                if entry.value is None:
                    entry.value = make()
                value = entry.value
            yield value
        finally:
            with self._lock:
                entry.users -= 1
                gone = self._beyond(self._size)
            _close(gone)

    def close(self) -> None:
        """Close everything that nobody uses."""
        with self._lock:
            gone = self._beyond(0)
        _close(gone)

    def _beyond(self, size: int) -> list[_Entry[T]]:
        """Take out what nobody uses: all that never opened, and the least recently used ones beyond `size`."""
        idle = [key for key, entry in self._entries.items() if not entry.users]
        unopened = [key for key in idle if self._entries[key].value is None]
        opened = [key for key in idle if self._entries[key].value is not None]
        return [self._entries.pop(key) for key in (*unopened, *opened[: max(len(opened) - size, 0)])]


def _close(entries: list[_Entry[T]]) -> None:
    for entry in entries:
        if entry.value is not None:
            entry.value.close()
