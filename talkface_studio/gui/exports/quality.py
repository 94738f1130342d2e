"""The quality of an export, measured by the engine when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Document, Picture, Review
from talkface_studio.engine.protocol.questions import Thumbnail as ThumbnailOf
from talkface_studio.gui.inspector.facts import Facts
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import SectionHeader, label
from talkface_studio.gui.parts.thumbnail import Thumbnail, image_of
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.project.export.moment import timeline_time

_GOOD, _FAIR = 0.6, 0.3
"""Correlations of lips and voice; real speech has 0.8 to 0.9."""


class QualityReport(QWidget):
    """A button that measures, and what was measured: sync, sharpness, and the worst frame to jump to."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._path, self._dub = Path(), dict[str, Any]()
        self._worst = 0.0
        self.facts = Facts()
        self.picture = Thumbnail(studio.theme, "image")
        self.problem = label("", "error", wrap=True)
        self.measure = button(self.tr("Measure the quality"), self._ask)
        self.jump = button(self.tr("Jump to the worst frame"), self._jump)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(SectionHeader(self.tr("Quality")))
        for part in (self.facts, self.problem, self.picture):
            column.addWidget(part)
        for each in (self.measure, self.jump):
            column.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_export(self, path: Path, dub: Mapping[str, Any]) -> None:
        """Offer to measure a file that was made; `dub` is the request of it, by the names of its fields."""
        self._path, self._dub = path, dict(dub)
        self.measure.setEnabled(True)
        self.measure.setText(self.tr("Measure the quality"))
        self.measure.show()
        for part in (self.facts, self.problem, self.picture, self.jump):
            part.hide()
        self.show()

    def _ask(self) -> None:
        self.measure.setEnabled(False)
        self.measure.setText(self.tr("Looking and listening…"))
        self.problem.hide()
        path = self._path
        show, fail = partial(self._show, path), partial(self._fail, path)
        self._studio.bridge.ask(Review(path=path), show, fail, owner=self)

    def _show(self, path: Path, answer: Document) -> None:
        if path != self._path:
            return
        said: Mapping[str, Any] = answer.content
        self.measure.hide()
        self.facts.show_facts({
            self.tr("Lips and voice"): self._sync(said["sync"]),
            self.tr("Shift"): self._shift(said["late"]),
            self.tr("Mouth"): self._sharpness(said["sharpness"]),
            self.tr("Worst frame"): "" if said["worst"] is None else clock(said["worst"]),
            self.tr("Looked at"): self.tr("%n frame(s)", "", said["frames"]),
        })  # fmt: skip
        self.facts.show()
        if said["worst"] is None:
            self.problem.setText(self.tr("No face was found in it."))
            self.problem.show()
            return
        self._worst = float(said["worst"])
        self.picture.show_image(None)
        self.picture.show()
        self.jump.setVisible(timeline_time(self._studio.project.document, self._dub, self._worst) is not None)
        question = ThumbnailOf(path=path, time=self._worst, longest=480)
        self._studio.bridge.ask(question, self._show_picture, lambda _error: None, owner=self)

    def _show_picture(self, picture: Picture) -> None:
        self.picture.show_image(image_of(picture))

    def _fail(self, path: Path, error: TalkFaceError) -> None:
        if path == self._path:
            self.measure.setEnabled(True)
            self.measure.setText(self.tr("Measure the quality"))
            self.problem.setText(str(error))
            self.problem.show()

    def _jump(self) -> None:
        time = timeline_time(self._studio.project.document, self._dub, self._worst)
        if time is not None:
            self._studio.project.look(playhead=time)
            self.window().setFocus()

    def _sync(self, value: float | None) -> str:
        if value is None:
            return self.tr("not measured: too short, or nobody speaks")
        words = self.tr("good") if value >= _GOOD else self.tr("fair") if value >= _FAIR else self.tr("poor")
        return self.tr("{0} ({1} of 1)").format(words, QLocale().toString(value, "f", 2))

    def _shift(self, late: float | None) -> str:
        if late is None:
            return ""
        if not late:
            return self.tr("none")
        words = self.tr("lips {0} ms late") if late > 0 else self.tr("lips {0} ms early")
        return words.format(round(abs(late) * 1000))

    def _sharpness(self, share: float | None) -> str:
        return "" if share is None else self.tr("{0} % as sharp as the eyes").format(round(share * 100))
