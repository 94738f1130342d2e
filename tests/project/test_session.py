from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from project_documents import VOICE, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts
from talkface_studio.project.edit import items, segments
from talkface_studio.project.edit.media import add_media, learn, relink_media
from talkface_studio.project.project import Project
from talkface_studio.project.storage.autosave import Autosave
from talkface_studio.project.storage.lock import lock_path
from talkface_studio.project.storage.project_file import Saved, read_project, write_project
from talkface_studio.project.storage.session import Session, untitled_recoveries


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "film.talkface"
    path.parent.mkdir()
    write_project(path, Saved(document=story()))
    return path


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Callable[[Path], Session]]:
    sessions: list[Session] = []

    def open_session(path: Path) -> Session:
        sessions.append(Session.open(path, tmp_path / "recovery", clock))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


CRASH = """
import os, sys
from pathlib import Path
from talkface_studio.project.edit import segments
from talkface_studio.project.storage.session import Session
now = 0.0
path, recovery = map(Path, sys.argv[1:])
new = path.name == "untitled"
session = Session.new(recovery, lambda: now) if new else Session.open(path, recovery, lambda: now)
if new:
    from talkface_studio.project.document.timeline import Marker
    from talkface_studio.project.edit.marks import add_marker
    session.project.do(add_marker(Marker(id="mine", time=1.0)))
else:
    session.project.do(segments.set_seed({"a1"}, 42))
now = 60.0
assert session.tick()
os.kill(os.getpid(), 9)
"""


def crash(path: Path, recovery: Path) -> None:
    """Edit a project in another process, which is killed when it has written its recovery."""
    result = subprocess.run([sys.executable, "-c", CRASH, path, recovery], check=False, capture_output=True, text=True)
    assert result.returncode == -9, result.stderr


def test_autosave_waits_for_a_pause_but_not_for_ever(clock: Clock) -> None:
    written: list[float] = []
    autosave = Autosave(lambda: written.append(clock.time), clock, pause=2.0, longest=5.0)
    assert autosave.due_in is None
    for _ in range(8):
        autosave.note_change()
        clock.time += 1.0
        autosave.tick()
    assert written == [105.0]
    assert autosave.due_in == 1.0
    clock.time += 1.0
    assert autosave.tick()
    assert (autosave.due_in, autosave.tick()) == (None, False)


def test_autosave_tries_again_when_it_failed(clock: Clock) -> None:
    broken = True

    def write() -> None:
        if broken:
            raise ProjectError("disk full")

    autosave = Autosave(write, clock, pause=2.0)
    autosave.note_change()
    clock.time += 2.0
    with pytest.raises(ProjectError):
        autosave.tick()
    assert autosave.due_in == 2.0
    broken = False
    clock.time += 2.0
    assert autosave.tick()


def test_opening_looking_and_closing_leaves_no_trace(file: Path, opened: Callable[[Path], Session]) -> None:
    before = file.read_bytes()
    session = opened(file)
    assert session.recovery is None
    assert session.autosave_due_in is None
    assert names(file.parent) == [".film.talkface.lock", "film.talkface"]
    session.close()
    assert names(file.parent) == ["film.talkface"]
    assert file.read_bytes() == before


def test_changes_go_beside_the_project_and_saving_replaces_it(
    file: Path, opened: Callable[[Path], Session], clock: Clock
) -> None:
    session = opened(file)
    session.project.do(segments.set_seed({"a1"}, 42))
    assert not session.tick()
    clock.time += 60.0
    assert session.tick()
    assert names(file.parent) == [".film.talkface.lock", ".film.talkface.recovery", "film.talkface"]
    assert read_project(file).document.segment("a1").seed == 0
    session.save()
    assert not session.project.modified
    assert session.autosave_due_in is None
    assert names(file.parent) == [".film.talkface.lock", "film.talkface"]
    assert read_project(file).document == session.project.document


def test_what_needs_no_saving_is_not_written(file: Path, opened: Callable[[Path], Session], clock: Clock) -> None:
    session = opened(file)
    project = session.project
    project.amend(learn(project.document.media_of("other"), facts=MediaFacts(duration=9.0, has_sound=True)))
    project.look(playhead=5.0)
    project.do(segments.set_seed({"a1"}, 42))
    project.undo()
    assert session.autosave_due_in is None
    project.redo()
    assert session.autosave_due_in is not None


def test_a_killed_window_is_recovered(file: Path, tmp_path: Path, opened: Callable[[Path], Session]) -> None:
    crash(file, tmp_path / "recovery")
    assert names(file.parent) == [".film.talkface.lock", ".film.talkface.recovery", "film.talkface"]
    session = opened(file)
    assert session.recovery is not None
    assert session.project.document.segment("a1").seed == 0
    session.recover()
    assert session.project.document.segment("a1").seed == 42
    assert session.project.modified
    session.save()
    session.close()
    assert names(file.parent) == ["film.talkface"]
    assert opened(file).project.document.segment("a1").seed == 42


