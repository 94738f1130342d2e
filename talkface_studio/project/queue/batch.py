"""Many dubs as one: rows that become jobs, only where something is missing or changed, and a report of all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.documents import document_of, map_paths
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.project.queue.job import QueuedJob, State
from talkface_studio.project.queue.store import JobQueue
from talkface_studio.project.storage.fingerprint import fingerprint
from talkface_studio.project.storage.json_file import read_json, write_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One dub of a plan, or why it is none."""

    name: str
    """How messages name it."""
    request: DubRequest | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a row; a row of the report."""

    row: str
    state: State
    output: str | None = None
    made: Literal["now", "before"] | None = None
    """Whether a finished file was made by this run or an earlier one."""
    error: str | None = None
    job: int | None = None
    attempts: int = 0
    fingerprint: str | None = None
    result: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Tracked:
    row: Row
    error: str | None = None
    job: int | None = None
    before: Outcome | None = None
    output: str | None = None
    fingerprint: str | None = None


@dataclass(slots=True)
class Batch:
    """The rows of one plan in a queue."""

    queue: JobQueue
    name: str
    """Of the batch in the queue: the absolute path of its plan."""
    report: Path
    """Where the report is written, and what is known of earlier runs."""
    _rows: list[_Tracked] = field(default_factory=list)

    def enqueue(self, rows: Sequence[Row]) -> None:
        """Queue every row whose file is missing, failed, or was made from other inputs, and no other rows.

        Raises:
            ProjectError: the queue cannot be used.
        """
        known = {job.output: job for job in self.queue.jobs(batch=self.name)}
        before = {str(outcome.output): outcome for outcome in read_report(self.report)}
        taken: dict[str, str] = {}
        for row in rows:
            tracked = _Tracked(row, row.error)
            self._rows.append(tracked)
            if row.request is None:
                continue
            document = document_of(row.request)
            output = tracked.output = str(document["output"])
            tracked.fingerprint = row_fingerprint(row.request)
            if output in taken:
                tracked.error = f"{output}: {taken[output]} makes this file already; give it another output"
                continue
            taken[output] = row.name
            self._enqueue(tracked, document, known.get(output), before.get(output))
        gone = [job.id for output, job in known.items() if output not in taken and job.state in {"waiting", "paused"}]
        # One that has begun meanwhile goes on.
        with suppress(ProjectError):
            self.queue.clear(gone)

    def _enqueue(
        self, tracked: _Tracked, document: Mapping[str, Any], job: QueuedJob | None, before: Outcome | None
    ) -> None:
        made = before if job is None else _outcome(tracked, job)
        if made is not None and self._is_current(made, tracked):
            tracked.before = made
            return
        try:
            if job is None:
                job = self.queue.add(document, batch=self.name, fingerprint=tracked.fingerprint)
            elif job.fingerprint != tracked.fingerprint or job.state not in {"waiting", "running"}:
                self.queue.replace(job.id, document, tracked.fingerprint)
            tracked.job = job.id
        except ProjectError as error:
            tracked.error = str(error)

    @staticmethod
    def _is_current(made: Outcome, tracked: _Tracked) -> bool:
        same = made.state == "done" and made.fingerprint == tracked.fingerprint
        return same and Path(str(tracked.output)).is_file()

    def outcomes(self) -> list[Outcome]:
        """What became of every row so far, in the plan's order.

        Raises:
            ProjectError: the queue cannot be used.
        """
        jobs = {job.id: job for job in self.queue.jobs(batch=self.name)}
        return list(self._outcomes(jobs))

    def _outcomes(self, jobs: Mapping[int, QueuedJob]) -> Iterator[Outcome]:
        for tracked in self._rows:
            values: dict[str, Any] = {"output": tracked.output, "fingerprint": tracked.fingerprint}
            if tracked.error is not None:
                yield Outcome(row=tracked.row.name, state="failed", error=tracked.error, **values)
            elif tracked.before is not None:
                attempts, result = tracked.before.attempts, tracked.before.result
                values |= {"made": "before", "attempts": attempts, "result": result, "job": tracked.before.job}
                yield Outcome(row=tracked.row.name, state="done", **values)
            elif (job := jobs.get(tracked.job or 0)) is not None:
                yield _outcome(tracked, job)
            else:
                yield Outcome(row=tracked.row.name, state="cancelled", error="was taken out of the queue", **values)

    def write_report(self, outcomes: Sequence[Outcome]) -> None:
        """Write the report as JSON, whole or not at all.

        Raises:
            ProjectError: it cannot be written.
        """
        write_json(self.report, report_document(self.name, outcomes))


def report_document(name: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The report as `talkface batch --json` prints it."""
    states = [outcome.state for outcome in outcomes]
    counts: dict[str, int] = {state: states.count(state) for state in dict.fromkeys(states)}
    return {"batch": name, "counts": counts, "rows": [asdict(outcome) for outcome in outcomes]}


def read_report(path: Path) -> list[Outcome]:
    """The rows of an earlier report; none where there is no readable one."""
    with suppress(TypeError):
        return [Outcome(**row) for row in read_json(path).get("rows", ())]
    return []


def row_fingerprint(request: DubRequest) -> str:
    """Changes with every setting of a request, and with what its input files hold."""
    digest = hashlib.blake2b(json.dumps(document_of(request), sort_keys=True).encode(), digest_size=16)
    paths: list[Path] = []

    def note(path: Path) -> Path:
        paths.append(path)
        return path

    map_paths(request, note)
    for path in paths:
        # A file that is missing fails when its job runs, which says it better.
        with suppress(OSError):
            if path != request.output:
                found = fingerprint(path)
                digest.update(f"{path} {found.size} {found.digest}".encode())
    return digest.hexdigest()


def _outcome(tracked: _Tracked, job: QueuedJob) -> Outcome:
    return Outcome(
        row=tracked.row.name,
        state=job.state,
        output=job.output,
        made="now" if job.state == "done" else None,
        error=job.error,
        job=job.id,
        attempts=job.attempts,
        fingerprint=job.fingerprint,
        result=job.result,
    )
