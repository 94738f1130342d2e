"""The queue for whoever fills it, looks at it or changes it: the command line and the editor."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.queue.database import Database
from talkface_studio.project.queue.job import ENDED, QueuedJob, State, Wish
from talkface_studio.project.queue.retry import RetryPolicy
from talkface_studio.project.queue.rows import NO_OWNER, as_text, select, update

FILE_NAME = "queue.sqlite3"
"""In the user's data folder."""


class JobQueue:
    """One queue file, which any number of processes may have open. All methods may be called from any thread.

    Every method raises ProjectError where the file cannot be used, and where a job is named that there is not or
    that is in the wrong state.
    """

    def __init__(
        self, path: Path, *, retries: RetryPolicy | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Open the queue, or make it."""
        self.database = Database(path)
        self.path = path
        self.retries = retries or RetryPolicy()
        self.clock = clock

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def revision(self) -> int:
        """A number that grows with every change of the queue or of a job: what an observer compares."""
        with self.database.read() as connection:
            return int(connection.execute("SELECT revision FROM queue").fetchone()[0])

    def held(self) -> bool:
        """Whether the whole queue is paused."""
        with self.database.read() as connection:
            return bool(connection.execute("SELECT held FROM queue").fetchone()[0])

    def jobs(self, *, batch: str | None = None) -> list[QueuedJob]:
        """All jobs, or those of a batch, in the order in which they run."""
        with self.database.read() as connection:
            return select(connection) if batch is None else select(connection, "batch = ?", [batch])

    def left(self, *, batch: str | None = None) -> int:
        """How many jobs run, or wait and are not held."""
        with self.database.read() as connection:
            query = (
                "SELECT COUNT(*) FROM jobs WHERE (:batch IS NULL OR batch = :batch)"
                " AND (state = 'running' OR (state = 'waiting' AND NOT (SELECT held FROM queue)))"
            )
            return int(connection.execute(query, {"batch": batch}).fetchone()[0])

    def job(self, job_id: int) -> QueuedJob:
        """One job."""
        with self.database.read() as connection:
            return _one(connection, job_id)

    def add(
        self,
        request: Mapping[str, Any],
        *,
        priority: int = 0,
        batch: str | None = None,
        fingerprint: str | None = None,
    ) -> QueuedJob:
        """Put a job at the end of the queue; `request["output"]` is the absolute path of the file that it makes.

        Raises:
            ProjectError: a job that has not ended makes the same file.
        """
        output = str(request["output"])
        with self.database.write() as connection:
            _refuse_same_output(connection, output)
            cursor = connection.execute(
                "INSERT INTO jobs (request, output, batch, fingerprint, priority, position, created) VALUES "
                "(?, ?, ?, ?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM jobs), ?)",
                (as_text(request), output, batch, fingerprint, priority, self.clock()),
            )
            return _one(connection, int(cursor.lastrowid or 0))

    def replace(self, job_id: int, request: Mapping[str, Any], fingerprint: str | None) -> QueuedJob:
        """Give a job that does not run another request, and let it wait for its first attempt."""
        with self.database.write() as connection:
            job = _one(connection, job_id)
            if job.state == "running":
                raise ProjectError(f"job {job_id}: runs; cancel it first, or wait until it has ended")
            _refuse_same_output(connection, str(request["output"]), other_than=job_id)
            _wait_again(connection, job_id)
            changes = "request = :request, output = :output, fingerprint = :fingerprint, created = :now"
            values = {"request": as_text(request), "output": str(request["output"]), "fingerprint": fingerprint}
            update(connection, job_id, changes, now=self.clock(), **values)
            return _one(connection, job_id)

    def hold(self) -> None:
        """Pause the whole queue: no job begins, and those that run go back to waiting."""
        with self.database.write() as connection:
            connection.execute("UPDATE queue SET held = 1")
            connection.execute("UPDATE jobs SET wish = 'release' WHERE state = 'running' AND wish IS NULL")

    def go_on(self) -> None:
        """Let a paused queue go on. Jobs that were paused one by one stay so."""
        with self.database.write() as connection:
            connection.execute("UPDATE queue SET held = 0")

    def pause(self, job_ids: Sequence[int]) -> None:
        """Let waiting jobs wait until they are resumed; running ones are stopped and keep what is finished."""
        self._ask(job_ids, "pause", "paused", ("waiting", "running", "paused"))

    def cancel(self, job_ids: Sequence[int]) -> None:
        """Give up jobs that have not ended."""
        self._ask(job_ids, "cancel", "cancelled", ("waiting", "running", "paused", "cancelled"))

    def resume(self, job_ids: Sequence[int]) -> None:
        """Let paused jobs wait for their turn again."""
        with self.database.write() as connection:
            for job in _checked(connection, job_ids, ("paused", "waiting", "running"), "resumed"):
                if job.state == "paused":
                    update(connection, job.id, "state = 'waiting', not_before = 0")
                elif job.wish == "pause":
                    update(connection, job.id, "wish = 'release'")

    def retry(self, job_ids: Sequence[int]) -> None:
        """Let jobs that failed or were cancelled begin again, with all their attempts."""
        with self.database.write() as connection:
            for job in _checked(connection, job_ids, ("failed", "cancelled"), "retried"):
                _refuse_same_output(connection, job.output, other_than=job.id)
                _wait_again(connection, job.id)

    def move(self, job_id: int, *, before: int | None = None) -> None:
        """Move a job before another one, whose priority it takes; or to the end, with the lowest priority."""
        with self.database.write() as connection:
            job = _one(connection, job_id)
            others = [other for other in select(connection) if other.id != job_id]
            place = len(others)
            if before is not None and before != job_id:
                place = others.index(_one(connection, before))
            neighbour = others[min(place, len(others) - 1)] if others else job
            others.insert(place, job)
            for position, other in enumerate(others, start=1):
                update(connection, other.id, "position = :position", position=position)
            update(connection, job_id, "priority = :priority", priority=neighbour.priority)

    def clear(self, job_ids: Sequence[int] | None = None, *, states: Sequence[State] = ENDED) -> int:
        """Forget jobs: those named, or all in these states; the number of jobs. A running one cannot be forgotten."""
        with self.database.write() as connection:
            if job_ids is not None:
                allowed: tuple[State, ...] = ("waiting", "paused", *ENDED)
                chosen = [job.id for job in _checked(connection, job_ids, allowed, "forgotten")]
            else:
                wanted = set(states) - {"running"}
                chosen = [job.id for job in select(connection) if job.state in wanted]
            connection.executemany("DELETE FROM jobs WHERE id = ?", [(job_id,) for job_id in chosen])
            return len(chosen)

    def _ask(self, job_ids: Sequence[int], wish: Wish, state: State, allowed: tuple[State, ...]) -> None:
        with self.database.write() as connection:
            for job in _checked(connection, job_ids, allowed, state):
                if job.state == "running":
                    update(connection, job.id, "wish = :wish", wish=wish)
                else:
                    update(connection, job.id, "state = :state", state=state)


def _one(connection: sqlite3.Connection, job_id: int) -> QueuedJob:
    found = select(connection, "id = ?", [job_id])
    if not found:
        raise ProjectError(f"job {job_id}: there is no such job in the queue; see: talkface queue list")
    return found[0]


def _checked(
    connection: sqlite3.Connection, job_ids: Iterable[int], allowed: tuple[State, ...], past: str
) -> list[QueuedJob]:
    jobs = [_one(connection, job_id) for job_id in dict.fromkeys(job_ids)]
    for job in jobs:
        if job.state not in allowed:
            raise ProjectError(f"job {job.id}: is {job.state} and cannot be {past}; see: talkface queue list")
    return jobs


def _refuse_same_output(connection: sqlite3.Connection, output: str, other_than: int = 0) -> None:
    for job in select(connection, "output = ? AND id <> ?", [output, other_than]):
        if job.state not in ENDED:
            raise ProjectError(
                f"{output}: job {job.id} of the queue makes this file; cancel it or choose another output"
            )


def _wait_again(connection: sqlite3.Connection, job_id: int) -> None:
    changes = (
        "state = 'waiting', attempts = 0, not_before = 0, done = 0, total = 0, error = NULL, trace = NULL, "
        f"result = NULL, started = NULL, finished = NULL, {NO_OWNER}"
    )
    update(connection, job_id, changes)
