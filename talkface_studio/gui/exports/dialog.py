"""The export of the project: what is made of it, in which format, where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.exports.choices import ExportChoices
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.exports.sheet import ExportSheet
from talkface_studio.gui.exports.wording import clock
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import Role
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.edit.marks import set_export
from talkface_studio.project.export.plan import ExportPlan, ExportProblem, plan_exports
from talkface_studio.project.export.planned import PlannedExport
from talkface_studio.project.export.request import dub_request


class ExportDialog(ExportSheet):
    """Shows the files that the timeline becomes, and what stands in their way."""

    def __init__(
        self, studio: Studio, queue: ExportQueue, choices: ExportChoices, parent: QWidget | None = None
    ) -> None:
        self._exports: list[PlannedExport] = []
        super().__init__(studio, queue, choices, QCoreApplication.translate("ExportDialog", "Export"), parent)
        self._files = QWidget()
        self._rows = QVBoxLayout(self._files)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Space.XS)
        self.body.addWidget(self._files)
        self.refresh()

    def exports(self) -> Sequence[PlannedExport]:
        """Those that can be made."""
        return self._exports

    def refresh(self) -> None:
        """Plan anew."""
        document = self._studio.project.document
        settings = self.form.settings()
        changed = set_export(settings).apply(document)
        plan = plan_exports(changed, self.form.target, taken=self.taken())
        self._exports, refused = [], []
        for export in plan.exports:
            try:
                dub_request(export, document)
            except ProjectError as error:
                refused.append(ExportProblem("", str(error)))
            else:
                self._exports.append(export)
        self._show(plan, refused)
        super().refresh()

    def add(self) -> None:
        """Add them to the queue; the project keeps how it was exported."""
        settings = self.form.settings()
        if settings != self._studio.project.document.export:
            self._studio.do(set_export(settings))
        super().add()

    def _show(self, plan: ExportPlan, refused: list[ExportProblem]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for export in self._exports:
            self._rows.addWidget(self._file_row(export))
        for problem in (*plan.problems, *refused):
            self._rows.addWidget(self._problem_row(problem))

    def _file_row(self, export: PlannedExport) -> QWidget:
        words = [self.tr("%n voice(s)", "", len({entry.speech for entry in export.entries}))]
        ends = [export.end, *(entry.end for entry in export.entries)]
        end = next((each for each in ends if each is not None), None)
        if end is not None:
            words.append(clock(end - export.start))
        return self._row("film", "muted", ElidedLabel(export.output.name), label(" · ".join(words), "small"))

    def _problem_row(self, problem: ExportProblem) -> QWidget:
        rank: Literal["error", "warning"] = "error" if problem.blocking else "warning"
        show = [button(self.tr("Show"), partial(self._select, problem.id), "flat")] if problem.id else []
        return self._row("alert", rank, label(problem.reason, rank, wrap=True), *show)

    def _row(self, icon: str, role: Role, main: QWidget, *more: QWidget) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        picture = QLabel()
        side = self._studio.theme.px(16)
        picture.setPixmap(self._studio.theme.icon(icon, role).pixmap(side, side))
        line.addWidget(picture)
        line.addWidget(main, 1)
        for each in more:
            line.addWidget(each)
        return row

    def _select(self, entry: str) -> None:
        self._studio.project.select([entry])
        self.reject()
