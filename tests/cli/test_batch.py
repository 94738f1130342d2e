"""`talkface batch` from end to end: real dubs of a toy model, in warm processes."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import pytest
from distributed import LocalCluster

import toy_plugins
from command_line import Answer, Talkface
from talkface_studio.project.queue import workers
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.runner import Runner
from talkface_studio.project.queue.store import JobQueue

TALKFACE = str(Path(sys.executable).with_name("talkface"))
Process = Callable[..., Answer]


@pytest.fixture
def line(speech: Path, folder: Path) -> Path:
    """A third of a second of speech."""
    path = folder / "line.wav"
    with wave.open(str(speech)) as source, wave.open(str(path), "wb") as short:
        short.setparams(source.getparams())
        source.setpos(source.getframerate() // 2)
        short.writeframes(source.readframes(source.getframerate() // 3))
    return path


@pytest.fixture
def process(environment: Mapping[str, str]) -> Process:
    """Run a command line in a process of its own."""

    def call(*arguments: object) -> Answer:
        words = [TALKFACE, *map(str, arguments)]
        result = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        return Answer(result.returncode, result.stdout, result.stderr)

    return call


def write_plan(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["face", "speech", "output", "model", "seed", "option.grain", "crf"])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.usefixtures("toy")
def test_a_hundred_rows_of_which_five_are_bad(process: Process, portrait: Path, line: Path, folder: Path) -> None:
    good = {"face": portrait.name, "speech": line.name, "model": "toy"}
    rows: list[dict[str, object]] = [{**good, "output": f"out/{number}.mp4", "seed": number} for number in range(100)]
    rows[10] |= {"speech": "missing.wav"}
    rows[30] |= {"option.grain": "much"}
    rows[50] |= {"model": "nobody"}
    rows[70] |= {"crf": "999"}
    rows[90] |= {"output": "out/89.mp4"}
    bad = [10, 30, 50, 70, 90]
    plan = write_plan(folder / "plan.csv", rows)
    (folder / "out").mkdir()

    def run(*options: str) -> tuple[list[Any], list[str]]:
        answer = process("batch", plan, *options, "--json", "--quiet")
        assert answer.code == 3, answer.err
        assert answer.document == json.loads((folder / "plan.report.json").read_text())
        found = answer.document["rows"]
        assert [number for number, row in enumerate(found) if row["state"] != "done"] == bad
        reasons = [found[number]["error"] for number in bad]
        for reason, part in zip(reasons, ["missing.wav", "grain", "nobody", "999", "line 91 makes"], strict=True):
            assert part in reason
        return [row["made"] for row in found], [row["job"] for row in found]

    def files() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (folder / "out").glob("[!.]*.mp4")}

    first, jobs = run("--jobs", "2")
    assert first == [None if number in bad else "now" for number in range(100)]
    made = files()
    assert set(made) == {f"{number}.mp4" for number in range(100)} - {f"{number}.mp4" for number in bad}
    with av.open(str(folder / "out" / "99.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 9
    second, same_jobs = run("--jobs", "1")
    assert second == [None if number in bad else "before" for number in range(100)]
    assert (same_jobs, files()) == (jobs, made)


def copy(job: QueuedJob, **_values: object) -> dict[str, object]:
    """Stands for a dub where only the way there matters."""
    shutil.copyfile(job.request["speech"], job.output)
    return {"output": job.output}


@pytest.mark.usefixtures("toy")
def test_folders_and_the_table(
    talkface: Talkface, portrait: Path, clip: Path, line: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_here(queue: JobQueue, *_arguments: object, batch: str, **_values: object) -> None:
        Runner(queue, copy, batch=batch).run()

    monkeypatch.setattr(workers, "run_workers", run_here)
    for name, files in {"faces": [portrait, clip], "voices": [line]}.items():
        (folder / name).mkdir()
        for file in files:
            file.rename(folder / name / file.name)
    words = ("batch", "--faces", folder / "faces", "--voices", folder / "voices", "-o", folder / "out", "--seed", "9")
    answer = talkface(*words)
    assert (answer.code, answer.err) == (0, "")
    made = ["batch.report.json", "clip-line.mp4", "portrait-line.mp4"]
    assert sorted(path.name for path in (folder / "out").iterdir()) == made
    last = answer.out.splitlines()[-1]
    assert last == f"2 of 2 rows are done, 0 of them before; report: {folder / 'out' / 'batch.report.json'}"
    kept = talkface(*words)
    assert (kept.code, kept.out.count("kept")) == (0, 2)
    jobs = talkface("queue", "list", "--json").document["jobs"]
    wanted = [("done", str(folder / "out"), 9)] * 2
    assert [(job["state"], job["batch"], job["request"]["seed"]) for job in jobs] == wanted


def test_an_interrupted_batch_tells_how_far_it_is(
    talkface: Talkface, portrait: Path, line: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row: dict[str, object] = {"face": portrait, "speech": line, "output": "a.mp4"}
    plan = write_plan(folder / "plan.csv", [row, {**row, "output": "b.mp4"}])

    def interrupted(queue: JobQueue, *_arguments: object, batch: str, **_values: object) -> None:
        Runner(queue, copy, batch=batch).run_one()
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "run_workers", interrupted)
    answer = talkface("batch", plan)
    assert (answer.code, answer.line) == (3, "talkface: stopped with 1 of 2 rows done; the same command goes on")
    report = json.loads((folder / "plan.report.json").read_text())
    assert report["counts"] == {"done": 1, "waiting": 1}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["plan.csv"], "plan.csv: cannot be read"),
        ([], "give a PLAN, or --faces, --voices and -o"),
        (["--faces", ".", "--voices", "."], "give a PLAN, or"),
        (["plan.csv", "--faces", "."], "give a PLAN, or"),
        (["plan.csv", "--crf", "99"], "99 is not in the range"),
    ],
)
def test_what_is_no_batch(
    talkface: Talkface, folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], reason: str
) -> None:
    monkeypatch.chdir(folder)
    answer = talkface("batch", *words)
    assert (answer.code, reason in answer.line) == (2, True)
    assert list(folder.iterdir()) == []


DEADLY = """
import os
import signal
from pathlib import Path

