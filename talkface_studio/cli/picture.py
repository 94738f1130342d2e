"""Writes one picture, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import ByteArray

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def picture_format(path: Path) -> str:
    """The format that the name's ending asks for.

    Raises:
        ExportError: it is none that can be written.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise ExportError(f"{path}: not a picture's name; end it with one of {', '.join(FORMATS)}") from None


def write_picture(pixels: ByteArray, path: Path) -> None:
    """Write uint8 RGB `(H, W, 3)` in the format that the name's ending asks for.

    Raises:
        ExportError: the ending is unknown, or the file cannot be written.
    """
    from PIL import Image

    kind = picture_format(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        Image.fromarray(pixels).save(draft, format=kind, **({"quality": 95} if kind != "PNG" else {}))
        draft.replace(path)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}; choose another output") from error
    finally:
        draft.unlink(missing_ok=True)
