"""One engine process: started, spoken to, and ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

from pydantic import ValidationError

from talkface_studio import __version__
from talkface_studio.api.errors import EngineError
from talkface_studio.engine.protocol import VERSION
from talkface_studio.engine.protocol.messages import FromClient, FromEngine, Request, version_mismatch
from talkface_studio.engine.protocol.questions import Frame, Picture
from talkface_studio.ipc.child import Child
from talkface_studio.ipc.codec import Codec, MessageError
from talkface_studio.ipc.lines import read_lines
from talkface_studio.ipc.messages import Hello, LogLine, Refusal, Release, read_hello
from talkface_studio.ipc.slots import SlotMemory

PROGRAM = f"talkface-studio {__version__}"

_from_client: Codec[FromClient] = Codec(FromClient)
_from_engine: Codec[FromEngine] = Codec(FromEngine)


class Connection:
    """A running engine.

    `receive` is called with the connection and each message from threads of its own, and with None at the end.
    """

    def __init__(self, command: Sequence[str], receive: Callable[[Connection, FromEngine | None], None]) -> None:
        """Start the process; `command` gets the description of the pixels' memory as its last arguments.

        Raises:
            EngineError: it cannot be started.
        """
        self._receive = receive
        self._greeted = Event()
        self._refusal = ""
        self._memory = SlotMemory.create()
        try:
            self._child = Child(
                [*command, "--pixels", self._memory.description],
                name="engine",
                handles=self._memory.handles,
                said=self._said,
            )
        except OSError as error:
            self._memory.close()
            raise EngineError(f"the engine cannot be started: {error.strerror or error}: {command[0]}") from error
        self._memory.was_inherited()
        self._reader = Thread(target=self._read, name="engine-reader", daemon=True)
        self.send(Hello(version=VERSION, program=PROGRAM))
        self._child.listen()
        self._reader.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

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
        self._child.outbox.send(_from_client.encode(message))

    def send_line(self, line: bytes) -> None:
        """Send a message that is encoded already."""
        self._child.outbox.send(line)

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
        self._child.kill()

    def close(self, timeout: float) -> None:
        """Close the engine's input, which ends it, and wait; after `timeout` seconds it is killed."""
        self._child.close(timeout)
        self._reader.join()
        self._child.close_outputs()
        self._memory.close()

    def end(self) -> str:
        """How a process that was closed had ended, in words."""
        return self._child.end()

    def _read(self) -> None:
        lines = read_lines(self._child.output)
        self._refusal = _refusal(next(lines, None))
        self._greeted.set()
        if not self._refusal:
            for line in lines:
                self._take(line)
        self._receive(self, None)

    def _take(self, line: bytes | None) -> None:
        try:
            message = _from_engine.decode(line or b"")
        except MessageError as error:
            text = f"the engine sent what is no message: {error}"
            message = LogLine(level=logging.ERROR, source="engine", text=text)
        self._receive(self, message)

    def _said(self, text: str) -> None:
        self._receive(self, LogLine(level=logging.INFO, source="engine", text=text))


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
