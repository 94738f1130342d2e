"""What a command line answered, with the promises that every answer keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Answer:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """Standard error as the one line that it must be."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("talkface: ")
        return lines[0]


Talkface = Callable[..., Answer]


def parsed(command: click.Command, *arguments: str) -> click.Context:
    """A command line of one command, parsed and not run."""
    # A command remembers its help option from the first time that it is used.
    return command.make_context(command.name or "", list(arguments), help_option_names=["-h", "--help"])
