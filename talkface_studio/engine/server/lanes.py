"""Threads that do what waits, in order; of what bears the same key only the newest is done."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition, Thread


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do for the question `id`; `drop` is called instead of `work` when it will not be done."""

    id: int
    work: Callable[[], None]
    drop: Callable[[], None]


class Lane:
    """A queue and its threads. A new task takes the place of one with the same key that waits.

    Tasks of other keys keep their turn, so a key whose tasks come fast cannot starve the others.
    """

    def __init__(self, name: str, threads: int = 1) -> None:
        self._waiting: dict[Hashable, Task] = {}
        self._condition = Condition()
        self._closed = False
        for number in range(threads):
            Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def put(self, key: Hashable, task: Task) -> None:
        """Do this when its turn comes; a waiting task with this key is dropped."""
        with self._condition:
            older = self._waiting.get(key)
            self._waiting[key] = task
            self._condition.notify()
        if older is not None:
            older.drop()

    def drop(self, id: int) -> bool:  # noqa: A002 - the protocol's name
        """Do not do this task; False where it does not wait here (any longer)."""
        with self._condition:
            key = next((key for key, task in self._waiting.items() if task.id == id), None)
            task = None if key is None else self._waiting.pop(key)
        if task is not None:
            task.drop()
        return task is not None

    def close(self) -> None:
        """Drop all that waits; what is being done goes on."""
        with self._condition:
            self._closed = True
            gone = list(self._waiting.values())
            self._waiting.clear()
            self._condition.notify_all()
        for task in gone:
            task.drop()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                task = self._waiting.pop(next(iter(self._waiting)))
            task.work()
