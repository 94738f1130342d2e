"""Where an output goes: a temporary neighbour that becomes the output only when it is whole."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
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
        if path.is_dir():
            raise ExportError(f"{path}: is a folder; give the output a file name")
        _check_folder(path, path.parent)
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


class SequenceDestination:
    """A folder of numbered pictures under way: `path` is FOLDER/PATTERN, and FOLDER appears when all are written."""

    def __init__(self, path: Path) -> None:
        """Create the temporary folder beside the output's.

        Raises:
            ExportError: the output's folder is there and not empty, or the one that it lies in cannot be written.
        """
        self.path = path
        self._final = path.parent
        if self._final.exists() and (not self._final.is_dir() or any(self._final.iterdir())):
            raise ExportError(f"{self._final}: is not empty; give the pictures a folder of their own: NAME/{path.name}")
        _check_folder(path, self._final.absolute().parent)
        self._folder = own_temporary_name(self._final.absolute())
        self.temporary = self._folder / path.name
        try:
            self._folder.mkdir()
        except OSError as error:
            raise write_error(path, error) from error

    def publish(self) -> Path:
        """Move the folder into place and give the pictures' path.

        Raises:
            ExportError: it cannot be moved there.
        """
        try:
            self._folder.replace(self._final)
        except OSError as error:
            self.discard()
            raise write_error(self.path, error) from error
        return self.path

    def discard(self) -> None:
        """Remove what was written. Calling it twice is allowed."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _check_folder(path: Path, folder: Path) -> None:
    if not folder.is_dir():
        raise ExportError(f"{path}: there is no folder {folder}; create it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ExportError(f"{path}: the folder {folder} is read-only; choose another one")


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
