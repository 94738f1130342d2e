"""From the engine's threads, and from threads of our own, to the thread of the window. No other file knows threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.client.client import EngineClient, Event
from talkface_studio.engine.client.settings import EngineState
from talkface_studio.engine.protocol.messages import EngineStatus
from talkface_studio.engine.protocol.questions import Job, Question
from talkface_studio.ipc.messages import LogLine

Answer = TypeVar("Answer")
Failed = Callable[[TalkFaceError], object]


class Bridge(QObject):
    """Asks the engine and has work done in the background; whoever asked is called back in the window's thread.

    Callbacks are not called once their `owner` is gone, nor after `close`.
    """

    job_changed = Signal(Job)
    """An export went on, or ended."""
    engine_changed = Signal(EngineState)
    status_changed = Signal(EngineStatus)
    logged = Signal(LogLine)
    _arrived = Signal(object)

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._closed = False
        self._workers = ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="studio")
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._end_listening = engine.listen(self._heard)

    def ask(
        self,
        question: Question[Answer],
        done: Callable[[Answer], object],
        failed: Failed | None = None,
        *,
        dropped: Callable[[], object] | None = None,
        owner: QObject | None = None,
    ) -> Future[Answer]:
        """Ask the engine; returns at once.

        Args:
            question: one of `engine.protocol.questions`.
            done: called with the answer.
            failed: called with what the engine raised.
            dropped: called when a newer question of the same channel took this one's place.
            owner: who asks.

        Returns:
            what `cancel` takes the question back on; do not wait for it.
        """
        future = self._engine.ask(question)
        future.add_done_callback(lambda ended: self._pass_on(ended, done, failed, owner, dropped))
        return future

    def run(
        self,
        work: Callable[[], Answer],
        done: Callable[[Answer], object] | None = None,
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Do something that waits for a disk in the background. It must touch neither widgets nor the project.

        Args:
            work: what to do; an OSError in it becomes a TalkFaceError.
            done: called with what it returned.
            failed: called with what it raised.
            owner: who wants it.
        """
        if not self._closed:
            future = self._workers.submit(work)
            future.add_done_callback(lambda ended: self._pass_on(ended, done, failed, owner))

    def watch(
        self,
        future: Future[Answer],
        done: Callable[[Answer], object] | None = None,
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Be called when a future of the engine's client ends, such as one of `EngineClient.compare` or `resume`."""
        future.add_done_callback(lambda ended: self._pass_on(ended, done, failed, owner))

    def close(self) -> None:
        """Call nobody back any more."""
        self._closed = True
        self._end_listening()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _pass_on(
        self,
        future: Future[Any],
        done: Callable[[Any], object] | None,
        failed: Failed | None,
        owner: QObject | None,
        dropped: Callable[[], object] | None = None,
    ) -> None:
        if not future.cancelled():
            self._emit((partial(_call_back, future, done, failed), owner))
        elif dropped is not None:
            self._emit((dropped, owner))

    def _heard(self, event: Event) -> None:
        signals = {
            Job: self.job_changed,
            LogLine: self.logged,
            EngineStatus: self.status_changed,
            EngineState: self.engine_changed,
        }
        self._emit((partial(signals[type(event)].emit, event), None))

    def _emit(self, call: tuple[Callable[[], object], QObject | None]) -> None:
        # The client's threads outlive us by a moment when the window closes.
        if not self._closed and shiboken6.isValid(self):
            self._arrived.emit(call)

    def _deliver(self, call: tuple[Callable[[], object], QObject | None]) -> None:
        deliver, owner = call
        if not self._closed and (owner is None or shiboken6.isValid(owner)):
            deliver()


def _call_back(future: Future[Any], done: Callable[[Any], object] | None, failed: Failed | None) -> None:
    error = future.exception()
    if error is None:
        if done is not None:
            done(future.result())
        return
    if isinstance(error, OSError):
        error = TalkFaceError(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
    if not isinstance(error, TalkFaceError):
        raise error
    if failed is not None:
        failed(error)
