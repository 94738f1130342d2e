"""What the pages of the window look like: a head with buttons, and groups of facts below it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from talkface_studio.gui.parts.boxes import Card, scrolling
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

WIDTH = 860
"""Of what is read on a page, in pixels at a text scale of 100 %; longer lines are hard to read."""


class PageHead(QWidget):
    """The name of a page, a line about it, and buttons at the right."""

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addWidget(label(title, "display"))
        self.text = label(text, "muted", wrap=True)
        self.text.setVisible(bool(text))
        words.addWidget(self.text)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, Space.S)
        self._row.setSpacing(Space.S)
        self._row.addLayout(words, 1)

    def add(self, widget: QWidget) -> None:
        """Put a button at the right."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)


class Column(QWidget):
    """What scrolls on a page: groups below each other, in the middle of a wide window."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inner = QWidget()
        self.body = QVBoxLayout(self._inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(Space.L)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        row.addStretch()
        row.addWidget(self._inner, 100)
        row.addStretch()
        theme.changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self._inner.setMaximumWidth(self._theme.px(WIDTH))


def scrolling_page(page: QWidget, theme: Theme) -> Column:
    """Give a page one column that scrolls."""
    column = Column(theme)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(scrolling(column))
    return column


def group(title: str, *parts: QWidget) -> QFrame:
    """A card with a title and what belongs together."""
    card = Card()
    card.body.setSpacing(Space.S)
    if title:
        card.body.addWidget(label(title, "section"))
    for part in parts:
        card.body.addWidget(part)
    return card


class Facts(QWidget):
    """Names and what they are, in two columns that can be selected and copied."""

    def __init__(self, facts: Iterable[tuple[str, str]] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        for name, value in facts:
            self.add(name, value)

    def add(self, name: str, value: str, rank: str = "body") -> None:
        """One more."""
        row = self._grid.rowCount()
        first = label(name, "muted")
        first.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        second = label(value, rank, wrap=True)  # type: ignore[arg-type]
        second.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        second.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._grid.addWidget(first, row, 0)
        self._grid.addWidget(second, row, 1)

    def minimumSizeHint(self) -> QSize:
        """Narrow windows wrap the values."""
        return QSize(0, super().minimumSizeHint().height())


def empty_layout(layout: QVBoxLayout) -> None:
    """Take everything out of a column and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
