"""What a client knows of its exports, so that they outlive the engine that runs them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from threading import Lock

from talkface_studio.api.errors import EngineError, ExportError
from talkface_studio.engine.protocol.questions import DubDocument, Job, StartJob

RUNNING = frozenset({"waiting", "running", "paused"})
"""States of a job that has not ended."""


class JobBook:
    """The exports that were asked for, by name, and what was last heard of each. Thread-safe."""

    def __init__(self) -> None:
        self._questions: dict[str, StartJob] = {}
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def jobs(self) -> Mapping[str, Job]:
        """All of them."""
        with self._lock:
            return dict(self._jobs)

    def asked(self, question: StartJob) -> None:
        """Note that an export is asked for. One of this name that has not ended stays noted as it is."""
        with self._lock:
            known = self._jobs.get(question.job)
            if known is None or known.state not in RUNNING:
                self._questions[question.job] = question
                self._jobs[question.job] = Job(job=question.job, state="waiting")

    def heard(self, job: Job) -> None:
        """Note what the engine says of a job."""
        with self._lock:
            if job.job in self._jobs:
                self._jobs[job.job] = job

    def refused(self, question: StartJob, kind: str, message: str) -> Job | None:
        """Note that the engine did not take a job; None where that was because it has it."""
        with self._lock:
            if self._questions.get(question.job) is not question:
                return None
            self._jobs[question.job] = job = Job(job=question.job, state="failed", kind=kind, message=message)
            return job

    def interrupt(self, reason: str, unsent: Container[str]) -> list[Job]:
        """Note that the engine is gone, and with it all jobs that have not ended, but for those it never got."""
        with self._lock:
            gone = [
                replace(job, state="interrupted", kind=EngineError.__name__, message=f"{reason}; it can be resumed")
                for name, job in self._jobs.items()
                if job.state in RUNNING and name not in unsent
            ]
            self._jobs.update((job.job, job) for job in gone)
            return gone

    def dub(self, name: str) -> DubDocument:
        """What a job was started to make; empty where there is no such job."""
        with self._lock:
            return self._questions[name].dub if name in self._questions else {}

    def question(self, name: str) -> StartJob:
        """What a job that has ended was started with.

        Raises:
            ExportError: there is no such job, or it has not ended.
        """
        with self._lock:
            if name not in self._jobs:
                raise ExportError(f"there is no job named {name}")
            if self._jobs[name].state in RUNNING:
                raise ExportError(f"the job {name} is {self._jobs[name].state}")
            return self._questions[name]
