"""Requests of dubs as plain data and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.dubbing.request import DubRequest

Value = TypeVar("Value")

NO_OUTPUT = Path("preview.mp4")
"""Stands in for the output where a request is only previewed."""


def document_of(request: DubRequest) -> dict[str, Any]:
    """A request by the names of its fields; paths are made absolute, so that it means the same everywhere."""
    document: dict[str, Any] = _adapter().dump_python(map_paths(request, Path.absolute), mode="json")
    return document


def request_of(document: Mapping[str, Any]) -> DubRequest:
    """The request of a document; `output` may be left out where nothing is written.

    Raises:
        TalkFaceError: a field is missing, unknown, or not of its kind.
    """
    unknown = set(document) - {field.name for field in fields(DubRequest)}
    if unknown:
        raise TalkFaceError(f"a dub has no {', '.join(sorted(unknown))}; engine and program are of different versions")
    try:
        return _adapter().validate_python({"output": NO_OUTPUT, **document})
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in detail["loc"])
        raise TalkFaceError(f"this dub cannot be made: {place}: {detail['msg']}") from error


def map_paths(value: Value, change: Callable[[Path], Path]) -> Value:
    """A request, or a part of one, with every path in it changed."""
    found: Any = value
    if isinstance(value, Path):
        found = change(value)
    elif isinstance(value, tuple):
        found = tuple(map_paths(item, change) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{item.name: map_paths(getattr(value, item.name), change) for item in fields(value)})
    return cast("Value", found)


@cache
def _adapter() -> TypeAdapter[DubRequest]:
    return TypeAdapter(DubRequest)
