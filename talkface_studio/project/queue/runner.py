"""Does the jobs of a queue one after another, in the thread that calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from talkface_studio.api.errors import JobCancelledError, ProjectError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.project.queue.job import QueuedJob, Wish
from talkface_studio.project.queue.leases import Lease, LeaseLostError, claim
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.store import JobQueue

if TYPE_CHECKING:
    from talkface_studio.dubbing.request import Progress

HEARTBEAT_SECONDS = 1.0
POLL_SECONDS = 0.25
"""How often a runner with nothing to do looks at the queue, which other processes fill."""


class JobWork(Protocol):
    """Does one job."""

    def __call__(self, job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
        """Do `job.request` and give its account, as JSON.

        Raises:
            JobCancelledError: `cancel` was used.
            TalkFaceError: the user has to change something; the job is not tried again.
            Exception: anything else; it is tried again where `retry.is_passing` says so.
        """


class WorkSource(Protocol):
    """Makes the work of jobs where it is done, in another process or on another machine; it can be pickled."""

    def open(self) -> JobWork:
        """The work, ready: what takes long to load is loaded.

        Raises:
            TalkFaceError: it cannot be done here.
        """


class Runner:
    """Takes jobs and does them. Several runners, in threads or processes, may share a queue."""

    def __init__(self, queue: JobQueue, work: JobWork, *, batch: str | None = None) -> None:
        """A runner of all jobs, or of those of one batch. `work` is called for one job at a time."""
        self._queue = queue
        self._work = work
        self._batch = batch
        self._owner = ProcessIdentity.current()
        self._stopping = threading.Event()
        self._heart: Heart | None = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End soon; the job under way goes back to waiting. For any thread, but not for a signal handler."""
        self._stopping.set()
        with self._lock:
            if self._heart is not None:
                self._heart.ask("release")

    def run(self, *, forever: bool = False) -> None:
        """Do jobs until none waits or runs, or the queue is held; with `forever`, until `stop` is called.

        Jobs of other runners count, so that one whose process dies is not left over.

        Raises:
            ProjectError: the queue cannot be used.
        """
        while not self._stopping.is_set():
            if not self.run_one():
                if not forever and not self._queue.left(batch=self._batch):
                    return
                self._stopping.wait(POLL_SECONDS)

    def run_one(self) -> bool:
        """Do one job; False when there is none that may begin now.

        Raises:
            ProjectError: the queue cannot be used.
        """
        lease = claim(self._queue, self._owner, batch=self._batch)
        if lease is None:
            return False
        with suppress(LeaseLostError):
            self._do(lease)
        return True

    def _do(self, lease: Lease) -> None:
        heart = Heart(lease)
        try:
            with heart:
                self._listen(heart)
                result = self._work(lease.job, progress=heart.progress, cancel=heart.cancel)
        except JobCancelledError as error:
            if heart.wish is None:
                lease.fail(error)
            else:
                lease.give_back(heart.wish)
        except Exception as error:  # noqa: BLE001 - a failing job must not end the runner; the queue keeps the traceback
            lease.fail(error)
        except BaseException:
            lease.give_back()
            raise
        else:
            lease.complete(result)
        finally:
            self._listen(None)

    def _listen(self, heart: Heart | None) -> None:
        with self._lock:
            self._heart = heart
        if heart is not None and self._stopping.is_set():
            heart.ask("release")


class Heart:
    """While a job is done: renews its lease, tells its progress, and passes on what the user wishes. A context."""

    def __init__(self, lease: Lease) -> None:
        self.cancel = Cancel()
        self.wish: Wish | None = None
        """Why `cancel` was used."""
        self._lease = lease
        self._done = self._total = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{lease.job.id}", daemon=True)

    def progress(self, progress: Progress) -> None:
        """Take note of how far the job is."""
        self._done, self._total = progress.done, progress.total

    def ask(self, wish: Wish) -> None:
        """Stop the job."""
        if self.wish is None:
            self.wish = wish
            self.cancel.cancel()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            try:
                wish = self._lease.renew(self._done, self._total)
            except LeaseLostError:
                wish = "release"
            except ProjectError:
                continue  # a queue that cannot be reached for a moment is no reason to lose the job
            if wish is not None:
                self.ask(wish)
