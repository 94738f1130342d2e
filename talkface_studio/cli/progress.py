"""Progress on standard error: a bar on a terminal, a line now and then elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class ProgressDisplay:
    """Shows how far one job is. A context manager; `update` may be called from any thread and as often as one likes."""

    def __init__(
        self,
        title: str,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._clock = clock
        self._next_line = clock() + LINE_EVERY
        self._bar = None if quiet or not self._stream.isatty() else _Bar(title, self._stream)

    def update(self, done: int, total: int, *, fps: float = 0.0) -> None:
        """`done` of `total` frames; a `total` of 0 means that nobody knows yet."""
        if self._bar is not None:
            self._bar.update(done, total, fps)
        elif not self._quiet and self._clock() >= self._next_line:
            self._next_line = self._clock() + LINE_EVERY
            share = f" of {total} ({min(1.0, done / total):.0%})" if total else ""
            speed = f", {fps:.1f} frames/s" if fps else ""
            print(f"{self._title}: {done}{share}{speed}", file=self._stream, flush=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


class _Bar:
    """A rich progress bar, which vanishes when the job ends."""

    def __init__(self, title: str, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(file=stream),
            transient=True,
        )
        self._task = self._progress.add_task(title, total=None, speed="")

    def start(self) -> None:
        self._progress.start()

    def stop(self) -> None:
        self._progress.stop()

    def update(self, done: int, total: int, fps: float) -> None:
        speed = f"{fps:.1f} frames/s" if fps else ""
        self._progress.update(self._task, completed=done, total=total or None, speed=speed)
