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
_LEVELS = 3
"""Of nesting that are laid out over lines: the file, the document, its collections."""
_ADAPTERS: dict[type[Value], TypeAdapter[Any]] = {}


def to_json(value: Value, path_text: Callable[[Path], str] = str, **more: Any) -> str:
    """A value as JSON text, with `more` entries in front of its own; a line for every entry of a collection.

    File names that are no Unicode are kept, as the escapes that Python gives them.
    """

    def plain(entry: Any) -> str:
        if isinstance(entry, Path):
            return path_text(entry)
        return entry.isoformat() if isinstance(entry, datetime) else str(entry)

    encode = json.JSONEncoder(default=plain).encode
    return _laid_out({**more, **_adapter(type(value)).dump_python(value)}, encode, _LEVELS)


def _laid_out(entry: Any, encode: Callable[[Any], str], levels: int) -> str:
    # The encoder's own indentation is several times slower, and an autosave must not be felt.
    if levels == 0 or not entry or not isinstance(entry, (dict, tuple)):
        return encode(entry)
    if isinstance(entry, dict):
        parts = [f"{encode(key)}: {_laid_out(part, encode, levels - 1)}" for key, part in entry.items()]
        return "{\n" + ",\n".join(parts) + "\n}"
    return "[\n" + ",\n".join(_laid_out(part, encode, levels - 1) for part in entry) + "\n]"


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
