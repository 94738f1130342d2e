"""Messages as frozen, checked dataclasses, and their form as lines of JSON."""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, ser_json_bytes="base64", val_json_bytes="base64")
"""How a message is checked, both where it is made and where it arrives."""
MAX_LINE = 16 * 2**20
"""Bytes of the longest line; the waveform of some ten hours."""

Message = TypeVar("Message")


class MessageError(Exception):
    """A line that is no message of this protocol; `id` is that of the question that it was, 0 where that is lost."""

    def __init__(self, message: str, id: int = 0) -> None:  # noqa: A002 - the protocol's name
        super().__init__(message)
        self.id = id


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
