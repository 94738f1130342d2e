"""Requests of dubs as plain data and back."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import cast

from pydantic import JsonValue, TypeAdapter, ValidationError

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.engine.protocol.questions import DubDocument

NO_OUTPUT = Path("preview.mp4")
"""Stands in for the output where a request is only previewed."""


def document_of(request: DubRequest) -> DubDocument:
    """A request by the names of its fields; paths are made absolute, so that it means the same everywhere."""
    document = cast("dict[str, JsonValue]", _adapter().dump_python(request, mode="json"))
    for name in ("face", "speech", "output"):
        if document[name] is not None:
            document[name] = str(Path(str(document[name])).absolute())
    return document


def request_of(document: DubDocument) -> DubRequest:
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


@cache
def _adapter() -> TypeAdapter[DubRequest]:
    return TypeAdapter(DubRequest)
