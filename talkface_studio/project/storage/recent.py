"""The projects that were opened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from talkface_studio.project.storage.json_file import read_json, write_json


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project file, and when it was last opened or saved."""

    path: Path
    time: datetime

    @property
    def exists(self) -> bool:
        """Whether it is still there; one on a drive that is not connected may come back."""
        return self.path.is_file()


class RecentProjects:
    """A list on disk, shared by all windows: it is read anew for every change."""

    def __init__(self, file: Path, *, limit: int = 20) -> None:
        self._file = file
        self._limit = limit

    def entries(self) -> tuple[RecentProject, ...]:
        """The projects, the latest first."""
        projects = read_json(self._file).get("projects")
        found = map(_parse, projects if isinstance(projects, list) else [])
        return tuple(entry for entry in found if entry is not None)

    def add(self, path: Path, time: datetime) -> None:
        """Put a project first.

        Raises:
            ProjectError: the list cannot be written.
        """
        others = (entry for entry in self.entries() if entry.path != path)
        self._write((RecentProject(path, time), *others))

    def remove(self, path: Path) -> None:
        """Forget a project; the file itself stays.

        Raises:
            ProjectError: the list cannot be written.
        """
        self._write(tuple(entry for entry in self.entries() if entry.path != path))

    def _write(self, entries: tuple[RecentProject, ...]) -> None:
        plain = [{"path": str(entry.path), "time": entry.time.isoformat()} for entry in entries[: self._limit]]
        write_json(self._file, {"projects": plain})


def _parse(plain: Any) -> RecentProject | None:
    try:
        return RecentProject(Path(plain["path"]), datetime.fromisoformat(plain["time"]))
    except (KeyError, TypeError, ValueError):
        return None
