"""What all values of a document have in common."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, ConfigDict


def _as_path(text: object) -> object:
    return Path(text) if isinstance(text, str) else text


FilePath = Annotated[Path, BeforeValidator(_as_path)]
"""A path that pydantic reads from any text, also where a file name is no Unicode."""


class Value:
    """Base of the document's frozen dataclasses; says how strictly pydantic reads them from a file.

    An unknown field is refused, since it would be lost when the file is saved again.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)


def new_id() -> str:
    """A name for a new entry of a document; no two are alike, whatever their kind."""
    return secrets.token_hex(6)
