"""One training: how far it is, its curves, its sample pictures, and what can be done with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from talkface_studio.gui.exports.wording import clock
from talkface_studio.gui.pages.curves import Curve
from talkface_studio.gui.pages.page import Column, PageHead, empty_layout
from talkface_studio.gui.pages.training_files import EventReader, RunFacts, Sample, find_samples, read_run
from talkface_studio.gui.pages.training_jobs import TrainingJobs
from talkface_studio.gui.pages.training_result import TrainingResult
from talkface_studio.gui.parts.boxes import scrolling
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label, set_rank
from talkface_studio.gui.parts.progress import ProgressRow
from talkface_studio.gui.parts.thumbnail import Thumbnail
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space

LOOK_EVERY_MS = 1000
COLUMNS = 3
LONGEST = 1280
"""Of a sample picture as it is shown, in pixels."""


class TrainingRun(QWidget):
    """Follows the files of a run, whoever trains it."""

    def __init__(self, studio: Studio, jobs: TrainingJobs, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._jobs, self.folder = studio, jobs, folder
        self.facts: RunFacts | None = None
        self.events = EventReader(folder)
        self._samples: list[Sample] = []
        self._curves: dict[tuple[str, str], Curve] = {}
        self._reading = False
        self._head = PageHead(folder.name, " ")
        self.pause = button(self.tr("Pause"), self._toggle)
        self._head.add(self.pause)
        self._state = label(wrap=True)
        self._progress = ProgressRow("")
        self.stages = QTabBar()
        self.stages.setAccessibleName(self.tr("Stages"))
        self.stages.setExpanding(False)
        self.stages.currentChanged.connect(lambda _: self._show_stage())
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.S)
        self._pictures = QVBoxLayout()
        self._pictures.setSpacing(Space.S)
        self.result = TrainingResult(studio, jobs)
        column = Column(studio.theme)
        for part in (self._head, self._state, self._progress, self.stages):
            column.body.addWidget(part)
        column.body.addLayout(self._grid)
        column.body.addWidget(self.result)
        column.body.addLayout(self._pictures)
        column.body.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(column))
        self._clock = QTimer(self, interval=LOOK_EVERY_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()
        jobs.changed.connect(self._job_changed)
        self.look()

    @property
    def finished(self) -> bool:
        """Whether all stages are done."""
        steps = self.facts.steps if self.facts is not None else {}
        done = [name for name, curves in self.events.stages.items() if curves.finished]
        return bool(steps) and set(steps) <= set(done)

    def look(self) -> None:
        """Read what is new, in the background."""
        if self._reading:
            return
        self._reading = True

        def work() -> tuple[RunFacts | None, bool, list[Sample]]:
            return read_run(self.folder), self.events.read(), find_samples(self.folder)

        self._studio.bridge.run(work, lambda found: self._seen(*found), self._unread, owner=self)

    def _unread(self, error: Exception) -> None:
        self._reading = False
        self._state.setText(str(error))
        set_rank(self._state, "error")

    def _seen(self, facts: RunFacts | None, news: bool, samples: list[Sample]) -> None:
        self._reading = False
        self.facts = facts
        if facts is not None:
            self._head.text.setText(f"{facts.model} · {facts.preset}")
            if self.stages.count() < len(facts.steps):
                for name in list(facts.steps)[self.stages.count() :]:
                    self.stages.addTab(name)
        if news:
            names = list(facts.steps) if facts is not None else []
            if self.events.last != "finished" and self.events.stage in names:
                self.stages.setCurrentIndex(names.index(self.events.stage))
            self._show_stage()
        if samples != self._samples:
            self._samples = samples
            self._show_samples()
        self._show_state()

    def _show_state(self) -> None:
        running, problem = self._jobs.running(self.folder), self._jobs.problems.get(self.folder, "")
        known = self.facts is not None and self.facts.dataset is not None
        self.pause.setVisible(not self.finished)
        self.pause.setEnabled(running or known)
        self.pause.setText(self.tr("Pause") if running else self.tr("Go on"))
        rank = "body"
        if problem and not running:
            words, rank = problem, "error"
        elif self.finished:
            words, rank = self.tr("Done: every stage has its weights."), "success"
        elif running:
            words = self.tr("Training…") if self.events.stages else self.tr("Starting…")
        else:
            words, rank = self.tr("Paused. It goes on from its last checkpoint."), "warning"
        self._state.setText(words)
        set_rank(self._state, rank)
        self._show_progress()
        self.result.show_run(self.facts if self.finished else None)

    def _show_progress(self) -> None:
        steps = self.facts.steps if self.facts is not None else {}
        total = sum(steps.values())
        done = sum(
            total_of if self._done(name) else min(self._step(name), total_of) for name, total_of in steps.items()
        )
        self._progress.setVisible(total > 0 and not self.finished)
        seconds = sum(curves.seconds for curves in self.events.stages.values())
        words = self.tr("step {0} of {1}").format(done, total)
        current = self.events.stages.get(self.events.stage)
        if current is not None and current.step and current.seconds and self.events.stage in steps:
            left = (steps[self.events.stage] - current.step) * current.seconds / current.step
            words += " · " + self.tr("{0} trained, {1} left in this stage").format(clock(seconds), clock(max(left, 0)))
        self._progress.name.setText(self.events.stage)
        self._progress.show_progress(done, total, words)

    def _step(self, stage: str) -> int:
        curves = self.events.stages.get(stage)
        return 0 if curves is None else curves.step

    def _done(self, stage: str) -> bool:
        curves = self.events.stages.get(stage)
        return curves is not None and curves.finished

    def _show_stage(self) -> None:
        name = self.stages.tabText(self.stages.currentIndex())
        curves = self.events.stages.get(name)
        for key, widget in self._curves.items():
            widget.setVisible(key[0] == name)
        if curves is None or self.facts is None:
            return
        total = self.facts.steps.get(name, 0)
        place = 0
        for values, color in ((curves.losses, "accent"), (curves.measures, "success")):
            for title, (steps, heights) in values.items():
                if (name, title) not in self._curves:
                    self._curves[name, title] = Curve(self._studio.theme, title, color)
                    self._grid.addWidget(self._curves[name, title], place // COLUMNS, place % COLUMNS)
                self._curves[name, title].show_values(steps, heights, total)
                place += 1

    def _show_samples(self) -> None:
        newest: dict[str, Sample] = {sample.name: sample for sample in self._samples}
        paths = {name: sample.path for name, sample in newest.items()}
        self._studio.bridge.run(partial(_read_pictures, paths), partial(self._show_pictures, newest), owner=self)

    def _show_pictures(self, newest: dict[str, Sample], images: dict[str, QImage]) -> None:
        empty_layout(self._pictures)
        for name, image in images.items():
            sample = newest[name]
            head = QWidget()
            row = QHBoxLayout(head)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label(name.replace("_", " "), "section"))
            row.addStretch()
            row.addWidget(label(self.tr("{0}, step {1}").format(sample.stage, sample.step), "small"))
            picture = Thumbnail(self._studio.theme)
            picture.setAccessibleName(self.tr("Sample picture: {0}").format(name))
            picture.show_image(image)
            width = min(self.width(), self._studio.theme.px(800))
            picture.setFixedHeight(max(1, image.height() * width // max(image.width(), 1)))
            self._pictures.addWidget(head)
            self._pictures.addWidget(picture)

    def _toggle(self) -> None:
        if self._jobs.running(self.folder):
            self._jobs.pause(self.folder)
            self.pause.setEnabled(False)
            self._state.setText(self.tr("Finishing the present step…"))
        elif self.facts is not None:
            self._jobs.resume(self.facts)

    def _job_changed(self, folder: str) -> None:
        if folder == str(self.folder):
            self.look()


def _read_pictures(paths: dict[str, Path]) -> dict[str, QImage]:
    """Pictures scaled to what a screen shows; one that is being written is left out."""
    found = {}
    for name, path in paths.items():
        reader = QImageReader(str(path))
        size = reader.size()
        if max(size.width(), size.height()) > LONGEST:
            reader.setScaledSize(size.scaled(QSize(LONGEST, LONGEST), Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        if not image.isNull():
            found[name] = image
    return found
