"""One engine process: started, spoken to, and ended."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from typing import BinaryIO, cast

from pydantic import ValidationError

from talkface_studio import __version__
from talkface_studio.api.errors import EngineError
from talkface_studio.engine.protocol.lines import Outbox, read_lines
from talkface_studio.engine.protocol.messages import (
    Codec,
    FromClient,
    FromEngine,
    Hello,
    LogLine,
    MessageError,
    Refusal,
    Release,
    Request,
    read_hello,
    version_mismatch,
)
from talkface_studio.engine.protocol.questions import Frame, Picture
from talkface_studio.engine.protocol.slots import PixelMemory

PROGRAM = f"talkface-studio {__version__}"
LAST_WORDS = 8
"""Lines of the engine's standard error that are kept for the account of its end."""

_from_client: Codec[FromClient] = Codec(FromClient)
_from_engine: Codec[FromEngine] = Codec(FromEngine)


class Connection:
    """A running engine. `receive` is called with each message from a thread of its own, and with None at the end."""

    def __init__(self, command: Sequence[str], receive: Callable[[FromEngine | None], None]) -> None:
        """Start the process; `command` gets the description of the pixels' memory as its last arguments.

        Raises:
            EngineError: it cannot be started.
        """
        self._receive = receive
        self._greeted = Event()
        self._refusal = ""
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._memory = PixelMemory.create()
        try:
            self._process = _spawn([*command, "--pixels", self._memory.description], self._memory.handles)
        except OSError as error:
            self._memory.close()
            raise EngineError(f"the engine cannot be started: {error.strerror or error}: {command[0]}") from error
        self._memory.was_inherited()
        self._outbox = Outbox(cast("BinaryIO", self._process.stdin), "engine-outbox")
        self._words = Thread(target=self._read_words, name="engine-words", daemon=True)
        self._reader = Thread(target=self._read, name="engine-reader", daemon=True)
        self.send(Hello(program=PROGRAM))
        self._words.start()
        self._reader.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def greet(self, timeout: float) -> None:
        """Wait until the engine has said hello.

        Raises:
            EngineError: it speaks another version, it ended, or it says nothing.
        """
        if not self._greeted.wait(timeout):
            self.kill()
            raise EngineError(f"the engine says nothing; it was given {timeout:g} s")
        if self._refusal:
            raise EngineError(self._refusal)

    def send(self, message: FromClient) -> None:
        """Send a message soon; returns at once.

        Raises:
            MessageError: it is too long.
        """
        self._outbox.send(_from_client.encode(message))

    def send_line(self, line: bytes) -> None:
        """Send a message that is encoded already."""
        self._outbox.send(line)

    def release(self, answer: object) -> None:
        """Give back the slot of an answer that nobody waits for any longer, if it has one."""
        if isinstance(answer, Frame):
            self.send(Release(slot=answer.slot))

    def picture(self, frame: Frame) -> Picture:
        """The pixels of a frame, copied; the slot is given back.

        Raises:
            EngineError: the frame does not lie within the memory.
        """
        try:
            return Picture(frame, self._memory.read(frame.slot, frame.size_bytes))
        except ValueError as error:
            raise EngineError(f"the engine sent a picture that cannot be read: {error}") from error
        finally:
            self.send(Release(slot=frame.slot))

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self, timeout: float) -> None:
        """Close the engine's input, which ends it, and wait; after `timeout` seconds it is killed."""
        self._outbox.close(min(timeout, 1.0))
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self._reader.join()
        self._words.join()
        self._memory.close()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def end(self) -> str:
        """How a process that was closed had ended, in words."""
        code = self._process.returncode
        how = f"with code {code}" if code >= 0 else f"by {_signal_name(-code)}"
        words = self._last_words[-1] if code and self._last_words else ""
        return f"{how} ({words})" if words else how

    def _read(self) -> None:
        lines = read_lines(cast("BinaryIO", self._process.stdout))
        self._refusal = _refusal(next(lines, None))
        self._greeted.set()
        if not self._refusal:
            for line in lines:
                self._take(line)
        self._receive(None)

    def _take(self, line: bytes | None) -> None:
        try:
            message = _from_engine.decode(line or b"")
        except MessageError as error:
            text = f"the engine sent what is no message: {error}"
            message = LogLine(level=logging.ERROR, source="engine", text=text)
        self._receive(message)

    def _read_words(self) -> None:
        for line in cast("BinaryIO", self._process.stderr):
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                self._last_words.append(text)
                self._receive(LogLine(level=logging.INFO, source="engine", text=text))


def encode_request(number: int, question: object) -> bytes:
    """A question as the line that asks it.

    Raises:
        MessageError: it is no question of the protocol, or too long.
    """
    try:
        return _from_client.encode(Request(id=number, question=question))  # type: ignore[arg-type]
    except ValidationError as error:
        raise MessageError(f"{type(question).__name__} is no question of the protocol") from error


def _refusal(line: bytes | None) -> str:
    """Why the engine's first line is not the beginning of a conversation; nothing where it is."""
    if line is None:
        return "the engine ended before it said hello"
    try:
        hello = read_hello(line)
    except MessageError:
        try:
            message = _from_engine.decode(line)
        except MessageError:
            return "what was started is no engine: its first line is no hello"
        return message.message if isinstance(message, Refusal) else "the engine did not say hello first"
    return version_mismatch(hello)


def _spawn(command: Sequence[str], handles: tuple[int, ...]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, creationflags=flags)
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=handles)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
