"""How `--set` changes the settings of a recipe: frozen dataclasses of plain values and of further such dataclasses."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from talkface_studio.api.errors import TrainingError, WeightsError
from talkface_studio.nn.config import build_config

T = TypeVar("T")


def overridden(settings: T, overrides: Mapping[str, str]) -> T:
    """`settings` with values replaced by dotted path: {"vg.steps": "500"}; values are JSON, or text as it is.

    Raises:
        TrainingError: a path leads nowhere or ends at a group, or a value is of the wrong kind.
    """
    data: dict[str, Any] = dataclasses.asdict(settings)  # type: ignore[call-overload]
    for path, text in overrides.items():
        *groups, last = path.split(".")
        group: Any = data
        for name in groups:
            group = group.get(name) if isinstance(group, dict) else None
        if not isinstance(group, dict) or last not in group or isinstance(group[last], dict):
            raise TrainingError(f"--set {path}: there is no such setting; there are: {', '.join(_paths(data, groups))}")
        group[last] = _plain(text)
    try:
        return build_config(type(settings), data, "--set")
    except WeightsError as error:
        raise TrainingError(str(error)) from error


def _paths(data: Mapping[str, Any], groups: list[str]) -> list[str]:
    """What there is to choose from, as deep as the wrong path is right."""
    known: list[str] = []
    for name in groups:
        if not isinstance(data.get(name), dict):
            break
        data = data[name]
        known.append(name)
    return [".".join([*known, name]) + (".*" if isinstance(value, dict) else "") for name, value in data.items()]


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
