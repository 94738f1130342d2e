"""The envelopes that questions, answers and events travel in, and their form as lines of JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from talkface_studio.engine.protocol import VERSION
from talkface_studio.engine.protocol.questions import STRICT, AnyAnswer, AnyQuestion, Job, Size

MAX_LINE = 16 * 2**20
"""Bytes of the longest line; the waveform of some ten hours."""

Id = Annotated[int, Field(ge=1, le=2**53)]


class MessageError(Exception):
    """A line that is no message of this protocol; `id` is that of the question that it was, 0 where that is lost."""

    def __init__(self, message: str, id: int = 0) -> None:  # noqa: A002 - the protocol's name
        super().__init__(message)
        self.id = id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Hello:
    """The first line of either side. It is read leniently: a peer of another version shall get a clear answer."""

    type: Literal["hello"] = "hello"
    version: int = VERSION
    program: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Refusal:
    """The engine does not speak the client's version, and ends."""

    type: Literal["refusal"] = "refusal"
    version: int = VERSION
    message: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Ping:
    """Are you there?"""

    type: Literal["ping"] = "ping"
    number: int


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Pong:
    """Yes."""

    type: Literal["pong"] = "pong"
    number: int


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Request:
    """A question; its answer bears the same id."""

    type: Literal["request"] = "request"
    id: Id
    question: AnyQuestion


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Drop:
    """Nobody waits for this answer any longer; whatever has not begun need not be done."""

    type: Literal["drop"] = "drop"
    id: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Release:
    """The picture in this slot of the shared memory was read; the slot may be written again."""

    type: Literal["release"] = "release"
    slot: Size


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Reply:
    """The answer to a question."""

    type: Literal["reply"] = "reply"
    id: Id
    answer: AnyAnswer


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Failure:
    """A question that could not be answered: the class of the error, one of `api.errors`, and its one line.

    `id` is 0 for a line that was no question at all.
    """

    type: Literal["failure"] = "failure"
    id: int
    kind: str
    message: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Dropped:
    """A question that was not answered because a newer one took its place, or because nobody waited for it."""

    type: Literal["dropped"] = "dropped"
    id: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class LogLine:
    """A line for the log; `level` is that of Python's logging."""

    type: Literal["log"] = "log"
    level: int
    source: str
    text: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class EngineStatus:
    """Whether the heavy libraries are loaded. Questions may be asked before; `seconds` is how long it took."""

    type: Literal["status"] = "status"
    state: Literal["loading", "ready", "failed"]
    seconds: float = 0.0
    message: str = ""


Event = Job | LogLine | EngineStatus
FromClient = Annotated[Hello | Ping | Request | Drop | Release, Field(discriminator="type")]
FromEngine = Annotated[
    Hello | Refusal | Pong | Reply | Failure | Dropped | Job | LogLine | EngineStatus, Field(discriminator="type")
]

Message = TypeVar("Message")


class Codec(Generic[Message]):
    """Messages of one direction to lines and back."""

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[Message] = TypeAdapter(kind)

    def encode(self, message: Message) -> bytes:
        """A message as one line of JSON, its end included.

        Raises:
            MessageError: the line would be longer than `MAX_LINE`.
        """
        line = self._adapter.dump_json(message) + b"\n"
        if len(line) > MAX_LINE:
            raise MessageError(f"a message of {len(line)} bytes is longer than {MAX_LINE}")
        return line

    def decode(self, line: bytes) -> Message:
        """The message of a line.

        Raises:
            MessageError: it is none.
        """
        try:
            return self._adapter.validate_json(line)
        except ValidationError as error:
            raise MessageError(_reason(error), _id_of(line)) from error


def read_hello(line: bytes) -> Hello:
    """The first line of a peer of whatever version.

    Raises:
        MessageError: it is no hello.
    """
    try:
        document = json.loads(line)
        if document["type"] == "hello":
            return Hello(version=document["version"], program=str(document.get("program", "")))
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        pass
    raise MessageError("the first line must be a hello with the version of the protocol")


def version_mismatch(hello: Hello) -> str:
    """Why one cannot talk to the program that said this; nothing where one can."""
    if hello.version == VERSION:
        return ""
    return (
        f"{hello.program} speaks version {hello.version} of the engine's protocol, this program version {VERSION}; "
        "install both from one release"
    )


def _reason(error: ValidationError) -> str:
    reasons = []
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part) for part in detail["loc"])
        reasons.append(f"{place}: {detail['msg']}" if place else detail["msg"])
    return " ".join("; ".join(reasons[:4]).split())[:500]


def _id_of(line: bytes) -> int:
    try:
        found = json.loads(line)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 < found <= 2**53 else 0
