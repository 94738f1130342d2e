"""How far something is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from talkface_studio.gui.parts.labels import ElidedLabel, label, set_rank
from talkface_studio.gui.theme.tokens import Space


class ProgressRow(QWidget):
    """A name, a line about it at the right, and a bar below both."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(name, Qt.TextElideMode.ElideMiddle)
        self.detail = label("", "small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(name)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self.bar)

    def show_progress(self, done: int, total: int, detail: str = "", rank: str = "") -> None:
        """Show so much of so much; a total of 0 is not known. `rank` is "done", "failed" or nothing."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.detail.setText(detail)
        set_rank(self.bar, rank)
