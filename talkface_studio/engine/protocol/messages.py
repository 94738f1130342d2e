"""The envelopes that questions, answers and events travel in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from talkface_studio.engine.protocol import VERSION
from talkface_studio.engine.protocol.questions import AnyAnswer, AnyQuestion, Job
from talkface_studio.ipc.codec import STRICT
from talkface_studio.ipc.messages import Hello, Id, LogLine, Ping, Pong, Refusal, Release


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


def version_mismatch(hello: Hello) -> str:
    """Why one cannot talk to the program that said this; nothing where one can."""
    if hello.version == VERSION:
        return ""
    return (
        f"{hello.program} speaks version {hello.version} of the engine's protocol, this program version {VERSION}; "
        "install both from one release"
    )
