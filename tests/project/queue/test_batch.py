"""What of a batch is done again, and what is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.dubbing.documents import document_of, request_of
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.project.queue.batch import Batch, Outcome, Row, row_fingerprint
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.leases import claim
from talkface_studio.project.queue.owner import ProcessIdentity
from talkface_studio.project.queue.runner import Runner
from talkface_studio.project.queue.store import JobQueue


def copy(job: QueuedJob, **_values: object) -> Mapping[str, Any]:
    """Makes the output a copy of the speech."""
    request = request_of(job.request)
    if not request.speech.exists():
        raise MediaError(f"{request.speech}: no such file")
    request.output.write_bytes(request.speech.read_bytes())
    return {"bytes": request.speech.stat().st_size}


@pytest.fixture
def rows(tmp_path: Path) -> list[Row]:
    """Three good rows, one without its input, one that is none, and one with the output of the first."""
    found = []
    for number in range(4):
        speech = tmp_path / f"{number}.wav"
        if number < 3:
            speech.write_text(str(number))
        output = tmp_path / f"{number}.mp4"
        request = DubRequest(face=None, speech=speech, output=output, options={"a": 1, "b": "1", "c": True})
        found.append(Row(name=f"line {number}", request=request))
    found.append(Row(name="line 4", error="cannot be read"))
    found.append(Row(name="line 5", request=found[0].request))
    return found


@pytest.fixture
def run(queue: JobQueue, tmp_path: Path) -> Callable[..., list[Outcome]]:
    def call(rows: Sequence[Row]) -> list[Outcome]:
        batch = Batch(queue, "plan", tmp_path / "report.json")
        batch.enqueue(rows)
        Runner(queue, copy, batch="plan").run()
        outcomes = batch.outcomes()
        batch.write_report(outcomes)
        return outcomes

    return call


def made(outcomes: Sequence[Outcome]) -> list[str | None]:
    return [outcome.made for outcome in outcomes]


def test_only_what_is_missing_failed_or_changed_is_made(
    queue: JobQueue, rows: list[Row], run: Callable[..., list[Outcome]], tmp_path: Path
) -> None:
    first = run(rows)
    assert made(first) == ["now", "now", "now", None, None, None]
    assert [outcome.state for outcome in first] == ["done"] * 3 + ["failed"] * 3
    assert [str(outcome.error).partition(": ")[2] for outcome in first[3:]] == [
        "no such file", "", "line 0 makes this file already; give it another output",
    ]  # fmt: skip
    assert made(run(rows)) == ["before"] * 3 + [None] * 3
    (tmp_path / "1.mp4").unlink()
    (tmp_path / "2.wav").write_text("other")
    (tmp_path / "3.wav").write_text("3")
    assert made(run(rows)) == ["before", "now", "now", "now", None, None]
    assert (tmp_path / "2.mp4").read_text() == "other"


def test_the_report_remembers_what_the_queue_forgot(
    queue: JobQueue, rows: list[Row], run: Callable[..., list[Outcome]], tmp_path: Path
) -> None:
    run(rows[:3])
    queue.clear()
    again = run(rows[:3])
    assert made(again) == ["before"] * 3
    assert again[0].result == {"bytes": 1}
    assert queue.jobs() == []
    queue.clear()
    (tmp_path / "report.json").write_text('{"rows": [{"colour": 1}]}')
    assert made(run(rows[:3])) == ["now"] * 3


def test_a_row_that_runs_elsewhere_is_not_begun_again(queue: JobQueue, rows: list[Row], tmp_path: Path) -> None:
    Batch(queue, "plan", tmp_path / "report.json").enqueue(rows[:1])
    lease = claim(queue, ProcessIdentity.current())
    assert lease is not None
    Batch(queue, "plan", tmp_path / "report.json").enqueue(rows[:1])
    other = Batch(queue, "other plan", tmp_path / "report.json")
    other.enqueue(rows[:1])
    assert [job.state for job in queue.jobs()] == ["running"]
    assert "job 1 of the queue makes this file" in str(other.outcomes()[0].error)


def test_a_row_that_was_taken_out_of_the_plan_is_not_made(queue: JobQueue, rows: list[Row], tmp_path: Path) -> None:
    Batch(queue, "plan", tmp_path / "report.json").enqueue(rows[:3])
    Batch(queue, "plan", tmp_path / "report.json").enqueue(rows[1:2])
    assert [Path(job.output).name for job in queue.jobs()] == ["1.mp4"]


def test_a_fingerprint_is_of_settings_and_inputs(rows: list[Row]) -> None:
    request = rows[0].request
    assert request is not None
    before = row_fingerprint(request)
    os.utime(request.speech, ns=(1, 1))
    assert row_fingerprint(request_of(document_of(request))) == before
    request.speech.write_text("9")
    changed = row_fingerprint(request)
    assert row_fingerprint(replace(request, seed=1)) != changed != before


def test_a_request_survives_the_queue(rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    request = DubRequest(face=Path("a.mp4"), speech=Path("b.wav"), output=Path("c.mp4"), options={"a": 1, "b": True})
    found = request_of(document_of(request))
    assert (found.face, found.speech, found.output) == (tmp_path / "a.mp4", tmp_path / "b.wav", tmp_path / "c.mp4")
    assert found.options == {"a": 1, "b": True}
    assert isinstance(found.options["b"], bool)
