"""Many processes on one queue: nothing twice, nothing lost, whatever dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import queue_works
from queue_works import hammer, parent, until
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.leases import recover
from talkface_studio.project.queue.retry import RetryPolicy
from talkface_studio.project.queue.store import JobQueue
from talkface_studio.project.queue.workers import run_workers

Add = Callable[..., QueuedJob]
Log = Callable[[str], list[str]]
CONTEXT = multiprocessing.get_context("spawn")


def test_processes_that_hammer_one_queue_do_every_job_once(path: Path) -> None:
    processes = [CONTEXT.Process(target=hammer, args=(path, number, 25)) for number in range(4)]
    for process in processes:  # the file is made by all of them at once, too
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    lines = [line for file in path.parent.glob("done-*") for line in file.read_text().splitlines()]
    assert sorted(lines) == sorted(f"/{number}-{index}" for number in range(4) for index in range(25))
    with JobQueue(path) as queue:
        assert {job.state for job in queue.jobs()} == {"done"}


def test_a_killed_worker_is_replaced_and_its_job_done(queue: JobQueue, add: Add, log: Log) -> None:
    for name in "abcd":
        add(name, "die" if name == "b" else "")
    hopeless = add("e", "die always")
    queue.retries = RetryPolicy(attempts=2, first_wait=0.01)
    run_workers(queue, queue_works.Source(), count=2)
    jobs = queue.jobs()
    assert [job.state for job in jobs] == ["done"] * 4 + ["failed"]
    assert log("b") == ["begin", "begin", "end"]
    assert [log(name) for name in "acd"] == [["begin", "end"]] * 3
    assert "ended without a word" in str(queue.job(hopeless.id).error)
    assert log("e") == ["begin"] * 2


def test_workers_stop_when_the_call_ends(queue: JobQueue, add: Add) -> None:
    job = add("a", "stay")

    def interrupt() -> None:
        if queue.job(job.id).state == "running":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_workers(queue, queue_works.Source(), count=1, watch=interrupt)
    assert (queue.job(job.id).state, queue.job(job.id).attempts) == ("waiting", 0)
    assert not [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def test_workers_end_when_their_parent_is_killed(queue: JobQueue, path: Path, add: Add, tmp_path: Path) -> None:
    job = add("a", "stay")
    process = CONTEXT.Process(target=parent, args=(path,))
    process.start()
    log = tmp_path / "a.log"
    until(lambda: log.exists() and "begin" in log.read_text())
    worker = psutil.Process(int(log.read_text().split()[1]))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    psutil.wait_procs([worker], timeout=30)
    assert not worker.is_running()
    recover(queue)
    assert queue.job(job.id).state == "waiting"


def test_workers_that_cannot_start_are_not_started_for_ever(queue: JobQueue, add: Add) -> None:
    add("a")
    with pytest.raises(ProjectError, match="end before they begin a job"):
        run_workers(queue, queue_works.Source(broken=True), count=2)
