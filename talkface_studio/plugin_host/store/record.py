"""What is remembered of one version of a plugin, in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomli_w
from pydantic import BaseModel, ConfigDict, ValidationError

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import problems, read_toml
from talkface_studio.plugin_host.store.listing import replace_text
from talkface_studio.plugin_host.trust import Trust

FILE_NAME = "installed.toml"


class VersionRecord(BaseModel):
    """How a version was installed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    """The package that holds plugin.toml."""
    source: str
    sha256: str
    """Of the plugin's files, see `store.content`."""
    trust: Trust
    own: tuple[str, ...]
    """What of the site folder is the plugin's own; the rest are packages that it requires."""
    host_python: str
    """"3.11": the version of the studio's Python, which compiled packages fit alone."""
    shared: Mapping[str, str]
    """Packages of the studio that it uses, with their versions when it was installed."""


def write_record(folder: Path, record: VersionRecord) -> None:
    """Keep a record.

    Raises:
        OSError: the file cannot be written.
    """
    replace_text(folder / FILE_NAME, tomli_w.dumps(record.model_dump(mode="json")))


def read_record(folder: Path) -> VersionRecord:
    """The record of a version.

    Raises:
        PluginError: it is missing or damaged.
    """
    path = folder / FILE_NAME
    document = read_toml(path, "record of an installed plugin")
    try:
        return VersionRecord.model_validate(document)
    except ValidationError as error:
        raise PluginError(f"{path}: not a valid record of an installed plugin: {problems(error)}") from error
