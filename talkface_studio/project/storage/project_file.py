"""The project file: JSON with a version.

{"format": "talkface-project", "version": 1, "document": {...}, "view": {...}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.check import check
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.plain import from_plain, to_json
from talkface_studio.project.document.value import Value
from talkface_studio.project.document.view import View
from talkface_studio.project.storage.atomic import write_text
from talkface_studio.project.storage.migrations import VERSION, migrate
from talkface_studio.project.storage.paths import absolute_path, portable_text

SUFFIX = ".talkface"
_FORMAT = "talkface-project"


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved(Value):
    """What travels in a project file."""

    document: Document
    view: View = field(default_factory=View)


def write_project(path: Path, saved: Saved, *, folder: Path | None = None, durable: bool = True) -> None:
    """Replace the project file, as a whole or not at all.

    Args:
        path: the file to write.
        saved: what to write.
        folder: what paths are relative to; the folder of `path` by default.
        durable: as in `atomic.write_text`.

    Raises:
        ProjectError: it cannot be written; what was there is untouched.
    """
    base = (folder or path.parent).absolute()
    text = to_json(saved, lambda media: portable_text(media, base), format=_FORMAT, version=VERSION)
    write_text(path, text, durable=durable)


def read_project(path: Path, *, folder: Path | None = None) -> Saved:
    """Read a project file of this version or an older one. Whatever is wrong with it, it is not touched.

    Raises:
        ProjectError: it is missing, no project, damaged, contradicts itself, or was made by a newer version.
    """
    plain = _read_object(path)
    version = plain.pop("version", None)
    if plain.pop("format", None) != _FORMAT or not isinstance(version, int) or version < 1:
        raise ProjectError(f"{path}: is no TalkFace project; choose a file that ends with {SUFFIX}")
    if version > VERSION:
        raise ProjectError(
            f"{path}: was saved by a newer TalkFace Studio (format {version}; this one reads up to {VERSION}); "
            "update this one to open it"
        )
    try:
        saved = _with_absolute_paths(from_plain(Saved, migrate(plain, version)), (folder or path.parent).absolute())
        check(saved.document)
    except (ValueError, LookupError, TypeError, AttributeError, ProjectError) as error:
        raise ProjectError(f"{path}: is damaged ({error}); it was left as it is; open a copy from before") from error
    return saved


def _read_object(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ProjectError(f"{path}: there is no such project; it may have been moved or renamed") from error
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read ({error.strerror or error}); check its permissions") from error
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "not text"
        raise ProjectError(
            f"{path}: is no TalkFace project, or it is damaged ({reason}); it was left as it is; "
            "open a copy from before"
        ) from error
    if not isinstance(plain, dict):
        raise ProjectError(f"{path}: is no TalkFace project; choose a file that ends with {SUFFIX}")
    return plain


def _with_absolute_paths(saved: Saved, folder: Path) -> Saved:
    document = saved.document
    export = document.export
    return replace(
        saved,
        document=replace(
            document,
            media=tuple(replace(media, path=absolute_path(media.path, folder)) for media in document.media),
            export=replace(export, folder=export.folder and absolute_path(export.folder, folder)),
        ),
    )