def test_a_recovery_is_kept_until_it_is_decided_on(
    file: Path, tmp_path: Path, opened: Callable[[Path], Session], clock: Clock
) -> None:
    crash(file, tmp_path / "recovery")
    session = opened(file)
    session.project.do(segments.set_seed({"a1"}, 7))
    clock.time += 60.0
    assert not session.tick()
    with pytest.raises(ProjectError, match="recover its unsaved work or discard it"):
        session.save()
    session.close()
    session = opened(file)
    assert session.recovery is not None
    session.discard_recovery()
    session.close()
    assert names(file.parent) == ["film.talkface"]
    assert opened(file).recovery is None


def test_a_recovery_that_was_overtaken_is_not_offered(
    file: Path, tmp_path: Path, opened: Callable[[Path], Session]
) -> None:
    crash(file, tmp_path / "recovery")
    later = file.with_name(".film.talkface.recovery").stat().st_mtime_ns + 10**9
    os.utime(file, ns=(later, later))
    assert opened(file).recovery is None


def test_a_second_window_is_refused_in_one_line(file: Path, opened: Callable[[Path], Session]) -> None:
    session = opened(file)
    with pytest.raises(ProjectError, match=rf"is open in another window \(process {os.getpid()}\); close it there"):
        opened(file)
    other = file.with_name("other.talkface")
    write_project(other, Saved(document=Document()))
    second = opened(other)
    with pytest.raises(ProjectError, match="is open in another window"):
        second.save_as(file)
    assert second.path == other
    session.close()
    opened(file)


def test_a_lock_that_holds_nonsense_is_one_line(file: Path, opened: Callable[[Path], Session]) -> None:
    lock_path(file).write_text("nonsense")
    with pytest.raises(ProjectError, match="is open in another window"):
        opened(file)


def test_save_as_moves_lock_and_recovery(file: Path, opened: Callable[[Path], Session], clock: Clock) -> None:
    session = opened(file)
    heard: list[Path | None] = []
    session.path_changed.connect(lambda: heard.append(session.path))
    session.project.do(segments.set_seed({"a1"}, 42))
    clock.time += 60.0
    session.tick()
    other = file.with_name("other.talkface")
    session.save_as(other)
    assert heard == [other]
    assert names(file.parent) == [".other.talkface.lock", "film.talkface", "other.talkface"]
    assert read_project(file).document.segment("a1").seed == 0
    with pytest.raises(ProjectError, match="cannot be written"):
        session.save_as(file.parent / "none" / "x.talkface")
    assert session.path == other


def test_work_that_never_had_a_file_is_recovered(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "recovery"
    assert untitled_recoveries(folder) == ()
    crash(Path("untitled"), folder)
    (found,) = untitled_recoveries(folder)
    project = Project()
    session = Session.recover_untitled(found.path, folder, clock, project)
    assert [marker.id for marker in project.document.markers] == ["mine"]
    assert (session.path, project.modified) == (None, True)
    # What a window holds is not offered to another, and stays safe while it does.
    assert untitled_recoveries(folder) == ()
    assert len(names(folder)) == 2
    with pytest.raises(ProjectError, match="has no file yet"):
        session.save()
    session.save_as(tmp_path / "mine.talkface")
    session.close()
    assert (names(folder), names(tmp_path)) == ([], ["mine.talkface", "recovery"])


def test_one_project_goes_from_session_to_session(file: Path, tmp_path: Path, clock: Clock) -> None:
    project = Project()
    causes: list[str] = []
    project.changed.connect(lambda changes: causes.append(changes.cause))
    first = Session.new(tmp_path / "recovery", clock, project)
    project.do(add_media([VOICE]))
    with pytest.raises(ProjectError):
        Session.open(file.with_name("none.talkface"), tmp_path / "recovery", clock, project)
    assert [media.id for media in project.document.media] == ["voice"]
    second = Session.open(file, tmp_path / "recovery", clock, project)
    first.close()
    assert causes[:3] == ["load", "edit", "load"]
    project.do(items.delete({"a1"}))
    clock.time += 60.0
    assert second.tick()
    second.close()
    assert names(tmp_path / "recovery") == []


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that refuses to be written to")
def test_a_read_only_folder_can_be_worked_from(
    file: Path, tmp_path: Path, opened: Callable[[Path], Session], clock: Clock
) -> None:
    with read_only(file.parent):
        session = opened(file)
        session.project.do(segments.set_seed({"a1"}, 42))
        with pytest.raises(ProjectError, match="cannot be written"):
            session.save()
        clock.time += 60.0
        assert session.tick()
        assert len(names(tmp_path / "recovery")) == 1


def test_media_that_are_gone_are_marked_until_they_are_back(
    file: Path, opened: Callable[[Path], Session], tmp_path: Path
) -> None:
    there = tmp_path / "there.wav"
    there.touch()
    media = (Media(id="there", path=there, kind="audio"), Media(id="gone", path=tmp_path / "gone.wav", kind="audio"))
    write_project(file, Saved(document=Document(media=media)))
    session = opened(file)
    document = session.project
    assert [entry.status for entry in document.document.media] == ["unprobed", "missing"]
    assert not document.modified
    there.rename(tmp_path / "gone.wav")
    session.look_for_media()
    assert [entry.status for entry in document.document.media] == ["missing", "unprobed"]
    document.do(relink_media("there", tmp_path / "other.wav"))
    document.undo()
    assert document.document.media_of("there").status == "missing"
