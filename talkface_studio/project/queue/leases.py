"""The queue for whoever does its jobs: taking one, keeping it, and giving it back in one of its end states.

A lease belongs to one process. While that process lives nobody else gets the job, however long it is busy; when it is
gone the job waits again. Of a process on another machine nobody can tell whether it lives; there the lease runs out
when it was not renewed in time. Whoever lost a lease can change nothing any more.
"""

from __future__ import annotations

import secrets
import sqlite3
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.project.queue.job import QueuedJob, Wish
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.retry import RetryPolicy, RunnerDiedError
from talkface_studio.project.queue.rows import NO_OWNER, as_text, select, update
from talkface_studio.project.queue.store import JobQueue

LEASE_SECONDS = 60.0
"""How long a lease on another machine is believed in after it was last renewed."""


class LeaseLostError(Exception):
    """The job is somebody else's by now."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that this process may do."""

    queue: JobQueue
    job: QueuedJob
    token: str

    def renew(self, done: int = 0, total: int = 0) -> Wish | None:
        """Say that the job is alive, and how far it is; what the user wishes meanwhile.

        Raises:
            LeaseLostError: it is somebody else's by now.
            ProjectError: the queue cannot be used.
        """
        with self.queue.database.write() as connection:
            job = self._mine(connection)
            until = self.queue.clock() + LEASE_SECONDS
            update(connection, job.id, "done = :done, total = :total, lease_until = :until", done=done, total=total,
                   until=until)  # fmt: skip
            return job.wish

    def wish(self) -> Wish | None:
        """What the user wishes; cheaper than `renew`.

        Raises:
            LeaseLostError: it is somebody else's by now.
            ProjectError: the queue cannot be used.
        """
        with self.queue.database.read() as connection:
            return self._mine(connection).wish

    def complete(self, result: Mapping[str, Any]) -> None:
        """The job is done.

        Raises:
            LeaseLostError: it is somebody else's by now.
            ProjectError: the queue cannot be used.
        """
        with self.queue.database.write() as connection:
            self._mine(connection)
            changes = "state = 'done', done = MAX(done, total), error = NULL, trace = NULL, result = :result"
            self._end(connection, changes, result=as_text(result))

    def fail(self, error: BaseException) -> None:
        """An attempt failed: the job waits for another one where that makes sense.

        Raises:
            LeaseLostError: it is somebody else's by now.
            ProjectError: the queue cannot be used.
        """
        with self.queue.database.write() as connection:
            self._mine(connection)
            _fail(connection, self.job, error, self.queue.retries, self.queue.clock())

    def give_back(self, wish: Wish = "release") -> None:
        """The job was stopped on request: it is paused, cancelled, or waits; the attempt does not count.

        Raises:
            LeaseLostError: it is somebody else's by now.
            ProjectError: the queue cannot be used.
        """
        with self.queue.database.write() as connection:
            self._mine(connection)
            if wish == "cancel":
                self._end(connection, "state = 'cancelled'")
                return
            state = "paused" if wish == "pause" else "waiting"
            update(connection, self.job.id, f"state = :state, attempts = attempts - 1, {NO_OWNER}", state=state)

    def _end(self, connection: sqlite3.Connection, changes: str, **values: Any) -> None:
        update(connection, self.job.id, f"{changes}, finished = :now, {NO_OWNER}", now=self.queue.clock(), **values)

    def _mine(self, connection: sqlite3.Connection) -> QueuedJob:
        found = select(connection, "id = ? AND token = ?", [self.job.id, self.token])
        if not found:
            raise LeaseLostError(f"job {self.job.id}: belongs to another process by now")
        return found[0]


