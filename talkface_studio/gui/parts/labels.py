"""Labels: of a rank, elided, and the heads of sections."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from talkface_studio.gui.theme.tokens import Space

Rank = Literal["body", "muted", "small", "title", "display", "section", "error", "warning", "success", "badge"]


def label(text: str = "", rank: Rank = "body", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A label of one of the ranks of the style sheet."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    set_rank(made, rank)
    return made


def set_rank(widget: QWidget, rank: str) -> None:
    """Give a widget another rank, and the look that goes with it."""
    set_property(widget, "rank", rank)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set what the style sheet looks at, and have it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def line(parent: QWidget | None = None) -> QFrame:
    """A thin line between groups."""
    made = QFrame(parent)
    made.setProperty("part", "line")
    return made


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit is left out in the middle or at the end, and shown as a tool tip."""

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        rank: Rank = "body",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_rank(self, rank)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        space = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, space.width())
        self.style().drawItemText(
            painter, space, int(self.alignment()), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )


class SectionHeader(QWidget):
    """The head of a section: its name, and room for buttons at the right."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, Space.S, 0, Space.XS)
        self._row.setSpacing(Space.XS)
        self.label = label(text, "section")
        self._row.addWidget(self.label)
        self._row.addStretch()

    def add(self, widget: QWidget) -> None:
        """Put a button at the right."""
        self._row.addWidget(widget)
