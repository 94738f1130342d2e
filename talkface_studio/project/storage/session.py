"""An open project and its files: saved on command, recovered after a crash, open in one window at a time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from psygnal import Signal

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.value import new_id
from talkface_studio.project.edit.media import learn
from talkface_studio.project.project import Project
from talkface_studio.project.storage.autosave import Autosave
from talkface_studio.project.storage.lock import ProjectLock
from talkface_studio.project.storage.project_file import Saved, read_project, write_project
from talkface_studio.project.storage.relink import missing_problem

Clock = Callable[[], float]
_UNTITLED = "untitled-"
_RECOVERY = ".recovery"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Work that was not saved when the last window on it ended."""

    path: Path
    time: datetime
    """When it was last written."""
    saved: Saved


class Session:
    """One window's hold on one project, from opening to closing.

    Changes go to a recovery file beside the project, hidden, and to the project file only by `save`. While a recovery
    is offered and not yet decided on, nothing is written over it.

    A window keeps one `Project` and hands it to one session after the other; what listens to it stays connected.
    """

    path_changed = Signal()
    """The project got a file, or another one."""

    def __init__(self, project: Project, path: Path | None, recovery_folder: Path, clock: Clock) -> None:
        """Hold a project; `open`, `new` and `recover_untitled` are the ways to here.

        Args:
            project: what is edited.
            path: its file, None for one that was never saved.
            recovery_folder: where recoveries lie that cannot lie beside a project file.
            clock: seconds that only rise, such as `time.monotonic`.

        Raises:
            ProjectError: another window has the project open.
        """
        self.project = project
        self.recovery: Recovery | None = None
        """What can be recovered; `recover` or `discard_recovery` decides on it."""
        self._path = path
        self._folder = recovery_folder
        self._recovery_path = _recovery_path(path, recovery_folder)
        if path is None:
            recovery_folder.mkdir(parents=True, exist_ok=True)
        self._lock = _acquire(path or self._recovery_path)
        self._autosave = Autosave(self._write_recovery, clock)
        project.changed.connect(self._note_change)

    @classmethod
    def new(cls, recovery_folder: Path, clock: Clock, project: Project | None = None) -> Self:
        """Begin an empty project without a file, in `project` if one is given."""
        session = cls(project or Project(), None, recovery_folder, clock)
        session.project.load(Document())
        session._autosave.cancel()
        return session

    @classmethod
    def open(cls, path: Path, recovery_folder: Path, clock: Clock, project: Project | None = None) -> Self:
        """Open a project file, in `project` if one is given, which stays what it was where that fails.

        Media that are not there are marked so; `recovery` says if there is unsaved work.

        Raises:
            ProjectError: the file cannot be read, or another window has it open.
        """
        path = path.absolute()
        saved = read_project(path)
        session = cls(project or Project(), path, recovery_folder, clock)
        session.project.load(saved.document, saved.view)
        session.recovery = _find_recovery(session._recovery_path, path)
        if session.recovery is not None and session.recovery.saved.document == saved.document:
            session.discard_recovery()
        session.look_for_media()
        session._autosave.cancel()
        return session

    @classmethod
    def recover_untitled(
        cls, recovery: Path, recovery_folder: Path, clock: Clock, project: Project | None = None
    ) -> Self:
        """Go on with a project that was never saved; `untitled_recoveries` lists them.

        Raises:
            ProjectError: the recovery cannot be read, or another window took it.
        """
        saved = read_project(recovery)
        held = ProjectLock(recovery)
        try:
            session = cls(project or Project(), None, recovery_folder, clock)
            session.project.load(saved.document, saved.view, modified=True)
            session._write_recovery()
            recovery.unlink(missing_ok=True)
        finally:
            held.release()
        session.look_for_media()
        return session

    @property
    def path(self) -> Path | None:
        """The project file; None for one that was never saved."""
        return self._path

    @property
    def autosave_due_in(self) -> float | None:
        """Seconds until `tick` has something to do; None with nothing to do."""
        return None if self.recovery is not None else self._autosave.due_in

    def tick(self) -> bool:
        """Write the recovery file if it is time to; gives whether it was.

        Raises:
            ProjectError: it cannot be written; the next try comes by itself.
        """
        return self.recovery is None and self._autosave.tick()

    def save(self) -> None:
        """Replace the project file.

        Raises:
            ProjectError: it has none yet (`save_as` gives it one), cannot be written, or there is a recovery to decide
                on; the old file is untouched.
        """
        if self.recovery is not None:
            raise ProjectError(f"{self._path}: recover its unsaved work or discard it, then save")
        if self._path is None:
            raise ProjectError("this project has no file yet; choose one to save it in")
        write_project(self._path, self._saved())
        self._recovery_path.unlink(missing_ok=True)
        self._saved_now()

    def save_as(self, path: Path) -> None:
        """Save to another file, which is the project's own from now on.

        Raises:
            ProjectError: it cannot be written, or is open in another window; the project keeps its file.
        """
        path = path.absolute()
        if path == self._path:
            self.save()
            return
        lock = _acquire(path)
        try:
            write_project(path, self._saved())
        except BaseException:
            _release(lock)
            raise
        # Unsaved work of the old file that nobody decided on yet stays with the old file.
        if self.recovery is None:
            self._recovery_path.unlink(missing_ok=True)
        self.recovery = None
        _release(self._lock)
        self._lock, self._path, self._recovery_path = lock, path, _recovery_path(path, self._folder)
        self._saved_now()
        self.path_changed.emit()

    def recover(self) -> None:
        """Take the unsaved work; the project counts as modified until it is saved."""
        if self.recovery is not None:
            saved, self.recovery = self.recovery.saved, None
            self.project.load(saved.document, saved.view, modified=True)
            self.look_for_media()

    def discard_recovery(self) -> None:
        """Stay with what was saved, and delete the unsaved work."""
        self.recovery = None
        self._recovery_path.unlink(missing_ok=True)

    def look_for_media(self) -> None:
        """Mark media that are not there, and unmark those that came back."""
        for media in self.project.document.media:
            problem = missing_problem(media)
            if problem != media.problem and (problem is not None or media.status == "missing"):
                self.project.amend(learn(media, problem=problem))

    def close(self) -> None:
        """End the session; what was not saved is thrown away. A recovery that was not decided on stays on offer."""
        self.project.changed.disconnect(self._note_change, missing_ok=True)
        self._autosave.cancel()
        if self.recovery is None:
            self._recovery_path.unlink(missing_ok=True)
        _release(self._lock)
        self._lock = None

    def _note_change(self) -> None:
        # What a probe finds changes the document too, and is found again.
        if self.project.modified:
            self._autosave.note_change()
        else:
            self._autosave.cancel()

    def _saved(self) -> Saved:
        return Saved(document=self.project.document, view=self.project.view)

    def _saved_now(self) -> None:
        self._autosave.cancel()
        self.project.mark_saved()

    def _write_recovery(self) -> None:
        self._recovery_path.parent.mkdir(parents=True, exist_ok=True)
        # Media keep the names that the project file has for them, so that a folder that was moved finds them.
        folder = self._path.parent if self._path is not None else None
        write_project(self._recovery_path, self._saved(), folder=folder, durable=False)


