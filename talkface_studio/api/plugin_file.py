"""Reading plugin.toml: the data of a plugin that a host reads without running anything of it.

    [plugin]          name, version, api_version, publisher, licence, requirements, permissions
    [[generator]]     one card of `api.card.ModelCard` a model

The plugin's own code takes its cards from the same file, with `ModelCard.load(FOLDER / "plugin.toml")`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from talkface_studio.api.errors import PluginError

FILE_NAME = "plugin.toml"
LARGEST = 1 << 20
"""Bytes; what is larger is no plugin.toml."""
_MOST_PROBLEMS = 3


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The tables of a TOML file; messages call it `what`, for example "model card".

    Raises:
        PluginError: the file is missing, too large or not TOML.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise PluginError(f"{path}: not a valid {what}: larger than {LARGEST >> 20} MiB")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())
        raise PluginError(f"{path}: not a valid {what}: {reason}") from error


def card_tables(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tables of its models, each with the plugin's version where it names none itself."""
    plugin = document.get("plugin")
    tables = document.get("generator", [])
    if not isinstance(plugin, Mapping) or not isinstance(tables, list):
        return []
    shared = {key: plugin[key] for key in ("version", "api_version") if key in plugin}
    return [{**shared, **table} for table in tables if isinstance(table, Mapping)]


def problems(error: ValidationError) -> str:
    """What pydantic found wrong, as one line: "options.0.help: Field required; name: …"."""
    found = error.errors(include_url=False, include_context=False)
    lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}".removeprefix(": ") for each in found]
    more = f"; and {len(lines) - _MOST_PROBLEMS} more" if len(lines) > _MOST_PROBLEMS else ""
    return " ".join("; ".join(lines[:_MOST_PROBLEMS]).split()) + more
