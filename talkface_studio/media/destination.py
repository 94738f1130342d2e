"""Where an output goes: a temporary neighbour that becomes the output only when it is whole."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from talkface_studio.api.errors import ExportError
from talkface_studio.media.container import reason

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Destination:
    """An output file under way.

    Its content is written to `temporary`, a hidden file in the same folder with the same suffix, so that moving it
    into place is atomic.
    """

    def __init__(self, path: Path) -> None:
        """Create the temporary file.

        Raises:
            ExportError: the folder is missing or cannot be written, or `path` is a folder.
        """
        self.path = path
        folder = path.parent
        if path.is_dir():
            raise ExportError(f"{path}: is a folder; give the output a file name")
        if not folder.is_dir():
            raise ExportError(f"{path}: there is no folder {folder}; create it first")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ExportError(f"{path}: the folder {folder} is read-only; choose another one")
        self.temporary = own_temporary_name(path)
        try:
            # Asking is not enough: only creating a file proves that a file can be created.
            self.temporary.touch(exist_ok=False)
        except OSError as error:
            raise write_error(path, error) from error

    def publish(self) -> Path:
        """Move the finished file into place and give its path.

        Raises:
            ExportError: the file cannot be moved there.
        """
        try:
            with self.temporary.open("rb+") as file:
                os.fsync(file.fileno())
            self.temporary.replace(self.path)
        except OSError as error:
            self.discard()
            raise write_error(self.path, error) from error
        return self.path

    def discard(self) -> None:
        """Remove what was written. Calling it twice is allowed."""
        self.temporary.unlink(missing_ok=True)


def own_temporary_name(path: Path) -> Path:
    """A name beside `path` that nobody else uses: hidden, with the same suffix."""
    # A file name may have 255 bytes; a long one is cut so that the temporary one fits as well.
    stem = path.stem.encode()[:200].decode(errors="ignore")
    return path.with_name(f".{stem}.part-{secrets.token_hex(4)}{path.suffix}")


def write_error(path: Path, error: Exception) -> ExportError:
    """The error to raise for a failure of the system or of FFmpeg while writing `path`."""
    number = getattr(error, "errno", None)
    if number in _DISK_FULL:
        return ExportError(f"{path}: the disk is full ({reason(error)}); free some space or choose another folder")
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ExportError(f"{path}: the folder {path.parent} is read-only; choose another one")
    return ExportError(f"{path}: cannot be written ({reason(error)})")
