"""Kinds of values on the command line: instants, points in a video, `key=value`; and options that commands share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
"""Existence is checked where the file is used: there the message can say what is wrong with it."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same result."
)


def device_option(command: _Decorated) -> _Decorated:
    """`--device`; whether the device exists is checked where it is used."""
    return click.option(
        "--device", default="auto", show_default=True, metavar="auto|cpu|cuda[:N]", help="Where the networks run."
    )(command)


def jobs_option(command: _Decorated) -> _Decorated:
    """`--jobs`: how many dubs run at once."""
    return click.option(
        "--jobs",
        "count",
        type=click.IntRange(min=1),
        metavar="N",
        help="Dubs at a time, each in its own process [default: half of the cores].",
    )(command)


class Seconds(click.ParamType[float]):
    """An instant or a length: "12.4", "1:02.5" or "1:00:02.5", in seconds, finite."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The value in seconds."""
        if isinstance(value, float):
            return value
        try:
            return parse_seconds(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; write seconds (12.4) or minutes:seconds (1:02.5)", param, ctx)


class FaceAt(click.ParamType[tuple[float, float, float]]):
    """A point in a frame: "X,Y@T", pixels and seconds."""

    name = "X,Y@T"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float]:
        """The point as `(x, y, time)`."""
        if isinstance(value, tuple):
            return value
        try:
            return parse_face_at(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not X,Y@T: pixels from the top left corner, and seconds, as in 320,180@2.5", param, ctx
            )


def parse_face_at(text: str) -> tuple[float, float, float]:
    """`(x, y, time)` from "X,Y@T"; the time is 0 where it is left out.

    Raises:
        ValueError: it is not of this form, or a number is negative or not finite.
    """
    point, _, time = text.partition("@")
    x, y = (float(part) for part in point.split(","))
    seconds = parse_seconds(time) if time else 0.0
    if not (0 <= x < math.inf and 0 <= y < math.inf and seconds >= 0):
        raise ValueError(text)
    return x, y, seconds


def parse_seconds(text: str) -> float:
    """Seconds from "12.4", "1:02.5" or "1:00:02.5"; a leading minus is allowed.

    Raises:
        ValueError: it is none of them, or not finite.
    """
    negative, digits = text.startswith("-"), text.removeprefix("-")
    parts = digits.split(":")
    values = [float(part) for part in parts]
    if len(parts) > 3 or any(not 0 <= value < math.inf for value in values):
        raise ValueError(text)
    if any(value >= 60 for value in values[1:]) or any(not part.isdecimal() for part in parts[:-1]):
        raise ValueError(text)
    seconds = sum(value * 60.0**power for power, value in enumerate(reversed(values)))
    return -seconds if negative else seconds


def parse_pairs(pairs: Sequence[str], option: str) -> dict[str, str]:
    """`("key=value", ...)` as a mapping.

    Raises:
        click.BadParameter: one has no "=", no key, or a key stands twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        key = key.strip()
        if not equals or not key:
            raise click.BadParameter(f"{pair!r} is not key=value", param_hint=f"'{option}'")
        if key in found:
            raise click.BadParameter(f"{key!r} is given twice", param_hint=f"'{option}'")
        found[key] = value.strip()
    return found
