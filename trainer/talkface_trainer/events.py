"""What happened in a run, as JSON lines: one object a line, for curves and for machines.

    {"event": "step", "stage", "step", "losses": {name: value}, "rates": {optimizer: value}, "norms": {...}, "seconds"}
    {"event": "validation", "stage", "step", "measures": {name: value}, "seconds"}
    {"event": "started" | "finished" | "resumed" | "stopped", "stage", "step", ...}

`step` counts optimiser steps of the stage, from 1 for the first one done. `seconds` is training time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from talkface_trainer.files import write_text


class EventLog:
    """The file `events.jsonl` of a run, and TensorBoard curves beside it where asked for."""

    def __init__(self, run: Path, *, tensorboard: bool = False) -> None:
        self._path = run / "events.jsonl"
        self._file = self._path.open("a", encoding="utf-8")
        self._board: Any = None
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(run / "tensorboard"))

    def write(self, event: str, stage: str, step: int, **facts: Any) -> None:
        """Add one line; it is on its way to the disk when this returns."""
        self._file.write(json.dumps({"event": event, "stage": stage, "step": step, **facts}) + "\n")
        self._file.flush()

    def curves(self, stage: str, step: int, values: Mapping[str, float]) -> None:
        """Add points to the TensorBoard curves, if there are any."""
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(f"{stage}/{name}", value, step)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._board is not None:
            self._board.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_events(run: Path) -> list[dict[str, Any]]:
    """The events of a run; a line cut off by a kill is left out."""
    path = run / "events.jsonl"
    events = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events


def truncate_events(run: Path, stage: str, step: int, earlier: tuple[str, ...]) -> None:
    """Keep the events of earlier stages, and those of this stage up to `step`: what came after will happen again."""
    kept = [
        event
        for event in read_events(run)
        if event["stage"] in earlier or (event["stage"] == stage and event["step"] <= step)
    ]
    write_text(run / "events.jsonl", "".join(json.dumps(event) + "\n" for event in kept))
