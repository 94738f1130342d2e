"""What a training is made of: a model, a folder of clips, and a check of the clips before hours are spent."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from PySide6.QtCore import QProcess, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Document, Models
from talkface_studio.gui.command_line import CommandLine, interrupt
from talkface_studio.gui.exports.wording import clock
from talkface_studio.gui.pages.page import Column, Facts, PageHead, empty_layout, group
from talkface_studio.gui.pages.training_files import DatasetFacts, is_dataset, read_dataset
from talkface_studio.gui.parts.boxes import FormRow, scrolling
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label, set_rank
from talkface_studio.gui.parts.number_box import whole_box
from talkface_studio.gui.parts.progress import ProgressRow
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.document.media import guess_kind
from talkface_studio.project.storage.scan import media_files

LOOK_EVERY_MS = 500
SHOWN = 50
"""Reasons that are listed; the others are counted."""


class TrainingSetup(QWidget):
    """Asks for model and clips, prepares the clips as a data set, and says what may be learned from it."""

    started = Signal(str, str, Path, int)
    """Model, preset, data set, and how many steps a stage has at most (0 for all)."""

    def __init__(self, studio: Studio, folder: Path, parent: QWidget | None = None) -> None:
        """Make it; data sets are kept in `folder`."""
        super().__init__(parent)
        self._studio, self._folder = studio, folder
        self._talkface = CommandLine(studio.folders, self)
        self._models: dict[str, dict[str, Any]] = {}
        self._checking: QProcess | None = None
        self.dataset: Path | None = None
        self._expected = 0
        self._clock = QTimer(self, interval=LOOK_EVERY_MS)
        self._clock.timeout.connect(self._look)
        self.model, self.preset, self.clips, self.steps = QComboBox(), QComboBox(), QLineEdit(), whole_box()
        self.check = button(self.tr("Check the clips"), self.check_clips)
        self.start = button(self.tr("Start training"), self._start, "primary")
        self._problem = label(rank="error", wrap=True)
        column = Column(studio.theme)
        body = column.body
        body.addWidget(
            PageHead(
                self.tr("New training"),
                self.tr("Teach a model the faces and voices of your own clips. Everything stays on this machine."),
            )
        )
        body.addWidget(group("", self._form()))
        self._progress = ProgressRow(self.tr("Looking at the clips"))
        self._found = QVBoxLayout()
        body.addWidget(self._progress)
        body.addWidget(self._problem)
        body.addLayout(self._found)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.check)
        row.addWidget(self.start)
        body.addLayout(row)
        body.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(column))
        self._progress.hide()
        self._problem.hide()
        self.clips.textChanged.connect(lambda _: self._forget())
        self.model.currentIndexChanged.connect(lambda _: self._chose_model())
        self._forget()
        studio.bridge.ask(Models(), self._show_models, lambda error: self._complain(str(error)), owner=self)

    def check_clips(self) -> None:
        """Make the data set, or look at the one that was chosen; pressed again, stop."""
        if self._checking is not None:
            interrupt(self._checking)
            return
        clips = Path(self.clips.text().strip()).expanduser().absolute()
        if not self.clips.text().strip() or not clips.is_dir():
            self._complain(self.tr("Choose a folder of clips that exists."))
            return
        self._problem.hide()
        if is_dataset(clips):
            self.dataset = clips
            self._read(self._show_found)
            return
        self.dataset = self._folder / dataset_name(clips)
        arguments = ["prepare", str(clips), "--output", str(self.dataset), "--json", "--quiet"]
        for kind in self._models.get(self.model.currentText(), {}).get("speech_features", ()):
            arguments += ["--features", kind]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count(clips)
        self._checking = self._talkface.ask(arguments, self._checked, self._not_checked, owner=self)
        self._show_checking(True)

    def _form(self) -> QWidget:
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self.clips.setPlaceholderText(self.tr("A folder of videos, one speaking person in each"))
        self.clips.setAccessibleName(self.tr("Clips"))
        row.addWidget(self.clips, 1)
        row.addWidget(button(self.tr("Choose…"), self._browse))
        self.steps.setRange(0, 10_000_000)
        self.steps.setSpecialValueText(self.tr("As many as the preset says"))
        self.steps.setSingleStep(100)
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(FormRow(self.tr("Model"), self.model))
        column.addWidget(FormRow(self.tr("Preset"), self.preset, self.tr("compact learns in hours, paper in days.")))
        hint = self.tr("Folders in it are taken for speakers. A data set that was made before can be chosen too.")
        column.addWidget(FormRow(self.tr("Clips"), place, hint))
        column.addWidget(FormRow(self.tr("Steps of a stage, at most"), self.steps))
        return form

    def _show_models(self, answer: Document) -> None:
        models: list[dict[str, Any]] = answer.content["models"]  # type: ignore[assignment]
        self._models = {model["name"]: model for model in models if model["trainable"]}
        self.model.clear()
        self.model.addItems(list(self._models))
        if not self._models:
            self._complain(self.tr("No installed model can be trained."))

    def _chose_model(self) -> None:
        model = self._models.get(self.model.currentText())
        self.preset.clear()
        self.preset.addItems(model["presets"] if model else [])
        self._forget()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of clips"), self.clips.text())
        if folder:
            self.clips.setText(folder)

    def _count(self, clips: Path) -> None:
        def work() -> int:
            return sum(guess_kind(path) == "video" for path in media_files([clips]))

        def counted(count: int) -> None:
            self._expected = count

        self._expected = 0
        self._studio.bridge.run(work, counted, owner=self)

    def _look(self) -> None:
        self._read(self._show_progress)

    def _read(self, done: Callable[[DatasetFacts], object]) -> None:
        if self.dataset is not None:
            self._studio.bridge.run(
                partial(read_dataset, self.dataset), done, lambda error: self._complain(str(error)), owner=self
            )

    def _show_checking(self, checking: bool) -> None:
        self.check.setText(self.tr("Stop") if checking else self.tr("Check the clips"))
        self._progress.setVisible(checking)
        self._progress.show_progress(0, 0)
        self.model.setEnabled(not checking)
        self.clips.setEnabled(not checking)
        self.start.setEnabled(False)
        (self._clock.start if checking else self._clock.stop)()

    def _show_progress(self, facts: DatasetFacts) -> None:
        done = facts.clips + len(facts.rejected)
        if self._checking is not None:
            self._progress.show_progress(done, max(self._expected, done), f"{done} / {self._expected or '…'}")

    def _checked(self, _document: dict[str, Any]) -> None:
        self._checking = None
        self._show_checking(False)
        self._read(self._show_found)

    def _not_checked(self, reason: str) -> None:
        self._checking = None
        self._show_checking(False)
        self._complain(reason)

    def _show_found(self, facts: DatasetFacts) -> None:
        empty_layout(self._found)
        verdict = label(wrap=True)
        if not facts.clips:
            verdict.setText(self.tr("No clip can be used; the reasons are below."))
            set_rank(verdict, "error")
        elif not facts.held_out:
            verdict.setText(self.tr("Ready to train. No clip is held out, so nothing can be measured later."))
            set_rank(verdict, "warning")
        else:
            verdict.setText(self.tr("Ready to train."))
            set_rank(verdict, "success")
        known = Facts(
            [
                (self.tr("Usable clips"), str(facts.clips)),
                (self.tr("Of these held out"), str(facts.held_out)),
                (self.tr("Speakers"), str(facts.speakers)),
                (self.tr("Length"), clock(facts.seconds)),
                (self.tr("Left out"), str(len(facts.rejected))),
            ]
        )
        reasons = Facts()
        for path, reason in facts.rejected[:SHOWN]:
            reasons.add(path, reason)
        self._found.addWidget(group(self.tr("The clips"), verdict, known))
        if facts.rejected:
            self._found.addWidget(group(self.tr("Left out, and why"), reasons))
        self.start.setEnabled(facts.clips > 0 and bool(self._models))

    def _forget(self) -> None:
        """What was found is of other clips."""
        self.dataset = None
        self.start.setEnabled(False)
        self._problem.hide()
        empty_layout(self._found)

    def _start(self) -> None:
        if self.dataset is not None:
            self.started.emit(self.model.currentText(), self.preset.currentText(), self.dataset, self.steps.value())

    def _complain(self, reason: str) -> None:
        self._problem.setText(reason)
        self._problem.show()


def dataset_name(clips: Path) -> str:
    """A name for the data set of a folder of clips: the folder's, told from others of that name."""
    plain = re.sub(r"[^\w-]+", "-", clips.name) or "clips"
    return f"{plain}-{blake2b(str(clips).encode(), digest_size=3).hexdigest()}"