def claim(queue: JobQueue, owner: ProcessIdentity, *, batch: str | None = None) -> Lease | None:
    """Take the next job that may begin; None when there is none now, or the queue is held.

    Raises:
        ProjectError: the queue cannot be used.
    """
    now = queue.clock()
    with queue.database.read() as connection:
        if not _abandoned(connection, now) and _next(connection, now, batch) is None:
            return None
    with queue.database.write() as connection:
        _recover(connection, queue)
        now = queue.clock()
        job = _next(connection, now, batch)
        if job is None:
            return None
        token = secrets.token_hex(8)
        changes = (
            "state = 'running', attempts = attempts + 1, wish = NULL, started = :now, finished = NULL, token = :token, "
            "owner_host = :host, owner_pid = :pid, owner_started = :process_started, lease_until = :until"
        )
        update(connection, job.id, changes, now=now, token=token, host=owner.host, pid=owner.pid,
               process_started=owner.started, until=now + LEASE_SECONDS)  # fmt: skip
        return Lease(queue, select(connection, "id = ?", [job.id])[0], token)


def recover(queue: JobQueue) -> int:
    """Let the jobs of processes that are gone wait again; how many there were.

    Raises:
        ProjectError: the queue cannot be used.
    """
    with queue.database.read() as connection:
        if not _abandoned(connection, queue.clock()):
            return 0
    with queue.database.write() as connection:
        return _recover(connection, queue)


def _next(connection: sqlite3.Connection, now: float, batch: str | None) -> QueuedJob | None:
    where = (
        "state = 'waiting' AND not_before <= :now AND (:batch IS NULL OR batch = :batch)"
        " AND NOT (SELECT held FROM queue)"
        " AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.output = jobs.output AND other.state = 'running')"
    )
    row = connection.execute(
        f"SELECT id FROM jobs WHERE {where} ORDER BY priority DESC, position LIMIT 1",  # noqa: S608 - our own words
        {"now": now, "batch": batch},
    ).fetchone()
    return None if row is None else select(connection, "id = ?", [row["id"]])[0]


def _abandoned(connection: sqlite3.Connection, now: float) -> list[int]:
    rows = connection.execute(
        "SELECT id, owner_host, owner_pid, owner_started, lease_until FROM jobs WHERE state = 'running'"
    )
    found = []
    for row in rows:
        alive = ProcessIdentity(row["owner_host"], row["owner_pid"], row["owner_started"]).is_alive()
        if alive is False or (alive is None and row["lease_until"] < now):
            found.append(int(row["id"]))
    return found


def _recover(connection: sqlite3.Connection, queue: JobQueue) -> int:
    now = queue.clock()
    abandoned = _abandoned(connection, now)
    for job_id in abandoned:
        job = select(connection, "id = ?", [job_id])[0]
        if job.wish in {"pause", "cancel"}:
            state = "paused" if job.wish == "pause" else "cancelled"
            update(connection, job_id, f"state = :state, {NO_OWNER}", state=state)
        else:
            died = RunnerDiedError("the process that did it ended without a word; was it killed, or memory short?")
            _fail(connection, job, died, queue.retries, now)
    return len(abandoned)


def _fail(
    connection: sqlite3.Connection, job: QueuedJob, error: BaseException, retries: RetryPolicy, now: float
) -> None:
    wait = retries.wait_after(job.attempts, error)
    if wait is None:
        changes = "state = 'failed', finished = :now"
    else:
        # The first time that its process dies a job begins again at once: whoever killed it did not mean the job.
        wait = 0.0 if isinstance(error, RunnerDiedError) and job.attempts == 1 else wait
        changes = "state = 'waiting', not_before = :now + :wait"
    changes += f", error = :error, trace = :trace, {NO_OWNER}"
    update(connection, job.id, changes, now=now, wait=wait, error=error_line(error), trace=_trace(error))


def error_line(error: BaseException) -> str:
    """One line for the user: what a TalkFaceError says, or the kind and the words of any other error."""
    words = " ".join(str(error).split())
    if isinstance(error, (TalkFaceError, RunnerDiedError)):
        return words
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _trace(error: BaseException) -> str | None:
    if isinstance(error, (TalkFaceError, RunnerDiedError)):
        return None
    return "".join(traceback.format_exception(error))
