"""Jobs of a queue on the workers of a dask.distributed scheduler.

The queue stays where this process is; only requests travel, so all machines need the same files under the same paths.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from distributed import Client, Event, KilledWorker, Worker, WorkerPlugin, get_client, get_worker

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.request import Progress
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.retry import RunnerDiedError
from talkface_studio.project.queue.runner import JobWork, Runner, WorkSource
from talkface_studio.project.queue.store import JobQueue
from talkface_studio.project.queue.workers import WATCH_SECONDS

WAIT_FOR_WORKERS = 30.0
"""Seconds until a cluster without workers is given up."""
PROGRESS_SECONDS = 1.0
"""Between two messages of one job."""


def run_on_cluster(
    queue: JobQueue,
    source: WorkSource,
    address: str,
    *,
    count: int | None = None,
    batch: str | None = None,
    watch: Callable[[], None] | None = None,
) -> None:
    """As `workers.run_workers`, on a cluster; `count` jobs at a time, by default one for each of its workers.

    A job whose worker dies goes to another one.

    Raises:
        ProjectError: there is no scheduler at `address`, it has no workers, or the queue cannot be used.
    """
    with _connected(address) as client:
        work = _RemoteWork(client, source)
        try:
            _run(queue, work, count or len(client.nthreads()), batch, watch)
        finally:
            work.close()


def _connected(address: str) -> Client:
    try:
        client = Client(address, timeout=WAIT_FOR_WORKERS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ProjectError(f"{address}: no dask scheduler answers there ({error}); start one, or check it") from error
    try:
        client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS)
    except (TimeoutError, OSError) as error:
        client.close()
        raise ProjectError(f"{address}: the dask scheduler has no workers; start some") from error
    return client


def _run(queue: JobQueue, work: JobWork, count: int, batch: str | None, watch: Callable[[], None] | None) -> None:
    runners = [Runner(queue, work, batch=batch) for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(count, thread_name_prefix="cluster") as threads:
        running = {threads.submit(runner.run) for runner in runners}
        try:
            while running:
                ended, running = concurrent.futures.wait(running, WATCH_SECONDS, concurrent.futures.FIRST_COMPLETED)
                for future in ended:
                    future.result()
                if watch is not None:
                    watch()
        finally:
            for runner in runners:
                runner.stop()


class _RemoteWork:
    """The work of a runner here, done by a worker there."""

    def __init__(self, client: Client, source: WorkSource) -> None:
        self._client = client
        self._name = f"talkface-{secrets.token_hex(4)}"
        self._listeners: dict[str, Callable[[Progress], None]] = {}
        client.register_plugin(_WarmWork(source), name=self._name)
        client.subscribe_topic(self._name, self._hear)

    def close(self) -> None:
        """Take back what the cluster holds for this run."""
        with suppress(OSError, ValueError):
            self._client.unsubscribe_topic(self._name)
            self._client.unregister_worker_plugin(self._name)

    def __call__(self, job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
        key = f"{self._name}-{job.id}-{secrets.token_hex(4)}"
        self._listeners[key] = progress
        stop = Event(key, client=self._client)
        cancel.on_cancel(stop.set)
        try:
            future = self._client.submit(_do_there, job, self._name, key, key=key, pure=False)
            result: Mapping[str, Any] = future.result()
        except (KilledWorker, asyncio.CancelledError, concurrent.futures.CancelledError) as error:
            raise RunnerDiedError(f"the cluster gave it up: {error}") from error
        finally:
            del self._listeners[key]
        return result

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        message = event[1]
        listener = self._listeners.get(message["key"])
        if listener is not None:
            listener(Progress(message["done"], message["total"], message["seconds"]))


class _WarmWork(WorkerPlugin):
    """Keeps the work ready in a worker process, and lets it do one job at a time."""

    def __init__(self, source: WorkSource) -> None:
        self._source = source
        self._work: JobWork | None = None
        self._lock: threading.Lock | None = None

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - dask's signature
        self._lock = threading.Lock()

    def do(self, job: QueuedJob, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
        if self._lock is None:
            raise RuntimeError("the plugin was not set up")
        with self._lock:
            self._work = self._work or self._source.open()
            return self._work(job, progress=progress, cancel=cancel)


def _do_there(job: QueuedJob, name: str, key: str) -> Mapping[str, Any]:
    worker = get_worker()
    warm = cast("_WarmWork", worker.plugins[name])
    ended, cancel, stop = threading.Event(), Cancel(), Event(key, client=get_client())
    last = -PROGRESS_SECONDS

    def tell(progress: Progress) -> None:
        nonlocal last
        if progress.seconds - last >= PROGRESS_SECONDS:
            last = progress.seconds
            message = {"key": key, "done": progress.done, "total": progress.total, "seconds": progress.seconds}
            worker.log_event(name, message)

    def listen() -> None:
        with suppress(OSError, RuntimeError):  # the worker ends
            while not ended.is_set():
                if stop.wait(timeout=PROGRESS_SECONDS):
                    cancel.cancel()
                    return

    threading.Thread(target=listen, daemon=True).start()
    try:
        result: Mapping[str, Any] = warm.do(job, tell, cancel)
    finally:
        ended.set()
    return result
