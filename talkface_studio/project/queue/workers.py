"""Warm worker processes that share a queue: what is slow to load is loaded once in each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.queue.retry import RetryPolicy
from talkface_studio.project.queue.runner import Runner, WorkSource
from talkface_studio.project.queue.store import JobQueue

WATCH_SECONDS = 0.25
THREADS_VARIABLE = "OMP_NUM_THREADS"


def default_workers() -> int:
    """How many dubs run at once if nobody says: half of the cores, because a dub keeps more than one busy."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, count // 2)


def run_workers(
    queue: JobQueue,
    source: WorkSource,
    *,
    count: int,
    batch: str | None = None,
    watch: Callable[[], None] | None = None,
) -> None:
    """Do the jobs of the queue, or of one batch, in `count` processes, until none waits or runs or the queue is held.

    A process that dies is replaced; its job is tried again. `watch` is called now and then. When this call ends with
    an error, Ctrl-C included, the jobs under way go back to waiting.

    Raises:
        ProjectError: the queue cannot be used, or processes die before they begin a job.
    """
    workers = [_Worker(queue, source, batch, count) for _ in range(min(count, queue.left(batch=batch)))]
    replacements = _Replacements(queue)
    try:
        while workers:
            wait([worker.process.sentinel for worker in workers], timeout=WATCH_SECONDS)
            if watch is not None:
                watch()
            ended = [worker for worker in workers if not worker.process.is_alive()]
            workers = [worker for worker in workers if worker not in ended]
            crashed = sum(worker.process.exitcode != 0 for worker in ended)
            if crashed and queue.left(batch=batch):
                replacements.check(crashed)
                workers += [_Worker(queue, source, batch, count) for _ in range(crashed)]
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.process.join()


class _Replacements:
    """Sees to it that processes which cannot even start are not started for ever."""

    LIMIT = 3

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._in_vain = 0
        self._revision = queue.revision()

    def check(self, crashed: int) -> None:
        revision = self._queue.revision()
        self._in_vain = self._in_vain + crashed if revision == self._revision else 0
        self._revision = revision
        if self._in_vain >= self.LIMIT:
            raise ProjectError("worker processes end before they begin a job; see the lines above, and talkface doctor")


class _Worker:
    """A process that runs jobs until it is stopped; it stops too when this process is gone."""

    def __init__(self, queue: JobQueue, source: WorkSource, batch: str | None, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        threads = max(1, (os.cpu_count() or 1) // count)
        self.process: SpawnProcess = context.Process(
            target=_work,
            kwargs={
                "path": queue.path,
                "retries": queue.retries,
                "source": source,
                "batch": batch,
                "line": theirs,
                "threads": threads,
            },
            name="talkface-worker",
        )
        self.process.start()
        theirs.close()

    def stop(self) -> None:
        """Ask it to end; its job goes back to waiting."""
        with suppress(OSError):
            self._line.close()


def _work(
    *, path: Path, retries: RetryPolicy, source: WorkSource, batch: str | None, line: Connection, threads: int
) -> None:
    # Ctrl-C reaches every process of a terminal; the parent decides what it means and closes the line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault(THREADS_VARIABLE, str(threads))
    with JobQueue(path, retries=retries) as queue:
        runner = Runner(queue, source.open(), batch=batch)
        threading.Thread(target=_stop_at_end_of, args=(line, runner), daemon=True).start()
        runner.run()


def _stop_at_end_of(line: Connection, runner: Runner) -> None:
    with suppress(EOFError, OSError):
        line.recv()
    runner.stop()
