"""Model configurations: frozen dataclasses, and the JSON that carries them inside a weight file.

Fields may be of type int, float, str, bool, Literal, tuple of one of these, or another such dataclass.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from talkface_studio.api.errors import WeightsError

T = TypeVar("T")


def build_config(cls: type[T], data: Any, where: str = "configuration") -> T:
    """An instance of the dataclass `cls` from `dataclasses.asdict` of one or from parsed JSON; lists become tuples.

    Every value is checked against its annotation; fields that are not given keep their defaults.

    Raises:
        WeightsError: a field is unknown or its value is of the wrong kind; `where` begins the field's path in the
            message.
    """
    if not isinstance(data, Mapping):
        raise WeightsError(f"{where}: expected a table, got {type(data).__name__}")
    hints = get_type_hints(cls)
    unknown = set(data) - {item.name for item in fields(cls)}  # type: ignore[arg-type]
    if unknown:
        raise WeightsError(f"{where}: unknown field {min(unknown)!r}; the file was made for another version")
    return cls(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in data.items()})


def config_from_metadata(cls: type[T], path: Path, metadata: Mapping[str, str]) -> T:
    """The configuration that the weight file `path` carries in its metadata under "config".

    Raises:
        WeightsError: there is none, or it cannot be used; the message names the file.
    """
    if "config" not in metadata:
        raise WeightsError(f"{path}: not a weight file of this studio: it carries no configuration")
    try:
        return build_config(cls, json.loads(metadata["config"]))
    except (json.JSONDecodeError, WeightsError) as error:
        raise WeightsError(f"{path}: its configuration cannot be used: {error}") from error


def _value(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        return build_config(typing.cast("type[Any]", kind), value, where)
    if get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
    elif get_origin(kind) is tuple:
        if isinstance(value, list | tuple):
            return _tuple(get_args(kind), value, where)
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif type(value) is kind:
        return value
    name = kind.__name__ if isinstance(kind, type) and not isinstance(kind, types.GenericAlias) else str(kind)
    raise WeightsError(f"{where}: {value!r} is not a valid {name}")


def _tuple(kinds: tuple[Any, ...], values: list[Any] | tuple[Any, ...], where: str) -> tuple[Any, ...]:
    if kinds[-1] is not Ellipsis and len(values) != len(kinds):
        raise WeightsError(f"{where}: expected {len(kinds)} values, got {len(values)}")
    return tuple(_value(kinds[0], value, where) for value in values)
