"""Jobs on a cluster of two worker processes, and what happens when one of them is killed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster

import queue_works
from queue_works import until
from talkface_studio.api.errors import ProjectError
from talkface_studio.project.queue import cluster as cluster_module
from talkface_studio.project.queue.cluster import run_on_cluster
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.store import JobQueue

Add = Callable[..., QueuedJob]
Log = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster:
        yield cluster.scheduler_address


def test_every_end_is_that_of_a_local_run(queue: JobQueue, add: Add, log: Log, address: str) -> None:
    jobs = {does: add(does or "good", does) for does in ("", "bad", "passing", "bug")}
    run_on_cluster(queue, queue_works.Source(), address)
    ended = {does: queue.job(job.id) for does, job in jobs.items()}
    assert [job.state for job in ended.values()] == ["done", "failed", "done", "failed"]
    assert [job.attempts for job in ended.values()] == [1, 1, 3, 1]
    assert str(ended["bad"].error).endswith("bad.mp4: bad input")
    assert ended["bug"].error == "RuntimeError: a bug"
    assert "queue_works.py" in str(ended["bug"].trace)
    assert log("passing") == ["begin", "begin", "begin", "end"]


def test_the_job_of_a_killed_worker_is_done_by_another(
    queue: JobQueue, add: Add, log: Log, address: str, tmp_path: Path
) -> None:
    names = ["stay", *"abcd"]
    for name in names:
        add(name, "stay" if name == "stay" else "")
    thread = threading.Thread(target=lambda: run_on_cluster(queue, queue_works.Source(), address))
    thread.start()
    diary = tmp_path / "stay.log"
    until(lambda: diary.exists() and "begin" in diary.read_text())
    first = int(diary.read_text().split()[1])
    assert first in {child.pid for child in psutil.Process().children(recursive=True)}
    os.kill(first, signal.SIGKILL)
    until(lambda: diary.read_text().count("begin") == 2, 60)
    diary.with_suffix(".go").touch()
    thread.join(60)
    assert not thread.is_alive()
    assert [job.state for job in queue.jobs()] == ["done"] * 5
    assert log("stay") == ["begin", "begin", "end"]
    assert int(diary.read_text().split()[3]) != first
    assert [log(name) for name in "abcd"] == [["begin", "end"]] * 4


def test_a_cancelled_job_stops_there(
    queue: JobQueue, add: Add, log: Log, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = add("a", "stay")
    thread = threading.Thread(target=lambda: run_on_cluster(queue, queue_works.Source(), address))
    thread.start()
    until(lambda: queue.job(job.id).done == 1)  # progress comes back from there
    queue.cancel([job.id])
    thread.join(60)
    assert not thread.is_alive()
    assert queue.job(job.id).state == "cancelled"
    assert log("a") == ["begin"]


def test_a_run_that_is_interrupted_gives_its_jobs_back(queue: JobQueue, add: Add, address: str) -> None:
    job = add("a", "stay")

    def interrupt() -> None:
        if queue.job(job.id).done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_on_cluster(queue, queue_works.Source(), address, watch=interrupt)
    assert (queue.job(job.id).state, queue.job(job.id).attempts) == ("waiting", 0)


def test_no_scheduler(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "WAIT_FOR_WORKERS", 0.5)
    with pytest.raises(ProjectError, match="no dask scheduler answers there"):
        run_on_cluster(queue, queue_works.Source(), "tcp://127.0.0.1:9")
    with pytest.raises(ProjectError, match="no dask scheduler answers there"):
        run_on_cluster(queue, queue_works.Source(), "nonsense://x")
