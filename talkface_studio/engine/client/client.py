"""Asks the engine, keeps it running, and says what happens."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Condition, Thread, current_thread
from types import TracebackType
from typing import Any, Self, TypeVar

from talkface_studio.api.errors import EngineError, TalkFaceError, error_of_kind
from talkface_studio.engine.client.connection import Connection, encode_request
from talkface_studio.engine.client.jobs import JobBook
from talkface_studio.engine.client.settings import EngineSettings, EngineState
from talkface_studio.engine.protocol.messages import Drop, Dropped, EngineStatus, Failure, FromEngine, Reply
from talkface_studio.engine.protocol.questions import (
    Done,
    DubDocument,
    Frame,
    Job,
    Picture,
    Preview,
    Question,
    StartJob,
)
from talkface_studio.ipc.codec import MessageError
from talkface_studio.ipc.messages import LogLine, Ping, Pong

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


Event = Job | LogLine | EngineStatus | EngineState
Listener = Callable[[Event], None]


@dataclass(slots=True)
class _Asked:
    question: Question[Any]
    future: Future[Any]
    line: bytes
    sent: bool = False


class EngineClient:
    """Starts an engine when it is first asked something, watches it, and starts it again when it ends by itself.

    All methods may be called from any thread and return at once, `close` apart. Futures are completed, and listeners
    called, in threads of the client: a window passes them on to its own thread.
    """

    def __init__(self, settings: EngineSettings | None = None) -> None:
        self._settings = settings or EngineSettings()
        self._condition = Condition()
        self._asked: dict[int, _Asked] = {}
        self._jobs = JobBook()
        self._listeners: list[Listener] = []
        self._connection: Connection | None = None
        self._keeper: Thread | None = None
        self._ids = itertools.count(1)
        self._wanted = self._closed = self._gone = False
        self._pinged: tuple[int, float] | None = None
        self._state = EngineState("stopped")

    @property
    def state(self) -> EngineState:
        """Whether there is an engine."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The number of the engine's process, while there is one."""
        connection = self._connection
        return None if connection is None else connection.pid

    @property
    def jobs(self) -> Mapping[str, Job]:
        """The exports of this client as they were last heard of, by name."""
        return self._jobs.jobs()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every event; gives the function that ends it."""
        with self._condition:
            self._listeners.append(listener)
        return partial(self._forget, listener)

    def start(self) -> None:
        """Start the engine if it does not run, also after it was given up."""
        with self._condition:
            if self._state.state == "failed":
                self._state = EngineState("stopped")
            self._want()

    def ask(self, question: Question[Answer]) -> Future[Answer]:
        """Ask the engine.

        The future gives the answer, or raises one of `api.errors`: what the engine raised, or EngineError when it ended
        meanwhile. It is cancelled when a newer question took this one's place. Cancelling it takes the question back.
        """
        future: Future[Answer] = Future()
        number = next(self._ids)
        try:
            line = encode_request(number, question)
        except MessageError as error:
            future.set_exception(TalkFaceError(str(error)))
            return future
        asked = _Asked(question, future, line)
        with self._condition:
            if self._closed or self._state.state == "failed":
                future.set_exception(EngineError(self._state.message or "the engine was closed"))
                return future
            self._asked[number] = asked
            if isinstance(question, StartJob):
                self._jobs.asked(question)
            self._want()
            self._send(asked)
        future.add_done_callback(partial(self._taken_back, number, asked))
        return future

    def compare(
        self, dub: DubDocument, models: Iterable[str], at: float, longest: int = 0
    ) -> dict[str, Future[Picture]]:
        """The same instant by several models. A newer comparison replaces what of this one is not made yet."""
        return {
            model: self.ask(
                Preview(dub={**dub, "model": model}, time=at, longest=longest, channel=f"compare/{model}"[:64])
            )
            for model in models
        }

    def dub_of(self, job: str) -> DubDocument:
        """What an export was asked to make; empty for one that this client did not start."""
        return self._jobs.dub(job)

    def resume(self, job: str) -> Future[Done]:
        """Start an export again that was interrupted, cancelled, or failed.

        Raises:
            ExportError: this client has no such job, or it has not ended.
        """
        return self.ask(self._jobs.question(job))

    def close(self, timeout: float = 15.0) -> None:
        """End the engine and wait for its end; after `timeout` seconds it is killed. Calling it twice is allowed."""
        with self._condition:
            self._closed = True
            keeper, connection = self._keeper, self._connection
            self._condition.notify_all()
        if keeper is not None and keeper is not current_thread():
            keeper.join(timeout)
            if keeper.is_alive() and connection is not None:
                connection.kill()
                keeper.join()
        self._become(EngineState("stopped"))

    def __enter__(self) -> Self:
        """A client is a context manager that closes itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What follows runs in the keeper's thread, which alone starts and ends engines.

    def _want(self) -> None:
        self._wanted = not self._closed
        if self._keeper is None and not self._closed:
            self._keeper = Thread(target=self._keep, name="engine-keeper", daemon=True)
            self._keeper.start()
        self._condition.notify_all()

    def _keep(self) -> None:
        ends: list[float] = []
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    break
            reason = self._serve()
            if self._closed:
                break
            now = time.monotonic()
            ends = [end for end in ends if now - end < self._settings.restarts_within] + [now]
            if len(ends) > self._settings.restarts:
                ends = []
                self._give_up(f"{reason}; this was the {self._settings.restarts + 1}th time in a short while")
            else:
                self._lose(reason, sent_only=True)
                self._become(EngineState("lost", reason))
        self._lose("the engine was closed", sent_only=False)

    def _serve(self) -> str:
        """Run one engine to its end; says how it ended."""
        self._become(EngineState("starting"))
        self._gone = False
        try:
            connection = Connection(self._settings.command_line(), self._receive)
        except EngineError as error:
            return str(error)
        why = ""
        try:
            connection.greet(self._settings.patience)
            with self._condition:
                self._connection, self._pinged = connection, None
                for asked in self._asked.values():
                    self._send(asked)
            self._become(EngineState("running"))
            why = self._watch(connection)
        except EngineError as error:
            why = str(error)
        finally:
            with self._condition:
                self._connection = None
            connection.close(self._settings.patience)
        return f"{why or 'the engine ended'}, {connection.end()}"

    def _watch(self, connection: Connection) -> str:
        """Wait for the end of the engine, or of the client; says why where it was we who ended it."""
        number, looked = 0, time.monotonic()
        while True:
            with self._condition:
                if self._condition.wait_for(lambda: self._gone or self._closed, self._settings.heartbeat):
                    return ""
                now = time.monotonic()
                # If we slept ourselves, stopped or starved, the engine may have answered without being heard.
                overslept, looked = now - looked > 3 * self._settings.heartbeat, now
                if self._pinged is None or overslept:
                    number += 1
                    self._pinged = (number, now)
                    connection.send(Ping(number=number))
                elif now - self._pinged[1] > self._settings.patience:
                    connection.kill()
                    return f"the engine did not answer for {self._settings.patience:g} s and was ended"

    def _give_up(self, reason: str) -> None:
        with self._condition:
            self._wanted = False
        message = f"{reason}; see the log, and start it again"
        self._become(EngineState("failed", message))
        self._lose(message, sent_only=False)

    def _lose(self, reason: str, *, sent_only: bool) -> None:
        """Fail what an engine that is gone was asked; what was not sent yet waits for the next one."""
        with self._condition:
            lost = [number for number, asked in self._asked.items() if asked.sent or not sent_only]
            gone = [self._asked.pop(number) for number in lost]
            unsent = {each.question.job for each in self._asked.values() if isinstance(each.question, StartJob)}
        stopped = self._jobs.interrupt(reason, unsent)
        for asked in gone:
            _fail(asked.future, EngineError(reason))
        for job in stopped:
            self._tell(job)

    # What follows runs in the connection's threads, or in those of whoever asks.

    def _send(self, asked: _Asked) -> None:
        if self._connection is not None:
            self._connection.send_line(asked.line)
            asked.sent = True

    def _receive(self, connection: Connection, message: FromEngine | None) -> None:
        match message:
            case None:
                with self._condition:
                    self._gone = True
                    self._condition.notify_all()
            case Pong():
                with self._condition:
                    self._pinged = None
            case Reply():
                self._answered(connection, message)
            case Failure():
                self._failed(message)
            case Dropped(id=number):
                asked = self._pop(number)
                if asked is not None and asked.future.cancel():
                    asked.future.set_running_or_notify_cancel()
            case Job():
                self._jobs.heard(message)
                self._tell(message)
            case LogLine() | EngineStatus():
                self._tell(message)

    def _answered(self, connection: Connection, message: Reply) -> None:
        asked, answer = self._pop(message.id), message.answer
        if asked is None:
            connection.release(answer)
            return
        with suppress(InvalidStateError):
            try:
                asked.future.set_result(connection.picture(answer) if isinstance(answer, Frame) else answer)
            except EngineError as error:
                asked.future.set_exception(error)

    def _failed(self, message: Failure) -> None:
        asked = self._pop(message.id)
        if asked is None:
            self._tell(LogLine(level=logging.ERROR, source="engine", text=f"{message.kind}: {message.message}"))
            return
        if isinstance(asked.question, StartJob):
            job = self._jobs.refused(asked.question, message.kind, message.message)
            if job is not None:
                self._tell(job)
        _fail(asked.future, error_of_kind(message.kind, message.message) or EngineError(message.message))

    def _taken_back(self, number: int, asked: _Asked, future: Future[Any]) -> None:
        if future.cancelled() and self._pop(number) is not None and asked.sent:
            with self._condition:
                if self._connection is not None:
                    self._connection.send(Drop(id=number))

    def _pop(self, number: int) -> _Asked | None:
        with self._condition:
            return self._asked.pop(number, None)

    def _become(self, state: EngineState) -> None:
        with self._condition:
            if state == self._state:
                return
            self._state = state
        self._tell(state)

    def _tell(self, event: Event) -> None:
        with self._condition:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - it is not ours
                # The thread that calls it is the one that hears the engine.
                _log.exception("a listener failed at %r", event)

    def _forget(self, listener: Listener) -> None:
        with self._condition:
            if listener in self._listeners:
                self._listeners.remove(listener)


def _fail(future: Future[Any], error: TalkFaceError) -> None:
    with suppress(InvalidStateError):
        future.set_exception(error)
