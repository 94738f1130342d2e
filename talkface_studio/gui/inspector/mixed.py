"""One value for several things, or the knowledge that there is none; no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeVar

Value = TypeVar("Value")


class Mixed(Enum):
    """The type of `MIXED`."""

    MIXED = "mixed"


MIXED: Final = Mixed.MIXED
"""What several things have in common where they have nothing in common."""


def common(values: Iterable[Value]) -> Value | Mixed:
    """The value that all of them are, else `MIXED`.

    Raises:
        ValueError: there are none.
    """
    given = iter(values)
    try:
        first = next(given)
    except StopIteration:
        raise ValueError("nothing to compare") from None
    # 1 and True are equal, and not the same answer.
    return first if all(value == first and type(value) is type(first) for value in given) else MIXED
