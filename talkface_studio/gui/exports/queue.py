"""The queue as the window has it: what stands in it, and everything that can be done with it, without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Job
from talkface_studio.gui.exports.runner import RunnerThread
from talkface_studio.gui.exports.work import EngineWork, queue_id
from talkface_studio.gui.studio import Studio
from talkface_studio.project.queue.job import ENDED, QueuedJob
from talkface_studio.project.queue.store import FILE_NAME, JobQueue

LOOK_EVERY_MS = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The queue at one moment."""

    revision: int
    held: bool
    jobs: tuple[QueuedJob, ...]


class ExportQueue(QObject):
    """The persistent queue, which other processes may fill and work off too. Jobs that wait are done by the engine.

    Nothing here waits for the disk: changes are made in the background and seen with the next `changed`.
    """

    changed = Signal()
    progressed = Signal(int)
    """The number of the job that the engine said something new of."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._bridge = studio.bridge
        self._path = studio.folders.data / FILE_NAME
        self._store: JobQueue | None = None
        self._opening = Lock()
        self._runner: RunnerThread | None = None
        self._looking = self._again = False
        self.snapshot = Snapshot(-1, False, ())
        self.live: dict[int, Job] = {}
        """What the engine last said of running jobs, by number."""
        self.problem = ""
        """Why the queue cannot be used, empty where it can."""
        self._clock = QTimer(self, interval=LOOK_EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()
        studio.bridge.job_changed.connect(self._heard)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)
        self.look()

    @property
    def jobs(self) -> tuple[QueuedJob, ...]:
        """All jobs, in the order in which they run."""
        return self.snapshot.jobs

    def job(self, job_id: int) -> QueuedJob | None:
        """The job of this number, None where it is not there any more."""
        return next((job for job in self.jobs if job.id == job_id), None)

    def look(self) -> None:
        """See whether anything changed."""
        if self._looking:
            self._again = True
            return
        self._looking = True
        self._bridge.run(partial(_read, self._open, self.snapshot), self._seen, self._unusable, owner=self)

    def add(
        self, requests: Sequence[Mapping[str, Any]], done: Callable[[int], object], failed: Callable[[str], object]
    ) -> None:
        """Put requests (`dubbing.documents.document_of`) at the end, all of them or none.

        Args:
            requests: what to make.
            done: called with how many there are.
            failed: called with what stands in the way, in a line.
        """

        def work() -> int:
            store = self._open()
            added: list[int] = []
            try:
                added.extend(store.add(request).id for request in requests)
            except TalkFaceError:
                store.clear(added)
                raise
            return len(added)

        def ended(count: int) -> None:
            self.look()
            done(count)

        self._bridge.run(work, ended, lambda error: failed(str(error)), owner=self)

    def change(self, act: Callable[[JobQueue], object]) -> None:
        """Do something with the queue; an error becomes a notice."""

        def failed(error: TalkFaceError) -> None:
            self._studio.tell(str(error), "error")
            self.look()

        self._bridge.run(lambda: act(self._open()), lambda _: self.look(), failed, owner=self)

    def pause(self, job_ids: Iterable[int]) -> None:
        """Stop jobs until they are resumed; what is finished of them is kept."""
        chosen = self._of(job_ids, "waiting", "running")
        self.change(lambda store: store.pause(chosen))

    def resume(self, job_ids: Iterable[int]) -> None:
        """Let paused jobs go on."""
        chosen = self._of(job_ids, "paused")
        self.change(lambda store: store.resume(chosen))

    def cancel(self, job_ids: Iterable[int]) -> None:
        """Give up jobs that have not ended."""
        chosen = self._of(job_ids, "waiting", "running", "paused")
        self.change(lambda store: store.cancel(chosen))

    def retry(self, job_ids: Iterable[int]) -> None:
        """Begin jobs again that failed or were cancelled."""
        chosen = self._of(job_ids, "failed", "cancelled")
        self.change(lambda store: store.retry(chosen))

    def forget(self, job_ids: Iterable[int] | None = None) -> None:
        """Take jobs that have ended off the list: these, or all of them."""
        chosen = None if job_ids is None else self._of(job_ids, *ENDED)
        self.change(lambda store: store.clear(chosen))

    def move(self, job_id: int, by: int) -> None:
        """Move a job one place up (-1) or down (1)."""
        ids = [job.id for job in self.jobs]
        if job_id not in ids:
            return
        place = ids.index(job_id)
        # `move` puts a job before another one: down is before the one after the next.
        target = place + by if by < 0 else place + by + 1
        if target < 0 or place + by >= len(ids):
            return
        before = ids[target] if target < len(ids) else None
        self.change(lambda store: store.move(job_id, before=before))

    def hold(self, held: bool) -> None:
        """Pause the whole queue, or let it go on."""
        self.change(lambda store: store.hold() if held else store.go_on())

    def close(self) -> None:
        """Give the running job back to the queue and close its file."""
        self._clock.stop()
        if self._runner is not None:
            self._runner.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _of(self, job_ids: Iterable[int], *states: str) -> list[int]:
        wanted = set(job_ids)
        return [job.id for job in self.jobs if job.id in wanted and job.state in states]

    def _open(self) -> JobQueue:
        """The queue's file. Called in the background, where two may want it at once."""
        with self._opening:
            if self._store is None:
                self._store = JobQueue(self._path)
            return self._store

    def _seen(self, snapshot: Snapshot) -> None:
        self._looked()
        known = self.snapshot
        if self.problem or snapshot.revision != known.revision:
            self.problem, self.snapshot = "", snapshot
            running = {job.id for job in snapshot.jobs if job.state == "running"}
            self.live = {number: job for number, job in self.live.items() if number in running}
            self.changed.emit()
        if not snapshot.held and any(job.state == "waiting" for job in snapshot.jobs) and self._store is not None:
            self._runner = self._runner or RunnerThread(self._store, EngineWork(self._studio.engine))
            self._runner.start()

    def _unusable(self, error: TalkFaceError) -> None:
        self._looked()
        if self.problem != str(error):
            self.problem = str(error)
            self.changed.emit()

    def _looked(self) -> None:
        self._looking = False
        if self._again:
            self._again = False
            self.look()

    def _heard(self, job: Job) -> None:
        number = queue_id(job.job)
        if number is not None:
            self.live[number] = job
            self.progressed.emit(number)


def _read(open_store: Callable[[], JobQueue], known: Snapshot) -> Snapshot:
    store = open_store()
    revision = store.revision()
    return known if revision == known.revision else Snapshot(revision, store.held(), tuple(store.jobs()))
