"""The training place: runs at the left, a new one or the chosen one at the right."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from talkface_studio.gui.pages.training_files import RunFacts, find_runs
from talkface_studio.gui.pages.training_jobs import TrainingJobs
from talkface_studio.gui.pages.training_run import TrainingRun
from talkface_studio.gui.pages.training_setup import TrainingSetup
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


class TrainingPage(QWidget):
    """Begins trainings and shows those of this user, also those that were begun in a terminal, in the same folder."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.jobs = TrainingJobs(studio, self)
        self.setup = TrainingSetup(studio, self.jobs.folder / "datasets")
        self._runs: dict[Path, TrainingRun] = {}
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Trainings"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._new = QListWidgetItem(studio.theme.icon("plus"), self.tr("New training"))
        self.list.addItem(self._new)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.setup)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(Space.L, Space.XL, Space.S, Space.L)
        column.addWidget(label(self.tr("Trainings"), "section"))
        column.addWidget(self.list, 1)
        self._left = left
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(self._stack, 1)
        self.list.currentItemChanged.connect(lambda item, _before: self._choose(item))
        self.setup.started.connect(self._start)
        self.jobs.changed.connect(lambda _: self._show_states())
        studio.theme.changed.connect(self._resize)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.jobs.close)
        self._resize()
        self.list.setCurrentItem(self._new)

    @property
    def run(self) -> TrainingRun | None:
        """The run that is shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, TrainingRun) else None

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs."""
        super().showEvent(event)
        self._studio.bridge.run(lambda: find_runs(self.jobs.folder), self._list, owner=self)

    def show_run(self, folder: Path) -> None:
        """Show a run."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == folder:
                self.list.setCurrentRow(row)

    def _list(self, runs: list[RunFacts]) -> None:
        known = {self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())}
        for run in reversed(runs):
            if run.folder not in known:
                self._add(run.folder)
        self._show_states()

    def _add(self, folder: Path) -> None:
        item = QListWidgetItem(folder.name)
        item.setData(Qt.ItemDataRole.UserRole, folder)
        item.setToolTip(str(folder))
        self.list.insertItem(1, item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        folder = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if folder is None:
            self._stack.setCurrentWidget(self.setup)
            return
        if folder not in self._runs:
            self._runs[folder] = TrainingRun(self._studio, self.jobs, folder)
            self._stack.addWidget(self._runs[folder])
        self._stack.setCurrentWidget(self._runs[folder])

    def _start(self, model: str, preset: str, dataset: Path, steps: int) -> None:
        run = self.jobs.folder / f"{model}-{time.strftime('%Y-%m-%d-%H%M%S')}"
        try:
            self.jobs.start(model, preset, dataset, run, steps or None)
        except OSError as error:
            self._studio.tell(str(error), "error")
            return
        self._add(run)
        self.show_run(run)

    def _show_states(self) -> None:
        theme = self._studio.theme
        for row in range(1, self.list.count()):
            item = self.list.item(row)
            folder = item.data(Qt.ItemDataRole.UserRole)
            if self.jobs.running(folder):
                item.setIcon(theme.icon("pulse", "accent"))
            else:
                broken = folder in self.jobs.problems
                item.setIcon(theme.icon("alert" if broken else "chart", "error" if broken else "muted"))

    def _resize(self) -> None:
        self._left.setFixedWidth(self._studio.theme.px(230))
