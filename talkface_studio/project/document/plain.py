"""Values to JSON and back; pydantic knows the shapes, this knows the paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from talkface_studio.project.document.value import Value

_Read = TypeVar("_Read", bound=Value)
_ADAPTERS: dict[type[Value], TypeAdapter[Any]] = {}


def to_json(value: Value, path_text: Callable[[Path], str] = str, **more: Any) -> str:
    """A value as JSON text, with `more` entries in front of its own.

    File names that are no Unicode are kept, as the escapes that Python gives them.
    """

    def plain(entry: Any) -> str:
        if isinstance(entry, Path):
            return path_text(entry)
        return entry.isoformat() if isinstance(entry, datetime) else str(entry)

    return json.dumps({**more, **_adapter(type(value)).dump_python(value)}, default=plain, indent=1)


def from_plain(kind: type[_Read], plain: Any) -> _Read:
    """A value from what JSON holds.

    Raises:
        ValueError: it does not fit; the message is one line that names the first entry that is wrong.
    """
    try:
        read: _Read = _adapter(kind).validate_python(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise ValueError(f"{where}: {first['msg']}") from error
    return read


def _adapter(kind: type[Value]) -> TypeAdapter[Any]:
    # Built on first use, because building one takes milliseconds.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
