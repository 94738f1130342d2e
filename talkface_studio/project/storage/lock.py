"""So that two windows on one project are noticed."""

from __future__ import annotations

from pathlib import Path

from filelock import SoftFileLock, Timeout

from talkface_studio.api.errors import ProjectError


class ProjectLock:
    """Holds a hidden file beside the project, which names the process; one left behind by a crash is taken over."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Args:
            path: the project file; it need not exist.

        Raises:
            ProjectError: another window has the project open.
            OSError: its folder cannot be written to.
        """
        self.path = path
        # A window is used from one thread, but may be closed from another.
        self._lock = SoftFileLock(lock_path(path), timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            process = self._lock.pid
            where = "in another window" if process is None else f"in another window (process {process})"
            raise ProjectError(f"{path}: is open {where}; close it there, or open a copy of it here") from error

    def release(self) -> None:
        """Give the lock back. Calling it twice is allowed."""
        self._lock.release()


def lock_path(path: Path) -> Path:
    """The file that stands for the lock."""
    return path.with_name(f".{path.name}.lock")
