"""The worker itself: reads lines, hands the plugin's work to threads, sends what comes of it."""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from talkface_studio.api import API_VERSION, errors
from talkface_studio.api.errors import PluginError, TalkFaceError, error_of_kind
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import Device, FaceCrop, Options
from talkface_studio.ipc.codec import MessageError
from talkface_studio.ipc.lines import Outbox
from talkface_studio.ipc.messages import Hello, Ping, Pong, Refusal, Release, read_hello
from talkface_studio.ipc.slots import SlotMemory
from talkface_studio.plugin_host.worker.inside.inputs import WorkerFace, WorkerSpeech
from talkface_studio.plugin_host.worker.inside.plugin import load_generator
from talkface_studio.plugin_host.worker.inside.window import Window
from talkface_studio.plugin_host.worker.parcels import Array, Packer, Unpacker, made_crop
from talkface_studio.plugin_host.worker.protocol import (
    VERSION,
    Answer,
    Ask,
    CancelTake,
    CloseTake,
    Done,
    EndOfTimes,
    Failure,
    FromHost,
    FromWorker,
    Instant,
    Load,
    Piece,
    Render,
    StartTake,
    StopWindow,
    from_host,
    from_worker,
)

THREADS = 32
"""Takes and windows that can be worked on at once."""
PATIENCE = 600.0
"""Seconds to wait until the studio reads a face."""
LONGEST = 600
"""Characters of a failure's account."""


class _Performance:
    """A take and what it was started with."""

    def __init__(self, face: WorkerFace | None) -> None:
        self.face = face
        self.cancelled = Event()
        self.take: Take | None = None


