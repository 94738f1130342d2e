"""`talkface queue` from end to end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import av
import pytest

from command_line import Talkface
from queue_works import until

TALKFACE = str(Path(sys.executable).with_name("talkface"))


def test_from_add_to_clear(talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path) -> None:
    assert "the queue is empty" in talkface("queue", "list").out
    output = folder / "a.mp4"
    answer = talkface("queue", "add", portrait, speech, "-o", output, "--seed", "7", "--json")
    assert answer.code == 0, answer.err
    job = answer.document
    assert (job["state"], job["output"], job["request"]["seed"]) == ("waiting", str(output), 7)
    assert talkface("queue", "add", portrait, speech, "-o", folder / "b.mp4", "--priority", "3").code == 0
    assert talkface("queue", "pause", "1").code == 0
    assert talkface("queue", "move", "1", "--before", "2").code == 0
    listed = talkface("queue", "list", "--json").document
    assert [(item["id"], item["state"]) for item in listed["jobs"]] == [(1, "paused"), (2, "waiting")]
    assert talkface("queue", "resume", "1", "--json").document["jobs"][0]["state"] == "waiting"
    assert "cancelled" in talkface("queue", "cancel", "2").out
    assert talkface("queue", "retry", "2").code == 0
    assert talkface("queue", "clear").out == "0 jobs forgotten\n"
    assert talkface("queue", "clear", "--all").out == "2 jobs forgotten\n"


def test_what_cannot_work_is_said_when_it_is_added(
    talkface: Talkface, toy: str, portrait: Path, speech: Path, folder: Path
) -> None:
    assert "missing.wav" in talkface("queue", "add", portrait, folder / "missing.wav", "-o", folder / "a.mp4").line
    assert talkface("queue", "add", portrait, speech, "-o", folder / "no" / "a.mp4").code == 2
    assert talkface("queue", "add", portrait, speech, "-o", folder / "a.mp4").code == 0
    answer = talkface("queue", "add", portrait, speech, "-o", folder / "a.mp4")
    assert (answer.code, "job 1 of the queue makes this file" in answer.line) == (2, True)
    assert "no such job" in talkface("queue", "cancel", "5").line


def test_a_damaged_queue_is_one_line_and_the_next_command_works(talkface: Talkface, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "queue.sqlite3").write_bytes(b"x" * 5000)
    answer = talkface("queue", "list")
    assert (answer.code, "the queue is damaged" in answer.line) == (2, True)
    assert talkface("queue", "list").code == 0


def test_a_paused_queue_does_not_run(talkface: Talkface) -> None:
    assert "the queue is paused" in talkface("queue", "pause").out
    assert talkface("queue", "run").code == 2
    assert talkface("queue", "resume").code == 0
    assert "no job is waiting" in talkface("queue", "run").out


@pytest.mark.usefixtures("toy")
def test_running_in_processes(
    talkface: Talkface, clip: Path, speech: Path, folder: Path, environment: Mapping[str, str]
) -> None:
    def add(name: str, *options: str) -> None:
        words = ("queue", "add", clip, speech, "-o", folder / name, "--model", "toy", *options)
        assert talkface(*words).code == 0

    add("good.mp4")
    add("bad.mp4", "--option", "strength=99")
    program = [TALKFACE, "queue", "run", "--json", "--quiet"]
    result = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 3, result.stderr
    jobs = json.loads(result.stdout)["jobs"]
    assert [job["state"] for job in jobs] == ["done", "failed"]
    assert "strength" in jobs[1]["error"]
    assert jobs[0]["result"]["frames"] == 24
    with av.open(str(folder / "good.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 24
    assert not (folder / "bad.mp4").exists()
    assert talkface("queue", "list", "--json").document["jobs"] == jobs


@pytest.mark.usefixtures("toy")
def test_a_stopped_run_gives_its_job_back(
    talkface: Talkface, portrait: Path, speech: Path, folder: Path, environment: Mapping[str, str]
) -> None:
    assert talkface("queue", "add", portrait, speech, "-o", folder / "a.mp4", "--model", "toy").code == 0

    def job() -> Mapping[str, object]:
        found: Mapping[str, object] = talkface("queue", "list", "--json").document["jobs"][0]
        return found

    program = [TALKFACE, "queue", "run", "--quiet"]
    with subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: job()["state"] == "running")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 3
        assert process.stderr is not None
        assert process.stderr.read().strip() == "talkface: interrupted"
    assert (job()["state"], job()["attempts"]) == ("waiting", 0)
    assert not (folder / "a.mp4").exists()
