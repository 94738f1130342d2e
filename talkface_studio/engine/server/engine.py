"""The engine itself: reads lines, hands the work to threads, writes what comes of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from talkface_studio import __version__
from talkface_studio.api.errors import EngineError, TalkFaceError
from talkface_studio.engine.protocol import VERSION
from talkface_studio.engine.protocol.messages import (
    Drop,
    Dropped,
    EngineStatus,
    Failure,
    FromClient,
    FromEngine,
    Reply,
    Request,
    version_mismatch,
)
from talkface_studio.engine.protocol.questions import (
    AnyAnswer,
    CancelJob,
    Done,
    Frame,
    Jobs,
    ListJobs,
    PauseJob,
    Shutdown,
    StartJob,
)
from talkface_studio.engine.server.answers import LANES, Shown, answer, fitted, key_of
from talkface_studio.engine.server.exports import Exports
from talkface_studio.engine.server.lanes import Lane, Task
from talkface_studio.engine.server.studio import Studio
from talkface_studio.ipc.codec import Codec, MessageError
from talkface_studio.ipc.lines import Outbox
from talkface_studio.ipc.messages import Hello, LogLine, Ping, Pong, Refusal, Release, read_hello
from talkface_studio.ipc.slots import FreeSlots, SlotMemory

PROGRAM = f"talkface-engine {__version__}"
SLOT_PATIENCE = 20.0
"""Seconds to wait for a client to read the pictures that it was given."""
LAST_WORDS = 10.0
"""Seconds that exports have to clean up when the engine ends."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an engine is started: exports at a time, and whether torch and others are loaded at once."""

    parallel_exports: int = 1
    load_ahead: bool = True


class Engine:
    """Answers one client until its lines end. No line that it is sent, and no work that fails, ends it."""

    def __init__(self, studio: Studio, memory: SlotMemory, outbox: Outbox, settings: Settings) -> None:
        self._studio, self._memory, self._outbox, self._settings = studio, memory, outbox, settings
        self._from_client: Codec[FromClient] = Codec(FromClient)
        self._from_engine: Codec[FromEngine] = Codec(FromEngine)
        self._free = FreeSlots(memory.slots)
        self._lanes = {name: Lane(name) for name in dict.fromkeys(LANES.values())}
        self._exports = Exports(studio, self.send, settings.parallel_exports)
        self._ended = Event()

    def serve(self, lines: Iterable[bytes | None]) -> bool:
        """Greet the client and answer it until it is gone or says `Shutdown`; False if it speaks another version."""
        source = iter(lines)
        try:
            if not self._greet(next(source, None)):
                return False
            if self._settings.load_ahead:
                Thread(target=self._load, name="load", daemon=True).start()
            for line in source:
                self._take(line)
                if self._ended.is_set():
                    break
        finally:
            self._close()
        return True

    def send(self, message: FromEngine) -> None:
        """Send a message; from any thread."""
        try:
            self._outbox.send(self._from_engine.encode(message))
        except MessageError as error:
            _log.error("a message cannot be sent: %s", error)
            if isinstance(message, Reply):
                self.send(Failure(id=message.id, kind=EngineError.__name__, message=f"the answer is too long: {error}"))

    def log(self, level: int, source: str, text: str) -> None:
        """Send a line for the client's log."""
        self.send(LogLine(level=level, source=source, text=text))

    def _greet(self, line: bytes | None) -> bool:
        try:
            hello = read_hello(line or b"")
        except MessageError as error:
            self.send(Refusal(version=VERSION, message=str(error)))
            return False
        if version_mismatch(hello):
            self.send(Refusal(version=VERSION, message=version_mismatch(hello)))
            return False
        self.send(Hello(version=VERSION, program=PROGRAM))
        return True

    def _load(self) -> None:
        self.send(EngineStatus(state="loading"))
        try:
            seconds = self._studio.load(self._ended.is_set)
        except Exception as error:  # noqa: BLE001 - whoever needs what is missing is told again
            self.send(EngineStatus(state="failed", message=_line(error)))
        else:
            self.send(EngineStatus(state="ready", seconds=seconds))

    def _take(self, line: bytes | None) -> None:
        if line is None:
            self.send(Failure(id=0, kind="ProtocolError", message="the line is too long"))
            return
        try:
            message = self._from_client.decode(line)
        except MessageError as error:
            self.send(Failure(id=error.id, kind="ProtocolError", message=str(error)))
            return
        match message:
            case Ping(number=number):
                self.send(Pong(number=number))
            case Release(slot=slot):
                self._free.give_back(slot)
            case Drop(id=id_):
                any(lane.drop(id_) for lane in self._lanes.values())
            case Request():
                self._ask(message)
            case Hello():
                self.send(Failure(id=0, kind="ProtocolError", message="hello was said before"))

    def _ask(self, request: Request) -> None:
        question, id_ = request.question, request.id
        lane = LANES.get(type(question))
        if lane is None:
            # What is about jobs takes no time, and keeps its order.
            self._reply(id_, lambda: self._direct(question))
            return
        work = partial(self._reply, id_, lambda: self._answer(question))
        self._lanes[lane].put(key_of(question, id_), Task(id_, work, lambda: self.send(Dropped(id=id_))))

    def _direct(self, question: object) -> AnyAnswer:
        match question:
            case StartJob(job=job, dub=document):
                self._exports.start(job, document)
            case CancelJob(job=job):
                self._exports.cancel(job)
            case PauseJob(job=job, paused=paused):
                self._exports.pause(job, paused)
            case ListJobs():
                return Jobs(jobs=self._exports.jobs())
            case Shutdown():
                self._ended.set()
        return Done()

    def _answer(self, question: object) -> AnyAnswer:
        found = answer(question, self._studio)
        return self._delivered(found) if isinstance(found, Shown) else found

    def _reply(self, id_: int, make: Callable[[], AnyAnswer]) -> None:
        try:
            self.send(Reply(id=id_, answer=make()))
        except TalkFaceError as error:
            self.send(Failure(id=id_, kind=type(error).__name__, message=_line(error)))
        except Exception as error:  # noqa: BLE001 - a bug in one answer must not take the others
            _log.exception("a question failed")
            message = f"a bug kept the engine from answering; the log has more: {type(error).__name__}: {_line(error)}"
            self.send(Failure(id=id_, kind=EngineError.__name__, message=message))

    def _delivered(self, shown: Shown) -> Frame:
        pixels = fitted(shown, self._memory.slot_bytes)
        slot = self._free.take(SLOT_PATIENCE)
        if slot is None:
            raise EngineError("the program does not read the pictures that it asked for")
        self._memory.write(slot, pixels.data.cast("B"))
        height, width = shown.pixels.shape[:2]
        return Frame(
            slot=slot,
            width=pixels.shape[1],
            height=pixels.shape[0],
            full_width=width,
            full_height=height,
            time=shown.time,
            making=shown.making,
        )

    def _close(self) -> None:
        self._ended.set()
        for lane in self._lanes.values():
            lane.close()
        self._free.close()
        self._exports.close(LAST_WORDS)


class LogSender(logging.Handler):
    """Sends what is logged to the client."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(logging.WARNING)
        self._engine = engine

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler.emit`."""
        try:
            self._engine.log(record.levelno, record.name, self.format(record))
        except Exception:  # noqa: BLE001 - logging must not break what is logged
            self.handleError(record)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def leave(code: int) -> None:
    """End the process now: networks that still compute in their own threads are not waited for."""
    os._exit(code)
