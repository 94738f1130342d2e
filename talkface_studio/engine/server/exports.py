"""The exports of an engine: in turn, with progress, pause and cancel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Condition, Lock
from typing import TYPE_CHECKING

from talkface_studio.api.errors import ExportError, JobCancelledError, TalkFaceError
from talkface_studio.engine.protocol.questions import Content, DubDocument, Job
from talkface_studio.engine.server.lanes import Lane, Task
from talkface_studio.engine.server.studio import Studio

if TYPE_CHECKING:
    from talkface_studio.dubbing.channel import Cancel
    from talkface_studio.dubbing.request import DubRequest, Progress

EVENT_EVERY = 0.1
"""Least seconds between two events about the progress of one job."""
ENDED = frozenset({"finished", "failed", "cancelled"})

_log = logging.getLogger(__name__)


class Exports:
    """Runs exports, `parallel` at a time. `tell` is called with every change of a job, from the job's thread."""

    def __init__(self, studio: Studio, tell: Callable[[Job], None], parallel: int = 1) -> None:
        self._studio, self._tell = studio, tell
        self._lane = Lane("export", parallel)
        self._jobs: dict[str, _Export] = {}
        self._lock = Lock()

    def start(self, name: str, document: DubDocument) -> None:
        """Put an export in the queue. The name of one that has ended may be used again.

        Raises:
            TalkFaceError: the document is no request of a dub.
            ExportError: a job of this name waits or runs.
        """
        from talkface_studio.engine.server.documents import request_of

        request = request_of(document)
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.job.state not in ENDED:
                raise ExportError(f"a job named {name} is {known.job.state}; cancel it first, or choose another name")
            export = _Export(name, request, self._studio, self._tell)
            self._jobs[name] = export
        export.change(state="waiting")
        self._lane.put(name, Task(0, export.run, export.drop))

    def cancel(self, name: str) -> None:
        """Stop a job, or take it out of the queue. One that has ended stays as it is.

        Raises:
            ExportError: there is no such job.
        """
        self._job(name).cancel()

    def pause(self, name: str, paused: bool) -> None:
        """Hold a job or let it go on. A job that waits is held when its turn comes.

        Raises:
            ExportError: there is no such job.
        """
        self._job(name).pause(paused)

    def jobs(self) -> tuple[Job, ...]:
        """All jobs, in the order in which they were given."""
        with self._lock:
            return tuple(export.job for export in self._jobs.values())

    def close(self, timeout: float) -> None:
        """Cancel all jobs and wait until they have cleaned up, for at most `timeout` seconds."""
        self._lane.close()
        end = time.monotonic() + timeout
        with self._lock:
            exports = list(self._jobs.values())
        for export in exports:
            export.cancel()
        for export in exports:
            export.join(max(end - time.monotonic(), 0.0))

    def _job(self, name: str) -> _Export:
        with self._lock:
            if name not in self._jobs:
                raise ExportError(f"there is no job named {name}")
            return self._jobs[name]


class _Export:
    def __init__(self, name: str, request: DubRequest, studio: Studio, tell: Callable[[Job], None]) -> None:
        self.job = Job(job=name, state="waiting")
        self._request, self._studio, self._tell_all = request, studio, tell
        self._condition = Condition()
        self._paused = self._cancelled = False
        self._cancel: Cancel | None = None
        self._told = self._began = self._held = 0.0

    def run(self) -> None:
        from talkface_studio.dubbing.channel import Cancel
        from talkface_studio.dubbing.dub import dub

        with self._condition:
            if self._cancelled:
                return
            self._cancel = Cancel()
        self.change(state="running")
        studio = self._studio
        try:
            done = dub(self._request, studio.catalog, studio.folders, progress=self._progress, cancel=self._cancel)
            result: Content = done.to_dict()
            self.change(state="finished", done=done.frames, total=done.frames, seconds_left=0.0, result=result)
        except JobCancelledError as error:
            self.change(state="cancelled", kind=type(error).__name__, message=str(error))
        except TalkFaceError as error:
            self.change(state="failed", kind=type(error).__name__, message=" ".join(str(error).split()))
        except Exception as error:  # noqa: BLE001 - a bug in one job must not take the others
            _log.exception("job %s failed", self.job.job)
            message = " ".join(f"{type(error).__name__}: {error}".split())
            self.change(
                state="failed", kind="EngineError", message=f"a bug stopped the job; the log has more: {message}"
            )

    def drop(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        with self._condition:
            self._cancelled = True
            cancel = self._cancel
            self._condition.notify_all()
        if cancel is not None:
            cancel.cancel()
        elif self.job.state not in ENDED:
            self.change(state="cancelled", kind=JobCancelledError.__name__, message="cancelled before it began")

    def pause(self, paused: bool) -> None:
        with self._condition:
            self._paused = paused
            self._condition.notify_all()

    def join(self, timeout: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.job.state in ENDED, timeout)

    def change(self, **values: object) -> None:
        with self._condition:
            self.job = replace(self.job, **values)  # type: ignore[arg-type]
            self._condition.notify_all()
        self._tell_all(self.job)

    def _progress(self, progress: Progress) -> None:
        """Called by the last stage after each frame: while it is held here, the stages before it wait too."""
        now = time.monotonic()
        if not self._began:
            self._began = now
        with self._condition:
            held = self._paused and not self._cancelled
        if held:
            self.change(state="paused", seconds_left=None)
            with self._condition:
                self._condition.wait_for(lambda: self._cancelled or not self._paused)
            self._held += time.monotonic() - now
            self.change(state="running")
        if now - self._told >= EVENT_EVERY or progress.done >= progress.total:
            self._told = now
            worked = max(time.monotonic() - self._began - self._held, 1e-6)
            fps = (progress.done - 1) / worked if progress.done > 1 else 0.0
            left = (progress.total - progress.done) / fps if fps else None
            self.change(done=progress.done, total=progress.total, fps=fps, seconds_left=left)
