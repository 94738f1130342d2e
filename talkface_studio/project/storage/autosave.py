"""When to write the recovery file: soon after a change, but not for every one."""

from __future__ import annotations

from collections.abc import Callable


class Autosave:
    """Calls `write` once changes have paused, and at the latest so long after the first of them.

    It has no timer: whoever has one asks `due_in` when to call `tick`.
    """

    def __init__(
        self, write: Callable[[], None], clock: Callable[[], float], *, pause: float = 2.0, longest: float = 20.0
    ) -> None:
        """Wait for changes.

        Args:
            write: writes what there is.
            clock: seconds that only rise, such as `time.monotonic`.
            pause: seconds without a change after which to write.
            longest: seconds after which to write although changes go on.
        """
        self._write = write
        self._clock = clock
        self._pause = pause
        self._longest = longest
        self._first: float | None = None
        self._last = 0.0

    @property
    def due_in(self) -> float | None:
        """Seconds until `tick` would write, 0 if it would now; None with nothing to write."""
        if self._first is None:
            return None
        due = min(self._last + self._pause, self._first + self._longest)
        return max(0.0, due - self._clock())

    def note_change(self) -> None:
        """There is something new to write."""
        self._last = self._clock()
        self._first = self._last if self._first is None else self._first

    def tick(self) -> bool:
        """Write if it is time to; gives whether it was. A failure is tried again after the next pause."""
        if self.due_in != 0.0:
            return False
        self._first = self._last = self._clock()
        self._write()
        self._first = None
        return True

    def cancel(self) -> None:
        """There is nothing to write any more."""
        self._first = None
