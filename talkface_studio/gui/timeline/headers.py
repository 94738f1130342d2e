"""The heads of the lanes, at the left of the timeline."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.rows import Row
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.timeline import PICTURE
from talkface_studio.project.edit.lanes import change_lane

WIDTH = 148
"""In pixels at a text scale of 100 %."""


class LaneHeader(QWidget):
    """The name of a lane, and the button that mutes it."""

    pressed = Signal(str)
    renamed = Signal(str)
    """The user wants to give it another name."""
    menu_wanted = Signal(str, QPoint)

    def __init__(self, theme: Theme, lane: str, mute: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lane, self._theme, self._color = lane, theme, ""
        self.name = ElidedLabel()
        self.count = label("", "small")
        self.mute = IconButton(theme, "volume", self.tr("Mute the lane"), mute, checkable=True, size=16)
        self.mute.setVisible(lane != PICTURE)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.XS, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self.name, 1)
        row.addWidget(self.count)
        row.addWidget(self.mute)

    def show_lane(self, name: str, color: str, *, muted: bool, count: int) -> None:
        """Show these facts."""
        self._color = color
        self.name.setText(name)
        self.name.setEnabled(not muted)
        self.count.setText(str(count) if count else "")
        self.mute.setChecked(muted)
        self.mute.rename("mute" if muted else "volume", self.tr("Mute {0}").format(name))
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a bar in the colour of the lane's items."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("raised"))
        if self._color:
            painter.fillRect(QRectF(0, 0, 4, self.height()), self._color)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the lane."""
        self.pressed.emit(self.lane)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Give it another name."""
        if self.lane != PICTURE and event.button() == Qt.MouseButton.LeftButton:
            self.renamed.emit(self.lane)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for its menu."""
        self.menu_wanted.emit(self.lane, event.globalPos())


class LaneHeaders(QWidget):
    """All heads, beside the rows of a view."""

    renamed = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, theme: Theme, view: TimelineView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._view, self._project = theme, view, view.project
        self._clip = QWidget(self)
        self._headers: dict[str, LaneHeader] = {}
        self._head = label("", "small")
        view.rows_changed.connect(self._arrange)
        theme.changed.connect(self._arrange)
        self._arrange()

    def header(self, lane: str) -> LaneHeader:
        """The head of a lane.

        Raises:
            KeyError: there is no such lane.
        """
        return self._headers[lane]

    def _arrange(self) -> None:
        rows, document = self._view.rows, self._project.document
        self.setFixedWidth(self._theme.px(WIDTH))
        self._clip.setGeometry(
            0, round(rows.ruler), self.width(), max(self._view.viewport().height() - round(rows.ruler), 0)
        )
        for gone in self._headers.keys() - {row.lane for row in rows.rows}:
            self._headers.pop(gone).deleteLater()
        colors = self._theme.colors
        for index, row in enumerate(rows.rows):
            header = self._headers.get(row.lane) or self._add(row)
            top = round(row.top - rows.ruler - self._view.verticalScrollBar().value())
            header.setGeometry(0, top, self.width() - 1, round(row.height))
            muted = row.lane != PICTURE and document.lane(row.lane).muted
            color = colors.lane_picture if row.lane == PICTURE else colors.lanes[(index - 1) % len(colors.lanes)]
            name, count = self._view.texts.lane(document, row.lane), len(document.on_lane(row.lane))
            header.show_lane(name, color, muted=muted, count=count)

    def _add(self, row: Row) -> LaneHeader:
        def mute() -> None:
            lane = self._project.document.lane(row.lane)
            self._project.do(change_lane(lane.id, muted=not lane.muted))

        header = self._headers[row.lane] = LaneHeader(self._theme, row.lane, mute, self._clip)
        header.pressed.connect(self._view.choose_lane)
        header.renamed.connect(self.renamed)
        header.menu_wanted.connect(self.menu_wanted)
        header.show()
        return header
