"""What every protocol of the studio begins with, and what all of them say."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic.dataclasses import dataclass

from talkface_studio.ipc.codec import STRICT, MessageError

Id = Annotated[int, Field(ge=1, le=2**53)]
Size = Annotated[int, Field(ge=0, le=65_535)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Hello:
    """The first line of either side. It is read leniently: a peer of another version shall get a clear answer."""

    type: Literal["hello"] = "hello"
    version: int
    """Of the protocol; raised by every change that an older peer would not understand."""
    program: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Refusal:
    """The process that was started cannot work for the one that started it, and ends."""

    type: Literal["refusal"] = "refusal"
    version: int
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
class Release:
    """What lies in this slot of the shared memory was read; the slot may be written again."""

    type: Literal["release"] = "release"
    slot: Size


@dataclass(frozen=True, kw_only=True, config=STRICT)
class LogLine:
    """A line for the log; `level` is that of Python's logging."""

    type: Literal["log"] = "log"
    level: int
    source: str
    text: str


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
