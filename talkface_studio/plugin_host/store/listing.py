"""plugins.toml, the list of installed plugins: one file that is replaced whole, so every change happens or does not.

version = 1
[[plugin]]
name = "loud-mouth"
version = "1.0.0"
source = "/home/jane/loud_mouth-1.0.0-py3-none-any.whl"
sha256 = "..."                  # of the plugin's files, see `store.content`
current = "1.0.0-4f1c02ab99de"  # the folder of the version that is used
previous = "0.9.0-77aa01c2d3e4" # the one that a rollback goes back to, or ""
enabled = true

A copy of it rebuilds all plugins elsewhere, with `talkface plugins sync`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import problems, read_toml

FILE_NAME = "plugins.toml"
_VERSION = 1


class Entry(BaseModel):
    """One plugin of the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    version: str
    source: str
    """Where it was installed from: a path or the name of a package."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    current: str = Field(pattern=r"^[^/\\]+$")
    previous: str = Field(default="", pattern=r"^[^/\\]*$")
    enabled: bool = True


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    plugin: tuple[Entry, ...] = ()


def read_list(path: Path) -> tuple[Entry, ...]:
    """The plugins of the list, by name; none where there is no list.

    Raises:
        PluginError: the file is damaged or of a later studio.
    """
    if not path.exists():
        return ()
    document = read_toml(path, "list of plugins")
    if document.get("version", _VERSION) != _VERSION:
        raise PluginError(f"{path}: was written by a later studio (version {document['version']}); update this one")
    try:
        entries = _List.model_validate(document).plugin
    except ValidationError as error:
        raise PluginError(f"{path}: not a valid list of plugins: {problems(error)}") from error
    if len({entry.name for entry in entries}) < len(entries):
        raise PluginError(f"{path}: not a valid list of plugins: a name stands twice")
    return tuple(sorted(entries, key=lambda entry: entry.name))


def write_list(path: Path, entries: Iterable[Entry]) -> None:
    """Replace the list; without entries the file is deleted.

    Raises:
        PluginError: it cannot be written; the old one is untouched.
    """
    plugins = [entry.model_dump() for entry in sorted(entries, key=lambda entry: entry.name)]
    try:
        if not plugins:
            path.unlink(missing_ok=True)
            return
        replace_text(path, tomli_w.dumps({"version": _VERSION, "plugin": plugins}))
    except OSError as error:
        raise PluginError(f"{path}: cannot be written: {error.strerror or error}; free some space") from error


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, whose old content stays until the new one is on the disk.

    Raises:
        OSError: the folder is missing or read-only, or the disk is full.
    """
    temporary = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
