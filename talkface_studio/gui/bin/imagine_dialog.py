"""Faces imagined from a voice, one of which becomes a photo of the project."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Document, Imagine, Models
from talkface_studio.gui.parts.boxes import Card, FormRow
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.parts.thumbnail import Thumbnail
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

CANDIDATES = 4
SIDE = 150
"""Of a candidate's picture, in pixels at a text scale of 100 %."""


class _Candidate(Card):
    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__(pressable=True)
        self.setAccessibleName(self.tr("Face {0}").format(number + 1))
        self.path: Path | None = None
        self.picture = Thumbnail(theme, "user")
        self.picture.setFixedSize(theme.px(SIDE), theme.px(SIDE))
        self.words = label("", "small", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self.picture)
        self.body.addWidget(self.words)

    def clear(self) -> None:
        self.path = None
        self.choose(False)
        self.picture.show_image(None)
        self.words.setText(self.tr("Imagining…"))

    def show_answer(self, said: Mapping[str, Any]) -> None:
        self.path = Path(said["path"])
        self.picture.show_image(QImage(str(self.path)))
        found, words = said["attributes"], []
        if "male" in found:
            words.append(self.tr("looks male") if found["male"] > 0.5 else self.tr("looks female"))
        if "age" in found:
            words.append(self.tr("about {0}").format(round(found["age"])))
        self.words.setText(", ".join(words))


class ImagineDialog(QDialog):
    """Four candidates, and others when they are asked for."""

    chosen = Signal(Path)
    """The picture that was taken."""

    def __init__(self, studio: Studio, speech: Path, folder: Path, parent: QWidget) -> None:
        """Imagine who says what is in `speech`; pictures are kept in `folder`."""
        super().__init__(parent)
        self._studio, self._speech, self._folder, self._seed = studio, speech, folder, 0
        self._asked: list[Future[Document]] = []
        self.setWindowTitle(self.tr("Imagine a face"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = QComboBox()
        self._model_row = FormRow(self.tr("Model"), self.model)
        self._model_row.hide()
        self.candidates = tuple(_Candidate(studio.theme, number) for number in range(CANDIDATES))
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.more = button(self.tr("Other faces"), self._others)
        self.take = button(self.tr("Use this face"), self._take, "primary")
        self._lay_out()
        for candidate in self.candidates:
            candidate.pressed.connect(partial(self._choose, candidate))
        self.model.activated.connect(lambda _: self._begin())
        self.finished.connect(lambda _: self._stop())
        studio.bridge.ask(Models(), self._show_models, self._fail, owner=self)
        self._begin()

    @property
    def complete(self) -> bool:
        """Whether all candidates are there."""
        return all(candidate.path is not None for candidate in self.candidates)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(label(self.tr("Faces that this voice may belong to"), "title", wrap=True))
        column.addWidget(label(self._speech.name, "muted"))
        column.addWidget(
            label(
                self.tr("An imagined face is an illustration, never evidence of what someone looks like."),
                "warning",
                wrap=True,
            )
        )
        column.addWidget(self._model_row)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for candidate in self.candidates:
            row.addWidget(candidate)
        column.addLayout(row)
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch()
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        foot.addWidget(self.take)
        column.addLayout(foot)

    def _show_models(self, answer: Document) -> None:
        models: list[dict[str, Any]] = answer.content["models"]  # type: ignore[assignment]
        for model in models:
            if model["gives"] == "portrait":
                self.model.addItem(model["title"], model["name"])
        self._model_row.setVisible(self.model.count() > 1)

    def _others(self) -> None:
        self._seed += CANDIDATES
        self._begin()

    def _begin(self) -> None:
        self._stop()
        self.problem.hide()
        self.take.setEnabled(False)
        self.more.setEnabled(False)
        settings = self._studio.project.document.export
        for number, candidate in enumerate(self.candidates):
            candidate.clear()
            question = Imagine(
                speech=self._speech,
                folder=self._folder,
                model=self.model.currentData(),
                seed=self._seed + number,
                device=settings.device,
                precision=settings.precision,
            )
            self._asked.append(
                self._studio.bridge.ask(question, partial(self._show, candidate), self._fail, owner=self)
            )

    def _show(self, candidate: _Candidate, answer: Document) -> None:
        candidate.show_answer(answer.content)
        self.more.setEnabled(self.complete)

    def _fail(self, error: TalkFaceError) -> None:
        self._stop()
        for candidate in self.candidates:
            if candidate.path is None:
                candidate.words.setText("")
        self.problem.setText(str(error))
        self.problem.show()

    def _choose(self, candidate: _Candidate) -> None:
        if candidate.path is not None:
            for each in self.candidates:
                each.choose(each is candidate)
            self.take.setEnabled(True)

    def _take(self) -> None:
        path = next(each.path for each in self.candidates if each.property("chosen"))
        self.accept()
        self.chosen.emit(path)

    def _stop(self) -> None:
        for future in self._asked:
            future.cancel()
        self._asked.clear()
