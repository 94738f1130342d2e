"""One runner and its jobs: ends, retries, wishes."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import queue_works
from queue_works import until
from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.project.queue import runner as runner_module
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.leases import LeaseLostError, claim, recover
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.retry import RetryPolicy, RunnerDiedError
from talkface_studio.project.queue.runner import Runner
from talkface_studio.project.queue.store import JobQueue

Add = Callable[..., QueuedJob]
Log = Callable[[str], list[str]]
ME = ProcessIdentity.current()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 0.01)


def test_every_end(queue: JobQueue, add: Add, log: Log) -> None:
    jobs = {does: add(does or "good", does) for does in ("", "bad", "passing", "bug")}
    Runner(queue, queue_works.do).run()
    ended = {does: queue.job(job.id) for does, job in jobs.items()}
    assert [job.state for job in ended.values()] == ["done", "failed", "done", "failed"]
    assert [job.attempts for job in ended.values()] == [1, 1, 3, 1]
    assert ended[""].result == {"output": ended[""].output}
    assert str(ended["bad"].error).endswith("bad.mp4: bad input")
    assert ended["bad"].trace is None
    assert ended["bug"].error == "RuntimeError: a bug"
    assert "queue_works.py" in str(ended["bug"].trace)
    assert ended["passing"].error is None
    assert log("passing") == ["begin", "begin", "begin", "end"]


def test_attempts_are_limited(path: Path, tmp_path: Path) -> None:
    with JobQueue(path, retries=RetryPolicy(attempts=2, first_wait=0.0)) as queue:
        job = queue.add({"output": str(tmp_path / "a.mp4"), "does": "passing"})
        Runner(queue, queue_works.do).run()
        assert (queue.job(job.id).state, queue.job(job.id).attempts) == ("failed", 2)
        assert "the drive is gone" in str(queue.job(job.id).error)
        queue.retry([job.id])
        assert (queue.job(job.id).state, queue.job(job.id).attempts) == ("waiting", 0)


def test_waits_grow_and_only_what_passes_is_tried_again() -> None:
    policy = RetryPolicy(attempts=5, first_wait=5, longest_wait=15)
    assert [policy.wait_after(count, TimeoutError()) for count in range(1, 6)] == [5, 10, 15, 15, None]
    caused = MediaError("a.mp4: cannot be read")
    caused.__cause__ = OSError(errno.EIO, "input/output error")
    for passing in (caused, MemoryError(), RunnerDiedError(), type("OutOfMemoryError", (RuntimeError,), {})()):
        assert policy.wait_after(1, passing) == 5
    full = ExportError("the disk is full")
    full.__cause__ = OSError(errno.ENOSPC, "no space left")
    for lasting in (full, MediaError("bad"), ValueError(), FileNotFoundError(errno.ENOENT, "gone")):
        assert policy.wait_after(1, lasting) is None


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda queue, runner, job: queue.cancel([job.id]), "cancelled"),
        (lambda queue, runner, job: queue.pause([job.id]), "paused"),
        (lambda queue, runner, job: queue.hold(), "waiting"),
        (lambda queue, runner, job: runner.stop(), "waiting"),
    ],
    ids=["cancel", "pause", "hold", "stop"],
)
def test_a_running_job_obeys(queue: JobQueue, add: Add, log: Log, act: Callable[..., None], state: str) -> None:
    job = add("a", "stay")
    runner = Runner(queue, queue_works.do)
    thread = threading.Thread(target=runner.run)
    thread.start()
    until(lambda: queue.job(job.id).done == 1)
    act(queue, runner, job)
    thread.join(20)
    assert not thread.is_alive()
    found = queue.job(job.id)
    assert (found.state, found.wish) == (state, None)
    assert found.attempts == (1 if state == "cancelled" else 0)
    assert log("a") == ["begin"]


def test_a_runner_that_is_to_go_on_takes_what_comes_later(queue: JobQueue, add: Add) -> None:
    runner = Runner(queue, queue_works.do)
    thread = threading.Thread(target=lambda: runner.run(forever=True))
    thread.start()
    job = add("a")
    until(lambda: queue.job(job.id).state == "done")
    runner.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_an_interrupted_job_waits_again(queue: JobQueue, add: Add) -> None:
    job = add("a")

    def interrupted(*_arguments: object, **_values: object) -> dict[str, object]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Runner(queue, interrupted).run()
    assert (queue.job(job.id).state, queue.job(job.id).attempts) == ("waiting", 0)


def test_a_runner_of_a_batch_leaves_other_jobs(queue: JobQueue, add: Add) -> None:
    other, mine = add("a"), add("b", batch="plan")
    Runner(queue, queue_works.do, batch="plan").run()
    assert (queue.job(other.id).state, queue.job(mine.id).state) == ("waiting", "done")


def test_a_lease_lasts_as_long_as_its_process(queue: JobQueue, add: Add) -> None:
    add("a")
    now = queue.clock()
    dead = ProcessIdentity(ME.host, ME.pid, ME.started - 1000)  # the system gave the number of a dead process to us
    lease = claim(queue, dead)
    assert lease is not None
    mine = claim(queue, ME)
    assert mine is not None
    with pytest.raises(LeaseLostError):
        lease.complete({})
    queue.clock = lambda: now + 1e6
    assert claim(queue, ME) is None
    assert recover(queue) == 0


def test_a_lease_on_another_machine_runs_out(queue: JobQueue, add: Add) -> None:
    job = add("a")
    now = queue.clock()
    lease = claim(queue, ProcessIdentity("elsewhere", os.getpid(), 0.0))
    assert lease is not None
    assert recover(queue) == 0
    queue.clock = lambda: now + 50
    lease.renew()
    queue.clock = lambda: now + 100
    assert recover(queue) == 0
    queue.clock = lambda: now + 111
    assert recover(queue) == 1
    assert queue.job(job.id).state == "waiting"
    with pytest.raises(LeaseLostError):
        lease.renew()