class Server:
    """Serves the studio until its lines end."""

    def __init__(self, inputs: SlotMemory, frames: SlotMemory, outbox: Outbox) -> None:
        self._outbox = outbox
        self._packer = Packer(frames, self._refuse_piece, PATIENCE)
        self._unpacker = Unpacker(inputs, lambda slots: self.send(*(Release(slot=slot) for slot in slots)))
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="plugin")
        self._ids = itertools.count(1)
        self._answers: dict[int, SimpleQueue[tuple[Answer, list[Array]] | Failure]] = {}
        self._performances: dict[int, _Performance] = {}
        self._windows: dict[int, Window] = {}
        self._generator: Generator | None = None

    def serve(self, lines: Iterable[bytes | None]) -> bool:
        """Greet the studio and work for it; False if it speaks another version."""
        source = iter(lines)
        try:
            hello = read_hello(next(source, None) or b"")
        except MessageError as error:
            self.send(Refusal(version=VERSION, message=str(error)))
            return False
        self.send(Hello(version=VERSION, program=f"talkface-worker, plugin contract {API_VERSION}"))
        if hello.version != VERSION:
            return False
        for line in source:
            self._take(from_host.decode(line or b""))
        return True

    def send(self, *messages: FromWorker) -> None:
        """Send messages; from any thread."""
        self._outbox.send(b"".join(map(from_worker.encode, messages)))

    def _take(self, message: FromHost) -> None:
        match message:
            case Instant() | EndOfTimes() | StopWindow():
                self._steer(message)
            case Release(slot=slot):
                self._packer.give_back(slot)
            case Answer(id=id_, parcel=parcel):
                self._answer(id_, (message, self._unpacker.unpack(parcel)))
            case Failure(id=id_):
                self._answer(id_, message)
            case Piece():
                self._unpacker.add(message)
            case Ping(number=number):
                self.send(Pong(number=number))
            case _:
                self._obey(message)

    def _obey(self, message: FromHost) -> None:
        match message:
            case Load():
                self._do(message.id, lambda: self._load(message))
            case StartTake():
                self._start(message)
            case CancelTake(take=number) if number in self._performances:
                self._performances[number].cancelled.set()
            case CloseTake():
                self._close(message)
            case Render():
                self._render(message)

    def _steer(self, message: Instant | EndOfTimes | StopWindow) -> None:
        window = self._windows.get(message.window)
        match message:
            case Instant():
                # Also for a window that has ended: its slot is to be given back.
                crop = self._crop(message)
                if window is not None:
                    window.put(message.time, crop, still=message.still)
            case EndOfTimes() if window is not None:
                window.put(None)
            case StopWindow() if window is not None:
                window.stop()

    def _crop(self, message: Instant) -> FaceCrop | None:
        if message.crop is None or message.parcel is None:
            return None
        return made_crop(message.crop, self._unpacker.unpack(message.parcel))

    def _load(self, message: Load) -> None:
        self._generator = load_generator(message.entry, message.model)

    def _start(self, message: StartTake) -> None:
        arrays = [] if message.parcel is None else self._unpacker.unpack(message.parcel)
        face = None
        if message.references is not None:
            crops = (made_crop(info, arrays[3 * i : 3 * i + 3]) for i, info in enumerate(message.references))
            face = WorkerFace(message.id, tuple(crops), self._ask)
        performance = _Performance(face)
        self._performances[message.id] = performance
        speech = WorkerSpeech(message.id, message.duration, self._ask)
        kind, index, precision = message.device
        asked = message.options
        options = Options(
            values=asked.values,
            preset=asked.preset,
            seed=asked.seed,
            weights={name: Path(path) for name, path in asked.weights.items()},
            cache=None if asked.cache is None else Path(asked.cache),
            cancelled=performance.cancelled.is_set,
        )

        def start() -> None:
            if self._generator is None:
                raise PluginError("is not loaded")
            performance.take = self._generator.start(speech, face, options, Device(kind, index, precision))

        self._do(message.id, start)

    def _close(self, message: CloseTake) -> None:
        performance = self._performances.pop(message.take, None)

        def close() -> None:
            if performance is not None and performance.take is not None:
                performance.take.close()
                performance.take = None

        self._do(message.id, close)

    def _render(self, message: Render) -> None:
        performance = self._performances.get(message.take)
        window = Window(message.id, None if performance is None else performance.face, self.send)
        self._windows[message.id] = window

        def render() -> None:
            try:
                if performance is None or performance.take is None:
                    raise PluginError("has no such take")
                window.run(performance.take, self._packer, self.send)
            finally:
                self._windows.pop(message.id, None)

        self._do(message.id, render)

    def _do(self, id_: int, work: Callable[[], None]) -> None:
        self._pool.submit(self._done, id_, work)

    def _done(self, id_: int, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - SystemExit too: whatever a plugin raises is told, not obeyed
            self.send(_failure(id_, error))
        else:
            self.send(Done(id=id_))

    def _ask(self, make: Callable[[int], Ask]) -> tuple[Answer, list[Array]]:
        number = next(self._ids)
        answers: SimpleQueue[tuple[Answer, list[Array]] | Failure] = SimpleQueue()
        self._answers[number] = answers
        self.send(make(number))
        answer = answers.get()
        if isinstance(answer, Failure):
            raise error_of_kind(answer.kind, answer.message) or PluginError(answer.message)
        return answer

    def _answer(self, id_: int, answer: tuple[Answer, list[Array]] | Failure) -> None:
        waiting = self._answers.pop(id_, None)
        if waiting is not None:
            waiting.put(answer)

    def _refuse_piece(self, _piece: Piece) -> None:
        raise PluginError("gave a face that is larger than the crops that its card asks for")


def _failure(id_: int, error: BaseException) -> Failure:
    text = " ".join(str(error).split())
    if isinstance(error, TalkFaceError):
        known = next(kind for kind in type(error).__mro__ if getattr(errors, kind.__name__, None) is kind)
        return Failure(id=id_, kind=known.__name__, message=text[:LONGEST])
    # The studio's log gets what the sentence leaves out.
    traceback.print_exception(error)
    name = type(error).__name__
    return Failure(id=id_, kind=name[:100], message=f"{name}: {text}"[:LONGEST] if text else name)
