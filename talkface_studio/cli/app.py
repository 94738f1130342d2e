"""What the commands share: where the user's files are, which plugins may load, and the ways to answer."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from talkface_studio.plugin_host.catalog import Catalog
    from talkface_studio.plugin_host.folders import Folders


PIPE_WIDTH = 240
"""Characters of a table that no terminal shows."""


@dataclass
class App:
    """The options that stand before the command, and what follows from them, made when it is first needed."""

    home: Path | None = None
    third_party: bool = True

    CommandFactory = Callable[[], click.Command]

    @cached_property
    def folders(self) -> Folders:
        """Where the user's files are."""
        from talkface_studio.plugin_host.folders import find_folders

        return find_folders(self.home)

    @cached_property
    def catalog(self) -> Catalog:
        """The installed plugins; a line on standard error names each that is not usable.

        Raises:
            PluginError: a plugin breaks the contract.
        """
        from talkface_studio.plugin_host.catalog import load_catalog

        catalog = load_catalog(third_party=self.third_party, folders=self.folders)
        for failure in catalog.failures:
            click.echo(f"talkface: warning: {failure.reason}", err=True)
        return catalog

    def plugin_commands(self) -> Mapping[str, CommandFactory]:
        """Commands of third-party plugins. Where none is installed no plugin is imported."""
        from talkface_studio.plugin_host.presence import third_party_installed

        if not (self.third_party and third_party_installed()):
            return {}
        return self.catalog.commands()


pass_app = click.make_pass_decorator(App, ensure=True)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json_text(document))


def json_text(document: Mapping[str, Any]) -> str:
    """As JSON; numbers that JSON does not have become null."""
    return json.dumps(_plain(document), indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "item"):  # a NumPy number
        return _plain(value.item())
    return str(value)


def print_table(table: Table) -> None:
    """A table on standard output: as wide as the terminal, or, for another program, wide and without padding."""
    from rich.console import Console

    if sys.stdout.isatty():
        Console(file=sys.stdout, highlight=False, markup=False).print(table)
        return
    text = io.StringIO()
    Console(file=text, width=PIPE_WIDTH, highlight=False, markup=False).print(table)
    for line in text.getvalue().splitlines():
        click.echo(line.rstrip())
