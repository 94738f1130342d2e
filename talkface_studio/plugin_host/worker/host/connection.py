"""One running worker: what is sent to it, what comes back, and why it ended."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

from talkface_studio import __version__
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import JobCancelledError
from talkface_studio.ipc.codec import MessageError
from talkface_studio.ipc.lines import read_lines
from talkface_studio.ipc.messages import Hello, LogLine, Ping, Pong, Refusal, Release, read_hello
from talkface_studio.ipc.slots import SlotMemory
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker.host.answers import Answers, Asked
from talkface_studio.plugin_host.worker.host.flow import Throttle
from talkface_studio.plugin_host.worker.host.process import WorkerProcess
from talkface_studio.plugin_host.worker.host.sandbox import Isolation, Reach
from talkface_studio.plugin_host.worker.host.words import Words
from talkface_studio.plugin_host.worker.limits import WorkerLimits
from talkface_studio.plugin_host.worker.parcels import Array, Packer, ParcelError, Unpacker
from talkface_studio.plugin_host.worker.protocol import (
    VERSION,
    AskCrop,
    AskFeatures,
    AskSamples,
    Done,
    Failure,
    Frame,
    FromHost,
    FromWorker,
    Load,
    Parcel,
    Starved,
    from_host,
    from_worker,
)

PROGRAM = f"talkface-studio {__version__}"
LONGEST_LINE = 64 * 1024
"""Bytes; what a worker says is short, arrays are in the shared memory."""
INPUT_SLOTS, INPUT_SLOT_BYTES = 16, 2**20
FRAME_SLOTS = 16
_POLITE = 1.0
"""Seconds between the end of what a process says and its own."""
_POLL = 0.1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame and its arrays."""

    frame: Frame
    arrays: Sequence[Array]


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker is gone. `reason` ends a sentence about the plugin; `passing` is an error of a kind that may pass."""

    reason: str
    passing: BaseException | None = None


Happening = Done | Failure | Arrived | Starved | Lost
Happenings = SimpleQueue[Happening]


class Connection:
    """A worker that is being started, runs, or has ended. Threads may share it."""

    def __init__(
        self, installed: InstalledPlugin, card: ModelCard, limits: WorkerLimits, reach: Reach, found: Isolation
    ) -> None:
        self.words = Words(installed.manifest.name, installed.manifest.version)
        self.reach = reach
        self._installed, self._card, self._limits, self._found = installed, card, limits, found
        self._ids = itertools.count(1)
        self._lock = Lock()
        self._listening: dict[int, Happenings] = {}
        self._lost: Lost | None = None
        self._begun, self._gone = Event(), Event()
        self._inputs = SlotMemory.create(INPUT_SLOTS, INPUT_SLOT_BYTES)
        side = max(card.crop.size, card.crop.largest)
        # Room for a picture of float64, so that one of a wrong kind can be named; only what is written takes memory.
        self._frames = SlotMemory.create(FRAME_SLOTS, side * side * 3 * 8 + side * side * 4 + 2**16)
        self._packer = Packer(self._inputs, self.send, limits.patience)
        self._unpacker = Unpacker(self._frames, lambda slots: self.send(*(Release(slot=slot) for slot in slots)))
        self.answers = Answers(self.send, self._packer)
        self._throttle = Throttle(self._gone)
        self._pinged: float | None = None
        self._process: WorkerProcess | None = None
        # The thread that starts the process lives as long as that: the system ends a process that shall die with its
        # parent when the thread ends that started it.
        self._keeper = Thread(target=self._keep, name="plugin-keeper", daemon=True)
        self._keeper.start()

    @property
    def running(self) -> bool:
        """Whether it can be asked for something. One that has ended may not have been cleaned up yet."""
        process = self._process
        return self._lost is None and not (process is not None and process.child.ends_within(0))

    def load(self) -> None:
        """Wait until the plugin is imported.

        Raises:
            PluginError: it cannot be, or not within `WorkerLimits.load`.
        """
        self._begun.wait(self._limits.patience)
        entry = self._installed.manifest.entry
        self.call(lambda id_: Load(id=id_, entry=entry, model=self._card.name), self._limits.load, "was loaded")

    def call(
        self,
        make: Callable[[int], FromHost],
        limit: float,
        doing: str,
        cancelled: Callable[[], bool] = lambda: False,
        on_cancel: Callable[[int], None] = lambda _id: None,
    ) -> int:
        """Send a message that is answered with `Done`, wait for that, and give its id.

        Args:
            make: the message, for its id.
            limit: seconds that the plugin may take.
            doing: what it does meanwhile, in the words of `Words`.
            cancelled: asked now and then.
            on_cancel: called once when the former says yes; the plugin has `WorkerLimits.stop` seconds to notice.

        Raises:
            PluginError: it failed, took too long, or is gone.
            TalkFaceError: what else the plugin raised.
            JobCancelledError: the user cancelled.
        """
        id_, happenings = self.listen()
        try:
            self.send(make(id_))
            told = False

            def ask() -> bool:
                nonlocal told
                if not told and cancelled():
                    on_cancel(id_)
                    told = True
                return told

            self.wait(happenings, limit, doing, ask)
        finally:
            self.forget(id_)
        return id_

    def listen(self) -> tuple[int, Happenings]:
        """An id for a question, and where what becomes of it arrives."""
        id_ = next(self._ids)
        happenings: Happenings = SimpleQueue()
        with self._lock:
            self._listening[id_] = happenings
            if self._lost is not None:
                happenings.put(self._lost)
        return id_, happenings

    def forget(self, id_: int) -> None:
        """Nobody wants to know what becomes of it."""
        with self._lock:
            self._listening.pop(id_, None)

    def wait(
        self, happenings: Happenings, limit: float, doing: str, cancelled: Callable[[], bool]
    ) -> Done | Arrived | Starved:
        """The next happening.

        Raises:
            PluginError: the plugin failed, took longer than `limit` seconds, or is gone.
            TalkFaceError: what else the plugin raised.
            JobCancelledError: the user cancelled, and the plugin did not stop by itself.
        """
        began = looked = time.monotonic()
        served = self.answers.seconds
        noticed: float | None = None
        while True:
            try:
                happening = happenings.get(timeout=_POLL)
            except Empty:
                now = time.monotonic()
                # If we slept ourselves, stopped or starved, the plugin may have done so as well.
                began += max(0.0, now - looked - 10 * _POLL)
                looked = now
                if noticed is None and cancelled():
                    noticed = now
                if noticed is not None and now - noticed > self._limits.stop:
                    self.fail("did not stop when it was cancelled and was ended")
                    raise JobCancelledError("cancelled; nothing was written") from None
                if now - began - (self.answers.seconds - served) > limit:
                    took = TimeoutError(f"{limit:g} s")
                    self.fail(f"took longer than {limit:g} s and was ended", took)
                continue
            match happening:
                case Lost(reason=reason, passing=passing):
                    raise self.words.error(f"{reason} while it {doing}", ended=True) from passing
                case Failure(kind=kind, message=message):
                    raise self.words.raised(kind, message, doing)
                case _:
                    return happening

    def send(self, *messages: FromHost) -> None:
        """Send messages soon; returns at once. What is sent to a worker that is gone is lost."""
        if self._process is not None:
            self._process.child.outbox.send(b"".join(map(from_host.encode, messages)))

    def pack(self, arrays: Sequence[Array], doing: str) -> Parcel:
        """Put arrays where the worker reads them.

        Raises:
            PluginError: it is gone, or reads nothing.
        """
        try:
            return self._packer.pack(arrays)
        except ParcelError as error:
            self.fail(f"did not read what it was given for {self._limits.patience:g} s and was ended", TimeoutError())
            with self._lock:
                lost = self._lost or Lost("ended")
            raise self.words.error(f"{lost.reason} while it {doing}", ended=True) from lost.passing or error

    def fail(self, reason: str, passing: BaseException | None = None) -> None:
        """End the worker because of something; the first reason counts."""
        with self._lock:
            if self._lost is None:
                self._lost = Lost(reason, passing)
        self._end()

    def close(self) -> None:
        """End the worker, giving it `WorkerLimits.stop` seconds. Calling it twice is allowed."""
        with self._lock:
            if self._lost is None:
                self._lost = Lost("was closed")
        self._gone.set()
        self._keeper.join()

    # What follows runs in the keeper's thread.

    def _keep(self) -> None:
        try:
            self._process = self._started()
        except OSError as error:
            self._begun.set()
            self.fail(f"cannot be started: {error.strerror or error}: {error.filename or ''}".rstrip(": "), error)
            self._tell_all()
            return
        finally:
            self._inputs.was_inherited()
            self._frames.was_inherited()
        process = self._process
        reader = Thread(target=self._read, args=(process,), name="plugin-reader", daemon=True)
        self.answers.start()
        process.child.listen()
        reader.start()
        self.send(Hello(version=VERSION, program=PROGRAM))
        self._begun.set()
        self._watch(process)
        self._clean_up(process, reader)
        self._tell_all()

    def _started(self) -> WorkerProcess:
        limits = self._limits
        arguments = ["--inputs", self._inputs.description, "--frames", self._frames.description]
        arguments += ["--site", str(self._installed.site), "--memory", str(limits.memory + limits.memory_slack)]
        arguments += [] if self._found.enforced else ["--die-with-parent"]
        handles = (*self._inputs.handles, *self._frames.handles)
        return WorkerProcess(
            self._installed, arguments, reach=self.reach, found=self._found, handles=handles, said=self._said
        )

    def _watch(self, process: WorkerProcess) -> None:
        """Wait for the end of the worker, and bring it about where it hangs or takes too much."""
        limits, asked, looked, number = self._limits, 0.0, time.monotonic(), 0
        while not self._gone.wait(limits.memory_watch):
            held, processes = process.memory()
            if held > limits.memory:
                reason = f"took {held / 2**30:.1f} GiB of memory, may have {limits.memory / 2**30:.1f}, and was ended"
                self.fail(reason, MemoryError(reason))
            elif processes > limits.processes:
                self.fail(f"started {processes} processes, may have {limits.processes}, and was ended")
            now = time.monotonic()
            overslept, looked = now - looked > limits.memory_watch + 3 * limits.heartbeat, now
            if self._pinged is not None and overslept:
                self._pinged = now
            if self._pinged is None and now - asked > limits.heartbeat:
                number, asked, self._pinged = number + 1, now, now
                self.send(Ping(number=number))
            elif self._pinged is not None and now - self._pinged > limits.patience:
                self.fail(f"did not answer for {limits.patience:g} s and was ended", TimeoutError())

    def _clean_up(self, process: WorkerProcess, reader: Thread) -> None:
        if self._lost is None and not process.child.ends_within(_POLITE):
            self.fail("closed its connection to the studio and was ended")
        process.close(self._limits.stop)
        with self._lock:
            if self._lost is None:
                self._lost = Lost(process.end(), ConnectionError(process.end()))
        self.answers.close()
        self._packer.close()
        reader.join(self._limits.stop)
        process.child.close_outputs(self._limits.stop)
        if not reader.is_alive():
            self._frames.close()

    def _end(self) -> None:
        self._begun.wait(self._limits.patience)
        if self._process is not None:
            self._process.kill()
        self._gone.set()

    def _tell_all(self) -> None:
        with self._lock:
            lost = self._lost or Lost("ended")
            self._lost = lost
            listening = list(self._listening.values())
        for happenings in listening:
            happenings.put(lost)

    # What follows runs in the threads that hear the worker.

    def _read(self, process: WorkerProcess) -> None:
        try:
            lines = read_lines(process.child.output, LONGEST_LINE)
            self._greeted(next(lines, None))
            for line in lines:
                self._throttle.line()
                self._take(from_worker.decode(line or b""))
        except (MessageError, ParcelError) as error:
            self._break(f"sent the studio something that is no message of a plugin ({error}) and was ended")
        except (OSError, ValueError):
            pass
        self._gone.set()

    def _break(self, reason: str) -> None:
        with self._lock:
            if self._lost is None:
                self._lost = Lost(reason)
        if self._process is not None:
            self._process.kill()

    def _greeted(self, line: bytes | None) -> None:
        if line is None:
            return
        try:
            hello = read_hello(line)
        except MessageError:
            message = from_worker.decode(line)
            self._break(message.message if isinstance(message, Refusal) else "did not say hello first")
            return
        if hello.version != VERSION:
            self._break(f"speaks version {hello.version} of the workers' protocol, the studio version {VERSION}")

    def _take(self, message: FromWorker) -> None:
        match message:
            case Frame(window=number):
                self._pass_on(number, Arrived(message, self._unpacker.unpack(message.parcel)))
            case Starved(window=number) | Done(id=number) | Failure(id=number):
                self._pass_on(number, message)
            case AskSamples() | AskFeatures() | AskCrop():
                if not self.answers.ask(message):
                    self._break(f"asks more than {Asked.MOST} things at once and was ended")
            case Release(slot=slot):
                self._packer.give_back(slot)
            case Pong():
                self._pinged = None
            case LogLine(text=text):
                self._said(text)
            case Hello() | Refusal():
                raise MessageError("hello was said before")

    def _pass_on(self, number: int, happening: Happening) -> None:
        with self._lock:
            happenings = self._listening.get(number)
        if happenings is not None:
            happenings.put(happening)

    def _said(self, text: str) -> None:
        if self._throttle.said():
            _log.info("%s: %s", self.words.plugin, text)