def untitled_recoveries(recovery_folder: Path) -> tuple[Recovery, ...]:
    """Unsaved work of projects that never had a file and that no window has open, the latest first."""
    found = []
    for path in recovery_folder.glob(f"{_UNTITLED}*{_RECOVERY}"):
        with suppress(ProjectError, OSError):
            ProjectLock(path).release()
            found.append(_read_recovery(path, path.parent))
    return tuple(sorted(found, key=lambda recovery: recovery.time, reverse=True))


def _recovery_path(path: Path | None, folder: Path) -> Path:
    if path is None:
        return folder / f"{_UNTITLED}{new_id()}{_RECOVERY}"
    if os.access(path.parent, os.W_OK):
        return path.with_name(f".{path.name}{_RECOVERY}")
    name = hashlib.blake2b(os.fsencode(path), digest_size=6).hexdigest()
    return folder / f"{path.stem}-{name}{_RECOVERY}"


def _find_recovery(recovery: Path, project: Path) -> Recovery | None:
    # One that is older was overtaken by a save whose window ended before it could delete it.
    with suppress(OSError, ProjectError):
        if recovery.stat().st_mtime_ns >= project.stat().st_mtime_ns:
            return _read_recovery(recovery, project.parent)
    return None


def _read_recovery(path: Path, folder: Path) -> Recovery:
    time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Recovery(path, time, read_project(path, folder=folder))


def _acquire(path: Path) -> ProjectLock | None:
    # The lock would make a folder that is missing; a project does not.
    if not path.parent.is_dir():
        return None
    try:
        return ProjectLock(path)
    except OSError:
        # What lies in a folder that cannot be written to cannot be saved by another window either.
        return None


def _release(lock: ProjectLock | None) -> None:
    if lock is not None:
        lock.release()
