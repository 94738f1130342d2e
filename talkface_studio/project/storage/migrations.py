"""Old project files to new ones, one version at a time.

When the format changes, raise `VERSION` by one and add a function here that takes the JSON object of the version
before and gives that of the next; a file of every old version is kept among the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

VERSION = 1
"""The format that is written."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""By the version that they start from."""


def migrate(
    plain: dict[str, Any], version: int, *, to: int = VERSION, migrations: Mapping[int, Migration] = MIGRATIONS
) -> dict[str, Any]:
    """The object as the format `to` has it.

    Args:
        plain: what the file holds.
        version: the format that it has.
        to: the format that is wanted.
        migrations: the functions to chain.
    """
    for step in range(version, to):
        plain = migrations[step](plain)
    return plain