from toy_generators import Toy, ToyTake

DIARY = Path(__file__).with_name("diary")


class DeadlyTake(ToyTake):
    def render(self, times):
        seed = self.options.seed
        with DIARY.open("a") as diary:
            diary.write(f"begin {seed} {os.getpid()}\\n")
        for number, face in enumerate(super().render(times)):
            if seed == 2 and number == 4 and DIARY.read_text().count("begin 2 ") == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            yield face


class Deadly(Toy):
    take = DeadlyTake
"""


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a scheduler with two worker processes."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as found:
        yield found.scheduler_address


def test_a_cluster_of_which_a_worker_is_killed_in_the_middle_of_a_dub(
    process: Process, site: Path, portrait: Path, line: Path, folder: Path, cluster: str
) -> None:
    """Every row is made once, and is what a process of this machine makes of it."""
    (site / "deadly.py").write_text(DEADLY)
    toy_plugins.install_model(site, "deadly", generator="deadly:Deadly")
    toy_plugins.install_model(site, "toy")
    row = {"face": portrait, "speech": line, "option.grain": 8}
    rows: list[dict[str, object]] = [{**row, "seed": seed, "output": f"{seed}.mp4"} for seed in range(4)]
    plan = write_plan(folder / "plan.csv", rows)

    def run(place: str, model: str, *options: str) -> list[list[bytes]]:
        answer = process("batch", plan, "-o", folder / place, "--model", model, *options, "--json", "--quiet")
        assert answer.code == 0, answer.err
        # On a cluster it is the scheduler that begins again, so that the queue counts one attempt.
        assert [(item["made"], item["attempts"]) for item in answer.document["rows"]] == [("now", 1)] * 4
        return [decoded(folder / place / f"{seed}.mp4") for seed in range(4)]

    here = run("here", "toy", "--jobs", "1")
    assert run("there", "deadly", "--cluster", cluster) == here
    assert here[0] != here[1]
    begun = [entry.split() for entry in (site / "diary").read_text().splitlines()]
    assert sorted(seed for _, seed, _ in begun) == ["0", "1", "2", "2", "3"]
    assert len({pid for _, seed, pid in begun if seed == "2"}) == 2


def decoded(path: Path) -> list[bytes]:
    """Every frame and every block of sound."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode()]
