from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.retry import RetryPolicy
from talkface_studio.project.queue.store import JobQueue

Add = Callable[..., QueuedJob]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
def queue(path: Path) -> Iterator[JobQueue]:
    with JobQueue(path, retries=RetryPolicy(first_wait=0.01)) as queue:
        yield queue


@pytest.fixture
def add(queue: JobQueue, tmp_path: Path) -> Add:
    """Add a job: the name of its output, and what it does."""

    def call(name: str, does: str = "", **values: object) -> QueuedJob:
        request = {"output": str(tmp_path / f"{name}.mp4"), "does": does}
        return queue.add(request, **values)  # type: ignore[arg-type]

    return call


@pytest.fixture
def log(tmp_path: Path) -> Callable[[str], list[str]]:
    """What a job wrote down: "begin" and "end", without the processes."""

    def call(name: str) -> list[str]:
        path = tmp_path / f"{name}.log"
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

    return call
