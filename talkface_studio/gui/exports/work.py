"""Jobs of the queue, done by the engine. This file and `runner` know no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from talkface_studio.api.errors import EngineError, JobCancelledError, TalkFaceError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.request import Progress
from talkface_studio.engine.client.client import EngineClient, Event
from talkface_studio.engine.protocol.questions import CancelJob, Done, Job, Question, StartJob
from talkface_studio.project.queue.job import QueuedJob

LIVES = 3
"""Engines that may end by themselves while one job is done, before the job is given up."""
_ENDED = frozenset({"finished", "failed", "cancelled", "interrupted"})
_PREFIX = "queue-"


class EngineClosed(BaseException):
    """The program ends: the job goes back to the queue, as it does when a process is told to end."""


@dataclass(frozen=True, slots=True)
class EngineWork:
    """The work of jobs (`project.queue.runner.JobWork`). An engine that ends is replaced, and its job begun again."""

    engine: EngineClient

    def __call__(self, job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
        """Have the engine do a job, and give its account.

        Raises:
            JobCancelledError: `cancel` was used.
            TalkFaceError: what the engine says is wrong.
            EngineClosed: the engine was closed, because the program ends.
        """
        name = engine_name(job.id)
        heard: SimpleQueue[Job] = SimpleQueue()

        def listen(event: Event) -> None:
            if isinstance(event, Job) and event.job == name:
                progress(Progress(event.done, event.total, 0.0))
                if event.state in _ENDED:
                    heard.put(event)

        def stop() -> None:
            self.engine.ask(CancelJob(job=name))

        stop_listening = self.engine.listen(listen)
        cancel.on_cancel(stop)
        try:
            self._ask(StartJob(job=name, dub=dict(job.request)))
            for _ in range(LIVES):
                ended = heard.get()
                if ended.state != "interrupted":
                    return _account(ended, cancel)
                if cancel.cancelled:
                    break
                self._ask(StartJob(job=name, dub=dict(job.request)))
                if cancel.cancelled:
                    # The engine that the wish went to may have been the one that is gone.
                    stop()
        finally:
            stop_listening()
        if cancel.cancelled:
            raise JobCancelledError(f"{job.output}: cancelled")
        raise EngineError(f"{job.output}: the engine ended {LIVES} times while it made this; see Diagnostics")

    def _ask(self, question: Question[Done]) -> None:
        """Ask for what is heard of later; what is refused at once is raised."""
        future = self.engine.ask(question)
        error = future.exception() if future.done() and not future.cancelled() else None
        if isinstance(error, EngineError) and self.engine.state.state != "failed":
            raise EngineClosed
        if error is not None:
            raise error


def engine_name(job_id: int) -> str:
    """What a job of the queue is called in the engine."""
    return f"{_PREFIX}{job_id}"


def queue_id(name: str) -> int | None:
    """The number of the job that the engine calls so; None for what is not of the queue."""
    number = name.removeprefix(_PREFIX)
    return int(number) if name.startswith(_PREFIX) and number.isdecimal() else None


def _account(ended: Job, cancel: Cancel) -> Mapping[str, Any]:
    if ended.state == "finished":
        return ended.result or {}
    if cancel.cancelled or ended.state == "cancelled":
        raise JobCancelledError(ended.message)
    raise TalkFaceError(ended.message)
