"""A dialog that puts exports into the queue: what its two kinds have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.documents import document_of
from talkface_studio.gui.consent import with_consent
from talkface_studio.gui.exports.choices import ExportChoices, with_encoding
from talkface_studio.gui.exports.form import ExportForm
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.parts.boxes import scrolling
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.export.planned import PlannedExport
from talkface_studio.project.export.request import dub_request
from talkface_studio.project.queue.job import ENDED


class SheetWords(QObject):
    """Counted texts: `tr` of a subclass of the dialog would not look for them in the dialog's own context."""

    def adding(self, count: int) -> str:
        """What the button says."""
        return self.tr("Add %n export(s) to the queue", "", count)

    def added(self, count: int) -> str:
        """What is said afterwards."""
        return self.tr("%n export(s) added to the queue", "", count)


class ExportSheet(QDialog):
    """Form and buttons below what a subclass puts into `body`."""

    def __init__(
        self, studio: Studio, queue: ExportQueue, choices: ExportChoices, title: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._studio, self._queue, self._words = studio, queue, SheetWords(self)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = studio.theme.px
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.S)
        self.form = ExportForm(choices, studio.project.document.export)
        self.error = label(rank="error", wrap=True)
        self.error.setVisible(False)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.S)
        column.setSpacing(Space.M)
        column.addWidget(label(title, "title"))
        column.addLayout(self.body)
        column.addWidget(self.form)
        column.addStretch()
        self.go = button(self.tr("Add to the queue"), self.ask, "primary")
        self.go.setDefault(True)
        row = QHBoxLayout()
        row.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        row.setSpacing(Space.S)
        row.addWidget(self.error, 1)
        row.addStretch()
        row.addWidget(button(self.tr("Cancel"), self.reject))
        row.addWidget(self.go)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scrolling(content), 1)
        outer.addLayout(row)
        self.resize(px(620), px(480))
        self.form.changed.connect(self.refresh)

    def exports(self) -> Sequence[PlannedExport]:
        """What would be added now."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what would be added now."""
        count = len(self.exports())
        self.go.setText(self._words.adding(count))
        self.go.setEnabled(bool(count))

    def taken(self) -> set[Path]:
        """Outputs that must not be used: of jobs that have not ended, and files that are there."""
        folder = self.form.target
        there = {folder / path.name for path in folder.iterdir()} if folder.is_dir() else set()
        return there | {Path(job.output) for job in self._queue.jobs if job.state not in ENDED}

    def complain(self, reason: str) -> None:
        """Say why nothing was added."""
        self.error.setText(reason)
        self.error.setVisible(True)
        self.go.setEnabled(True)

    def ask(self) -> None:
        """Add them to the queue, once the question about consent is answered."""
        self.error.setVisible(False)
        with_consent(self._studio, self, self.add)

    def _requests(self) -> list[dict[str, Any]]:
        document, form = self._studio.project.document, self.form
        made = [document_of(dub_request(export, document)) for export in self.exports()]
        preferred = self._studio.preferences.values
        for request in made:
            for name, value in (("device", preferred.device), ("precision", preferred.precision)):
                if request[name] == "auto":
                    request[name] = value
        return [with_encoding(request, form.chosen, form.hardware) for request in made]

    def add(self) -> None:
        """Add them to the queue, and close."""
        try:
            requests = self._requests()
            self.form.target.mkdir(parents=True, exist_ok=True)
        except (ProjectError, OSError) as error:
            self.complain(str(error))
            return
        self.go.setEnabled(False)
        self._queue.add(requests, self._added, self.complain)

    def _added(self, count: int) -> None:
        self._studio.run("place.queue")
        self._studio.tell(self._words.added(count), "success")
        self.accept()
