"""The files of trainings, read without waiting for whoever writes them: runs, their events, data sets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SAMPLE = re.compile(r"(?P<stage>.+?)_(?P<step>\d{8})_(?P<name>.+)\.png")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample picture of a run."""

    path: Path
    stage: str
    step: int
    name: str


@dataclass(slots=True)
class StageCurves:
    """What was recorded of one stage: values by name, each a list of steps and one of values."""

    losses: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)
    measures: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)
    step: int = 0
    seconds: float = 0.0
    """Of training."""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What `run.json` says."""

    folder: Path
    model: str
    preset: str
    dataset: Path | None
    """Where it was started from this window; other runs do not tell."""
    steps: Mapping[str, int]
    """How many each stage has, in the order of the stages."""


@dataclass(slots=True)
class EventReader:
    """Follows the `events.jsonl` of a run: `read` takes in what was added since the last time."""

    folder: Path
    stages: dict[str, StageCurves] = field(default_factory=dict)
    last: str = ""
    """The newest event: "step", "validation", "started", "resumed", "stopped" or "finished"."""
    stage: str = ""
    _offset: int = 0

    def read(self) -> bool:
        """Take in what is new; False if nothing is.

        Raises:
            OSError: the file is there and cannot be read.
        """
        path = self.folder / "events.jsonl"
        if not path.is_file():
            return False
        if path.stat().st_size < self._offset:
            # A run that is resumed forgets what came after its checkpoint.
            self._offset, self.stages = 0, {}
        with path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text.rfind(b"\n") + 1
        self._offset += whole
        for line in text[:whole].splitlines():
            self._take(json.loads(line))
        return whole > 0

    def _take(self, event: Mapping[str, Any]) -> None:
        self.last, self.stage = str(event["event"]), str(event["stage"])
        curves = self.stages.setdefault(self.stage, StageCurves())
        step = int(event["step"])
        curves.step = max(curves.step, step)
        curves.seconds = float(event.get("seconds", curves.seconds))
        curves.finished = self.last == "finished"
        for kind, into in (("losses", curves.losses), ("measures", curves.measures)):
            for name, value in event.get(kind, {}).items():
                steps, values = into.setdefault(name, ([], []))
                steps.append(step)
                values.append(float(value))


def read_run(folder: Path) -> RunFacts | None:
    """The facts of a run, None where there is none (yet)."""
    try:
        document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        steps = document["sessions"][-1]["steps"] if document["sessions"] else {}
        made_with = document.get("made_with") or {}
    except (OSError, ValueError, KeyError):
        return None
    beside = folder.parent / f"{folder.name}.dataset"
    dataset = Path(beside.read_text(encoding="utf-8").strip()) if beside.is_file() else None
    return RunFacts(folder, str(document["model"]), str(made_with.get("preset", "")), dataset, dict(steps))


def find_runs(folder: Path) -> list[RunFacts]:
    """The runs in a folder, the newest first."""
    files = sorted(folder.glob("*/run.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [run for path in files if (run := read_run(path.parent)) is not None]


def find_samples(folder: Path) -> list[Sample]:
    """The sample pictures of a run, in the order in which they were made."""
    found = []
    for path in (folder / "samples").glob("*.png"):
        match = _SAMPLE.fullmatch(path.name)
        if match:
            found.append(Sample(path, match["stage"], int(match["step"]), match["name"]))
    return sorted(found, key=lambda sample: sample.path.stat().st_mtime)


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a data set holds so far."""

    clips: int
    """Usable ones."""
    speakers: int
    seconds: float
    held_out: int
    """Usable clips that nothing is learned from, to measure on."""
    rejected: tuple[tuple[str, str], ...]
    """Clips that are left out, and why."""


def read_dataset(folder: Path) -> DatasetFacts:
    """The facts of a data set, also of one that is being made.

    Raises:
        OSError: it cannot be read.
    """
    path = folder / "clips.jsonl"
    records = list(_records(path.read_text(encoding="utf-8").splitlines())) if path.is_file() else []
    latest = {record["id"]: record for record in records}.values()
    good = [record for record in latest if record["rejected"] is None]
    return DatasetFacts(
        clips=len(good),
        speakers=len({record["speaker"] for record in good}),
        seconds=sum(record["seconds"] for record in good),
        held_out=sum(record["split"] != "train" for record in good),
        rejected=tuple((record["path"], record["rejected"]) for record in latest if record["rejected"] is not None),
    )


def is_dataset(folder: Path) -> bool:
    """Whether a folder was made by `talkface prepare`."""
    return (folder / "dataset.json").is_file()


def _records(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
