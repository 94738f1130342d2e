"""What users do with a queue, and what they see of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.queue.database import MIGRATIONS, Database
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.leases import claim
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.store import JobQueue

Add = Callable[..., QueuedJob]
ME = ProcessIdentity.current()


def states(queue: JobQueue) -> list[str]:
    return [job.state for job in queue.jobs()]


def order(queue: JobQueue) -> list[str]:
    return [Path(job.output).stem for job in queue.jobs()]


def test_jobs_run_by_priority_and_then_in_order(queue: JobQueue, add: Add) -> None:
    for name, priority in [("a", 0), ("b", 0), ("c", 5)]:
        add(name, priority=priority)
    assert order(queue) == ["c", "a", "b"]
    leases = [claim(queue, ME) for _ in range(4)]
    assert [lease and Path(lease.job.output).stem for lease in leases] == ["c", "a", "b", None]


def test_moving(queue: JobQueue, add: Add) -> None:
    a, b, c = (add(name, priority=int(name == "a")) for name in "abc")
    queue.move(c.id, before=a.id)
    assert order(queue) == ["c", "a", "b"]
    assert queue.job(c.id).priority == 1
    queue.move(c.id)
    assert order(queue) == ["a", "b", "c"]
    queue.move(b.id, before=b.id)
    assert order(queue) == ["a", "c", "b"]


def test_another_process_sees_every_change(queue: JobQueue, path: Path, add: Add) -> None:
    with JobQueue(path) as observer:
        seen = [observer.revision()]
        job = add("a")
        seen.append(observer.revision())
        lease = claim(queue, ME)
        assert lease is not None
        seen.append(observer.revision())
        lease.renew(3, 10)
        seen.append(observer.revision())
        assert (observer.job(job.id).done, observer.job(job.id).total) == (3, 10)
        lease.complete({"frames": 10})
        seen.append(observer.revision())
        assert seen == sorted(set(seen))
        done = observer.job(job.id)
        assert (done.state, done.done, done.result) == ("done", 10, {"frames": 10})
        assert done.finished is not None
        assert observer.revision() == seen[-1]


def test_pause_resume_cancel_retry_and_clear(queue: JobQueue, add: Add) -> None:
    jobs = [add(name) for name in "abc"]
    queue.pause([jobs[0].id])
    queue.cancel([jobs[1].id])
    assert states(queue) == ["paused", "cancelled", "waiting"]
    queue.resume([jobs[0].id])
    queue.retry([jobs[1].id])
    assert states(queue) == ["waiting"] * 3
    with pytest.raises(ProjectError, match="job 3: is waiting and cannot be retried"):
        queue.retry([jobs[2].id])
    with pytest.raises(ProjectError, match="job 99: there is no such job"):
        queue.cancel([jobs[0].id, 99])
    assert states(queue) == ["waiting"] * 3
    queue.cancel([jobs[0].id])
    assert queue.clear() == 1
    assert claim(queue, ME) is not None
    with pytest.raises(ProjectError, match="is running and cannot be forgotten"):
        queue.clear([jobs[1].id])
    assert queue.clear([jobs[2].id]) == 1
    assert states(queue) == ["running"]


def test_a_held_queue_begins_nothing(queue: JobQueue, add: Add) -> None:
    add("a")
    add("b")
    running = claim(queue, ME)
    assert running is not None
    queue.hold()
    assert running.wish() == "release"
    running.give_back("release")
    assert claim(queue, ME) is None
    queue.go_on()
    assert claim(queue, ME) is not None


def test_two_jobs_never_make_the_same_file(queue: JobQueue, add: Add) -> None:
    first = add("a")
    with pytest.raises(ProjectError, match="job 1 of the queue makes this file"):
        add("a")
    queue.cancel([first.id])
    add("a")
    with pytest.raises(ProjectError, match="job 2 of the queue makes this file"):
        queue.retry([first.id])


def test_a_damaged_file_is_kept_aside(path: Path) -> None:
    with JobQueue(path) as queue:
        queue.add({"output": "/a"})
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    for damaged in (bytes(content), b"no database at all" * 400):
        path.write_bytes(damaged)
        with pytest.raises(ProjectError, match=r"the queue is damaged .* it was kept as queue\.damaged-") as raised:
            JobQueue(path)
        assert "\n" not in str(raised.value)
        kept = [item for item in path.parent.glob("queue.damaged-*.sqlite3") if item.read_bytes() == damaged]
        assert len(kept) == 1
        kept[0].unlink()
        with JobQueue(path) as queue:
            assert queue.jobs() == []


def test_an_older_file_is_migrated_and_a_newer_one_refused(path: Path) -> None:
    with JobQueue(path) as queue:
        queue.add({"output": "/a"})
    newer = (*MIGRATIONS, "ALTER TABLE jobs ADD COLUMN colour TEXT DEFAULT 'red'; CREATE INDEX x ON jobs (colour)")
    database = Database(path, newer)
    with database.read() as connection:
        assert [row["colour"] for row in connection.execute("SELECT colour FROM jobs")] == ["red"]
    database.close()
    with pytest.raises(ProjectError, match="newer version of TalkFace Studio"):
        JobQueue(path)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    JobQueue(path).close()
    with pytest.raises(ProjectError, match="cannot be used"):
        Database(path, (*MIGRATIONS, "CREATE TABLE more (x); DROP TABLE nothing"))
    with JobQueue(path) as queue, queue.database.read() as connection:
        names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "more" not in names


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="the queue cannot be opened"):
        JobQueue(tmp_path / "file" / "queue.sqlite3")
