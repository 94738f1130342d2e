"""`talkface batch` from end to end: real dubs of a toy model, in warm processes."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import av
import pytest

from command_line import Answer, Talkface
from queue_works import until

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

    def run() -> tuple[list[Any], list[str]]:
        answer = process("batch", plan, "--jobs", "2", "--json", "--quiet")
        assert answer.code == 3, answer.err
        assert answer.document == json.loads((folder / "plan.report.json").read_text())
        found = answer.document["rows"]
        assert [number for number, row in enumerate(found) if row["state"] != "done"] == bad
        reasons = [found[number]["error"] for number in bad]
        for reason, words in zip(reasons, ["missing.wav", "grain", "nobody", "999", "line 91 makes"], strict=True):
            assert words in reason
        return [row["made"] for row in found], [row["job"] for row in found]

    made, jobs = run()
    assert made == [None if number in bad else "now" for number in range(100)]
    files = {path.name: path.stat().st_mtime_ns for path in (folder / "out").iterdir()}
    assert set(files) == {f"{number}.mp4" for number in range(100)} - {f"{number}.mp4" for number in bad}
    with av.open(str(folder / "out" / "99.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 9
    again, same_jobs = run()
    assert again == [None if number in bad else "before" for number in range(100)]
    assert same_jobs == jobs
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "out").iterdir()} == files


@pytest.mark.usefixtures("toy")
def test_folders_and_the_table(
    process: Process, talkface: Talkface, portrait: Path, clip: Path, line: Path, folder: Path
) -> None:
    for name, files in {"faces": [portrait, clip], "voices": [line]}.items():
        (folder / name).mkdir()
        for file in files:
            file.rename(folder / name / file.name)
    words = (
        "batch",
        "--faces",
        folder / "faces",
        "--voices",
        folder / "voices",
        "-o",
        folder / "out",
        "--model",
        "toy",
    )
    answer = process(*words, "--quiet")
    assert answer.code == 0, answer.err
    assert answer.err == ""
    made = ["batch.report.json", "clip__line.mp4", "portrait__line.mp4"]
    assert sorted(path.name for path in (folder / "out").iterdir()) == made
    last = answer.out.splitlines()[-1]
    assert last == f"2 of 2 rows are done, 0 of them before; report: {folder / 'out' / 'batch.report.json'}"
    kept = talkface(*words)
    assert kept.code == 0
    assert kept.out.count("kept") == 2
    jobs = talkface("queue", "list", "--json").document["jobs"]
    assert [(job["state"], job["batch"]) for job in jobs] == [("done", str(folder / "out"))] * 2


@pytest.mark.usefixtures("toy")
def test_an_interrupted_batch_goes_on(
    talkface: Talkface, portrait: Path, speech: Path, line: Path, folder: Path, environment: Mapping[str, str]
) -> None:
    row = {"face": portrait, "speech": line, "model": "toy", "output": folder / "a.mp4"}
    plan = write_plan(folder / "plan.csv", [row, {**row, "speech": speech, "output": folder / "b.mp4"}])
    words = [TALKFACE, "batch", str(plan), "--jobs", "1", "--quiet"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as batch:
        until((folder / "a.mp4").exists)
        batch.send_signal(signal.SIGTERM)
        assert batch.wait(60) == 3
        assert batch.stderr is not None
        assert batch.stderr.read().strip().startswith("talkface: stopped with 1 of 2 rows done")
    result = subprocess.run([*words, "--json"], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert [item["made"] for item in json.loads(result.stdout)["rows"]] == ["before", "now"]


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
