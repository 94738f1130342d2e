"""Small JSON files of the program itself, such as lists and caches, which may be lost without harm."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from talkface_studio.project.storage.atomic import write_text


def read_json(path: Path) -> dict[str, Any]:
    """The object in the file; an empty one where there is no such file or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Put the object in the file, whose folder is made if need be.

    Raises:
        ProjectError: it cannot be written.
    """
    # What fails here fails again, with a reason, in the line below.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(content, indent=1), durable=False)
