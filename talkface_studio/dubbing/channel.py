"""Bounded channels between the threads of a job, and the job that owns them.

One producer puts, one consumer iterates. When any stage fails or the job is cancelled, every blocked `put` and every
iteration ends at once with `StoppedError`, so no thread is ever left waiting for a neighbour that is gone.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from talkface_studio.api.errors import JobCancelledError

T = TypeVar("T")
_END = object()

STEP = 5
"""How much less urgent a modest stage is, in steps of `nice`; each is about a fifth less of a core that both want."""


class StoppedError(Exception):
    """Raised inside a stage when the job has already failed or was cancelled; never leaves `Job.run`."""


class Cancel:
    """Asks a job to stop, from any thread."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self.cancelled = False

    def cancel(self) -> None:
        """Ask the job to stop; returns at once."""
        with self._lock:
            self.cancelled = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call back when `cancel` is called, or now when it was."""
        with self._lock:
            self._callbacks.append(callback)
            cancelled = self.cancelled
        if cancelled:
            callback()


class Job:
    """The threads of one dub. The first error of any stage stops them all and is raised by `run`."""

    def __init__(self, cancel: Cancel | None = None) -> None:
        self._lock = threading.Lock()
        self._changes: list[threading.Condition] = []
        self._error: BaseException | None = None
        self._stages: list[tuple[str, Callable[[], None]]] = []
        self._local = threading.local()
        self.busy: dict[str, float] = {}
        """Seconds of work by stage, waiting excluded."""
        if cancel is not None:
            cancel.on_cancel(lambda: self.stop(JobCancelledError("cancelled; nothing was written")))

    def stop(self, error: BaseException) -> None:
        """Stop every stage; the first error given is the one that `run` raises."""
        with self._lock:
            if self._error is None:
                self._error = error
        for changed in self._changes:
            with changed:
                changed.notify_all()

    def channel(self, size: int) -> Channel[T]:
        """A channel that holds at most `size` items."""
        # A condition of its own: with one for all, every item would wake the threads of all stages.
        changed = threading.Condition()
        self._changes.append(changed)
        return Channel(changed, lambda: self._error is not None, size, self._add_wait)

    def stage(self, name: str, work: Callable[[], None], *, modest: bool = False) -> None:
        """Add a stage; `work` runs in a thread of its own.

        That of a `modest` one, and those it starts, get the CPU where the others leave it; only on Linux.
        """

        def modestly() -> None:
            step_back()
            work()

        self._stages.append((name, modestly if modest else work))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count the time of the block as work of this stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.busy[name] = self.busy.get(name, 0.0) + time.perf_counter() - began

    def pump(self, name: str, items: Iterable[T], out: Channel[T]) -> None:
        """Move items into a channel and close it; the time that making them takes counts as work of the stage.

        What an iterator waits for its own source is taken off again by `Channel.__iter__`, which counts waiting.
        """
        iterator = iter(items)
        while True:
            began, waited = time.perf_counter(), self._waited()
            item = next(iterator, _END)
            spent = time.perf_counter() - began - (self._waited() - waited)
            self.busy[name] = self.busy.get(name, 0.0) + spent
            if item is _END:
                break
            out.put(item)  # type: ignore[arg-type]
        out.close()

    def _waited(self) -> float:
        return float(getattr(self._local, "waited", 0.0))

    def _add_wait(self, seconds: float) -> None:
        self._local.waited = self._waited() + seconds

    def run(self) -> None:
        """Run all stages to their end.

        Raises:
            BaseException: whatever the first failing stage raised, or JobCancelledError.
        """
        threads = [
            threading.Thread(target=self._guard, args=(work,), name=f"dub-{name}", daemon=True)
            for name, work in self._stages
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:  # Ctrl-C arrives here: let the stages close their files before it travels on
            self.stop(error)
            for thread in threads:
                while thread.is_alive():
                    with suppress(KeyboardInterrupt):  # pressed again: it is stopping as fast as it can
                        thread.join()
            raise
        if self._error is not None:
            raise self._error

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 - carried to the thread that called run
            self.stop(error)


def step_back() -> None:
    """Let other threads go before this one, and those that it starts from now on."""
    if sys.platform == "linux":
        # There a thread has a priority of its own, where others have one for the process.
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STEP)


class Channel(Generic[T]):
    """A bounded queue that ends when its producer closes it or the job stops."""

    def __init__(
        self,
        changed: threading.Condition,
        stopped: Callable[[], bool],
        size: int,
        waited: Callable[[float], None],
    ) -> None:
        self._changed = changed
        self._stopped = stopped
        self._size = size
        self._waited = waited
        self._items: deque[T] = deque()
        self._closed = False

    def put(self, item: T) -> None:
        """Add an item; waits while the channel is full.

        Raises:
            StoppedError: the job has stopped.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._stopped() or len(self._items) < self._size)
            if self._stopped():
                raise StoppedError
            self._items.append(item)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        """Items until the producer closes the channel.

        Raises:
            StoppedError: the job has stopped.
        """
        while True:
            began = time.perf_counter()
            with self._changed:
                self._changed.wait_for(lambda: self._stopped() or bool(self._items) or self._closed)
                self._waited(time.perf_counter() - began)
                if self._stopped():
                    raise StoppedError
                if not self._items:
                    return
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
