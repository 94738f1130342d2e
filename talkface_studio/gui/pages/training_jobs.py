"""Trainings as processes beside the window: started, paused, gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QProcess, Signal

from talkface_studio.gui.command_line import CommandLine, interrupt, last_line
from talkface_studio.gui.pages.training_files import RunFacts
from talkface_studio.gui.studio import Studio

PAUSED = 3
"""The exit code of a training that was interrupted, with a checkpoint."""


class TrainingJobs(QObject):
    """The processes of the runs of this window. A run is told by its folder; it goes on from there at any time."""

    changed = Signal(str)
    """The folder of a run that was begun or ended."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._talkface = CommandLine(studio.folders, self)
        self._running: dict[Path, QProcess] = {}
        self.problems: dict[Path, str] = {}
        """Why a run ended by itself before it was done."""
        self.folder = studio.folders.data / "training"

    def running(self, run: Path) -> bool:
        """Whether a run is being trained by this window."""
        return run in self._running

    @property
    def busy(self) -> bool:
        """Whether any is."""
        return bool(self._running)

    def start(self, model: str, preset: str, dataset: Path, run: Path, steps: int | None = None) -> None:
        """Begin a run; `steps` shortens every stage."""
        run.parent.mkdir(parents=True, exist_ok=True)
        (run.parent / f"{run.name}.dataset").write_text(f"{dataset}\n", encoding="utf-8")
        more = ["--steps", str(steps)] if steps else []
        self._launch(run, [model, str(dataset), "--output", str(run), "--preset", preset, *more])

    def resume(self, facts: RunFacts) -> None:
        """Go on with a run from its last checkpoint."""
        if facts.dataset is not None:
            folder = facts.folder
            self._launch(folder, [facts.model, str(facts.dataset), "--output", str(folder), "--resume"])

    def pause(self, run: Path) -> None:
        """End a run after its present step, with a checkpoint."""
        if run in self._running:
            interrupt(self._running[run])

    def close(self) -> None:
        """End all of them, each with a checkpoint."""
        self._talkface.close()

    def _launch(self, run: Path, arguments: Sequence[str]) -> None:
        if run in self._running:
            return
        values = self._studio.preferences.values
        process = self._talkface.start(["train", *arguments, "--quiet", "--device", values.device])
        self._running[run] = process
        self.problems.pop(run, None)
        process.finished.connect(partial(self._ended, run))
        process.errorOccurred.connect(partial(self._broke, run))
        self.changed.emit(str(run))

    def _broke(self, run: Path, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._ended(run, 1, QProcess.ExitStatus.CrashExit)

    def _ended(self, run: Path, code: int, status: QProcess.ExitStatus) -> None:
        process = self._running.pop(run)
        if not shiboken6.isValid(process):
            return
        words = last_line(process)
        if status == QProcess.ExitStatus.CrashExit or code not in {0, PAUSED}:
            self.problems[run] = words or self.tr("The training ended without a word; is memory short?")
        self.changed.emit(str(run))
