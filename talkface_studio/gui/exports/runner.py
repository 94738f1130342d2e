"""The thread in which jobs of the queue are done while the window is open."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.exports.work import EngineClosed
from talkface_studio.project.queue.runner import JobWork, Runner
from talkface_studio.project.queue.store import JobQueue


class RunnerThread:
    """Does jobs until none is left; started again for new ones. An idle queue costs nothing."""

    def __init__(self, queue: JobQueue, work: JobWork) -> None:
        self._queue, self._work = queue, work
        self._runner: Runner | None = None
        self._thread: Thread | None = None
        self._closed = False

    def start(self) -> None:
        """See to it that waiting jobs are done; calling it again while that is so does nothing."""
        if self._closed or (self._thread is not None and self._thread.is_alive()):
            return
        self._runner = Runner(self._queue, self._work)
        self._thread = Thread(target=_run, args=(self._runner,), name="export-queue", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        """Stop: the job under way goes back to waiting. Waits until it has, at most `timeout` seconds."""
        self._closed = True
        if self._runner is not None and self._thread is not None:
            self._runner.stop()
            self._thread.join(timeout)


def _run(runner: Runner) -> None:
    # A queue that cannot be used is seen, and said, by whoever shows it.
    with suppress(EngineClosed, ProjectError):
        runner.run()
