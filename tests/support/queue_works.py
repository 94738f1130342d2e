"""Work for queues that takes no engine: it writes down who did what, and may fail, wait or die on request."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talkface_studio.api.errors import JobCancelledError, MediaError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.request import Progress
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.leases import claim
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.runner import JobWork
from talkface_studio.project.queue.store import JobQueue
from talkface_studio.project.queue.workers import run_workers


def do(job: QueuedJob, *, progress: Callable[[Progress], None], cancel: Cancel) -> Mapping[str, Any]:
    """Does what `job.request["does"]` says, beside its output: `.log` holds a line for each begin and end.

    "stay" lasts until it is cancelled, or until a file `.go` appears; "die" kills the process, the first time only.
    """
    output, does = Path(job.output), job.request.get("does", "")
    log = output.with_suffix(".log")
    _append(log, f"begin {os.getpid()}")
    progress(Progress(1, 2, 0.1))
    if does == "bad":
        raise MediaError(f"{output}: bad input")
    if does == "passing" and job.attempts < 3:
        raise ConnectionResetError(104, "the drive is gone")
    if does == "bug":
        raise RuntimeError("a\nbug")
    if does == "die" and job.attempts == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if does == "die always":
        os.kill(os.getpid(), signal.SIGKILL)
    while does == "stay" and not output.with_suffix(".go").exists():
        if cancel.cancelled:
            raise JobCancelledError("cancelled")
        time.sleep(0.01)
    _append(log, f"end {os.getpid()}")
    return {"output": str(output)}


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(line + "\n")


@dataclass(frozen=True)
class Source:
    """The work above, in another process."""

    broken: bool = False

    def open(self) -> JobWork:
        if self.broken:
            os.kill(os.getpid(), signal.SIGKILL)
        return do


def hammer(path: Path, number: int, jobs: int) -> None:
    """Add jobs and do all there are, while others do the same."""
    me = ProcessIdentity.current()
    with JobQueue(path) as queue:
        for index in range(jobs):
            queue.add({"output": f"/{number}-{index}"})
            while lease := claim(queue, me):
                lease.renew(1, 2)
                with (path.parent / f"done-{number}").open("a") as file:
                    file.write(f"{lease.job.output}\n")
                lease.complete({})


def parent(path: Path) -> None:
    """Run a worker until this process is killed."""
    with JobQueue(path) as queue:
        run_workers(queue, Source(), count=1)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for another thread or process."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
