"""Text files that are replaced as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from talkface_studio.api.errors import ProjectError


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Put `text` in the place of the file, whose old content stays until the new one is complete.

    A link stays a link, and an existing file keeps its permissions.

    Args:
        path: the file; its folder must exist.
        text: what to write, as UTF-8.
        durable: wait until the disk has it, so that it outlives a power cut; without, it outlives a crash.

    Raises:
        ProjectError: the folder is missing or read-only, or the disk is full; the old file is untouched.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(6)}.part")
    try:
        try:
            with temporary.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                shutil.copymode(target, temporary)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if durable:
            _sync_folder(target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{path}: cannot be written ({reason}); choose another place or free some space") from error


def _sync_folder(folder: Path) -> None:
    # The new name is on the disk only when the folder is; Windows does not offer it and does not need it.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
