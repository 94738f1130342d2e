import os
import sys
import threading

import pytest

from talkface_studio.api.errors import JobCancelledError, MediaError
from talkface_studio.dubbing.channel import STEP, Cancel, Channel, Job


def chain(job: Job, count: int, out: list[int], *, size: int = 2) -> None:
    first: Channel[int] = job.channel(size)
    second: Channel[int] = job.channel(size)
    job.stage("make", lambda: job.pump("make", range(count), first))
    job.stage("double", lambda: job.pump("double", (2 * item for item in first), second))
    job.stage("keep", lambda: out.extend(second))


def test_items_arrive_once_and_in_order() -> None:
    out: list[int] = []
    job = Job()
    chain(job, 500, out)
    job.run()
    assert out == [2 * number for number in range(500)]


def test_a_channel_never_holds_more_than_its_size() -> None:
    job = Job()
    channel: Channel[int] = job.channel(3)
    made: list[int] = []
    full = threading.Event()
    largest: list[int] = []

    def make() -> None:
        for number in range(50):
            made.append(number)
            if len(made) == 4:
                full.set()
            channel.put(number)
        channel.close()

    def take() -> None:
        assert full.wait(10)
        # One item is in hand, one may wait in put.
        largest.extend(len(made) - number for number in channel)

    job.stage("make", make)
    job.stage("take", take)
    job.run()
    assert max(largest) <= 5


@pytest.mark.parametrize("failing", ["first", "middle", "last"])
def test_the_first_error_stops_all_stages_and_is_raised(failing: str) -> None:
    job = Job()
    first: Channel[int] = job.channel(1)
    second: Channel[int] = job.channel(1)

    def maybe(stage: str, item: int) -> int:
        if stage == failing and item == 7:
            raise MediaError(f"{stage} broke")
        return item

    endless = iter(int, 1)
    job.stage("first", lambda: job.pump("first", (maybe("first", n) for n, _ in enumerate(endless)), first))
    job.stage("middle", lambda: job.pump("middle", (maybe("middle", n) for n in first), second))
    job.stage("last", lambda: [maybe("last", n) for n in second] and None)
    with pytest.raises(MediaError, match=f"{failing} broke"):
        job.run()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dub-")]


def test_cancelling_ends_a_job_that_would_run_for_ever() -> None:
    cancel = Cancel()
    job = Job(cancel)
    channel: Channel[int] = job.channel(1)
    job.stage("make", lambda: job.pump("make", iter(int, 1), channel))
    seen: list[int] = []

    def take() -> None:
        for item in channel:
            seen.append(item)
            if len(seen) == 100:
                cancel.cancel()

    job.stage("take", take)
    with pytest.raises(JobCancelledError):
        job.run()
    assert len(seen) >= 100


def test_a_job_that_was_cancelled_before_it_began_does_nothing() -> None:
    cancel = Cancel()
    cancel.cancel()
    job = Job(cancel)
    out: list[int] = []
    chain(job, 10, out)
    with pytest.raises(JobCancelledError):
        job.run()
    assert out == []


def test_waiting_for_a_neighbour_does_not_count_as_work() -> None:
    job = Job()
    first: Channel[int] = job.channel(1)
    second: Channel[int] = job.channel(1)
    gate = threading.Event()

    def slow() -> list[int]:
        threading.Event().wait(0.2)
        gate.set()
        return [1]

    job.stage("slow", lambda: job.pump("slow", (item for make in [slow] for item in make()), first))
    job.stage("quick", lambda: job.pump("quick", iter(first), second))
    job.stage("end", lambda: list(second) and None)
    job.run()
    assert gate.is_set()
    assert job.busy["slow"] >= 0.2
    assert job.busy["quick"] < 0.1


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux alone")
def test_a_modest_stage_and_the_threads_it_starts_let_others_go_first() -> None:
    seen: dict[str, int] = {}

    def look(name: str) -> None:
        seen[name] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work() -> None:
        look("modest")
        helper = threading.Thread(target=look, args=("helper",))
        helper.start()
        helper.join()

    job = Job()
    job.stage("modest", work, modest=True)
    job.stage("other", lambda: look("other"))
    job.run()
    look("caller")
    assert seen["other"] == seen["caller"]
    assert seen["modest"] == seen["helper"] == min(seen["caller"] + STEP, 19)
