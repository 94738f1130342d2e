"""The canvas of the timeline: shows a project, scrolls, zooms. Mouse and keys are in `pointer` and `drops`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.axis import Axis
from talkface_studio.gui.timeline.faces import FaceLooks
from talkface_studio.gui.timeline.filmstrip import Filmstrip
from talkface_studio.gui.timeline.look import Look
from talkface_studio.gui.timeline.paint import PLAYHEAD_REACH, Overlay, ScenePainter
from talkface_studio.gui.timeline.paint_items import ItemPainter
from talkface_studio.gui.timeline.rows import Hit, Rows, Scene, hit
from talkface_studio.gui.timeline.sounds import Sounds
from talkface_studio.gui.timeline.texts import Texts
from talkface_studio.project.document.timeline import PICTURE
from talkface_studio.project.document.view import View
from talkface_studio.project.events import Changes
from talkface_studio.project.project import Project

_STEP = 1.25
"""By how much one notch of the wheel zooms."""
_NOTCH = 120


class TimelineView(QAbstractScrollArea):
    """Clips, segments and marks over time. Its place and zoom are the project's `view`."""

    rows_changed = Signal()
    """The lanes are others now, or lie at other heights."""
    menu_wanted = Signal(object, object)
    """A `Hit`, and where on the screen."""

    def __init__(self, project: Project, theme: Theme, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.project = project
        self.texts = Texts(self)
        self.overlay = Overlay()
        self.following = True
        """Whether the view turns its page when the playhead leaves it."""
        self._theme = theme
        self.sounds = Sounds(ask, lambda _path: self.viewport().update())
        self.strip = Filmstrip(ask, self.viewport().update)
        self.faces = FaceLooks(ask, self.viewport().update)
        self._items = ItemPainter(theme, self.sounds, self.strip, self.faces, self.texts)
        self._look = Look(theme)
        self._painter = ScenePainter(self._look, self._items)
        self._shown = project.view
        self._lane = PICTURE
        self._files = {entry.id: entry.path for entry in project.document.media}
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Timeline"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().valueChanged.connect(self._scrolled_up)
        theme.changed.connect(self._restyle)
        project.changed.connect(self._document_changed)
        project.view_changed.connect(self._view_changed)
        project.selection_changed.connect(self._selection_changed)
        self._arrange()

    # What is shown.

    @property
    def axis(self) -> Axis:
        """Seconds to pixels of the viewport."""
        view = self.project.view
        return Axis(view.zoom * self._theme.scale, view.scroll, max(self.viewport().width(), 1))

    @property
    def rows(self) -> Rows:
        """The lanes."""
        look = self._look
        return Rows.of(self.project.document, ruler=look.ruler, picture=look.picture, voice=look.voice, gap=look.gap)

    @property
    def scene(self) -> Scene:
        """All of it, as a value."""
        view = self.project.view
        return Scene(self.project.document, self.axis, self.rows, view.playhead, self.verticalScrollBar().value())

    @property
    def lane(self) -> str:
        """The lane that keys move along, the picture at first."""
        lanes = {PICTURE, *(lane.id for lane in self.project.document.lanes)}
        return self._lane if self._lane in lanes else PICTURE

    def choose_lane(self, lane: str) -> None:
        """Have keys move along another lane, and bring it into view."""
        self._lane = lane
        row, bar = self.rows.row(self.lane), self.verticalScrollBar()
        top, height = row.top - self._look.ruler, row.height + self._look.gap
        bar.setValue(min(max(bar.value(), round(top + height - bar.pageStep())), round(top)))
        self.refresh()

    def hit(self, x: float, y: float) -> Hit:
        """What lies under a point of the viewport."""
        return hit(self.scene, x, y)

    def refresh(self) -> None:
        """Paint everything again."""
        self.overlay.lane = self.lane if self.hasFocus() else ""
        self.viewport().update()

    def say(self, sentence: str) -> None:
        """Have a screen reader say something."""
        self.setAccessibleDescription(sentence)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    # Place and zoom.

    def zoom_by(self, factor: float, x: float | None = None) -> None:
        """Come closer or go further away, around a place of the viewport: the playhead, or the middle."""
        axis = self.axis
        if x is None:
            x = axis.x(self.project.view.playhead)
            x = x if 0 <= x <= axis.width else axis.width / 2
        self._become(axis.zoomed(factor, x, self.project.document.duration))

    def fit(self) -> None:
        """Show what is selected, or everything if it is shown like that already."""
        document, axis = self.project.document, self.axis
        chosen = [item for item in document.items if item.id in self.project.selection]
        everything = axis.fitted(0.0, document.duration)
        if chosen:
            closer = axis.fitted(min(item.start for item in chosen), max(item.end for item in chosen))
            if closer != axis:
                self._become(closer)
                return
        self._become(everything)

    def scroll_by(self, pixels: float) -> None:
        """Move along, to later with positive numbers."""
        axis = self.axis
        last = max(axis.last_scroll(self.project.document.duration), axis.scroll)
        self.project.look(scroll=min(max(axis.scroll + pixels / axis.zoom, 0.0), last))

    def show_time(self, time: float) -> None:
        """Bring an instant into view."""
        self._become(self.axis.showing(time))

    def _become(self, axis: Axis) -> None:
        self.project.look(zoom=axis.zoom / self._theme.scale, scroll=axis.scroll)

    def _scrolled(self, value: int) -> None:
        axis = self.axis
        if value != round(axis.scroll * axis.zoom):
            self.project.look(scroll=value / axis.zoom)

    def _scrolled_up(self) -> None:
        self.rows_changed.emit()
        self.viewport().update()

    def _arrange(self) -> None:
        """Fit the scroll bars to the content."""
        axis, bar = self.axis, self.horizontalScrollBar()
        last = max(axis.last_scroll(self.project.document.duration), axis.scroll)
        bar.blockSignals(True)
        bar.setRange(0, round(last * axis.zoom))
        bar.setPageStep(round(axis.width))
        bar.setSingleStep(self._theme.px(40))
        bar.setValue(round(axis.scroll * axis.zoom))
        bar.blockSignals(False)
        # Room below the lanes to drop what asks for a new one.
        content = round(self.rows.bottom + self._look.voice / 2)
        self.verticalScrollBar().setRange(0, max(content - self.viewport().height(), 0))
        self.verticalScrollBar().setPageStep(self.viewport().height() - self._look.ruler)
        self.rows_changed.emit()

    # What is heard from outside.

    def _document_changed(self, changes: Changes) -> None:
        files = {entry.id: entry.path for entry in self.project.document.media}
        for media_id, path in self._files.items():
            if files.get(media_id) != path:
                self._forget(path)
        self._files = files
        self._arrange()
        self.refresh()

    def _forget(self, path: Path) -> None:
        for source in (self.sounds, self.strip, self.faces):
            source.forget(path)

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        for source in (self.sounds, self.strip, self.faces):
            source.retry()
        self.refresh()

    def _view_changed(self, view: View) -> None:
        before, self._shown = self._shown, view
        if (before.zoom, before.scroll) != (view.zoom, view.scroll):
            self._arrange()
            self.refresh()
            return
        axis, height = self.axis, self.viewport().height()
        for time in (before.playhead, view.playhead):
            x = round(axis.x(time))
            self.viewport().update(x - PLAYHEAD_REACH - 1, 0, 2 * PLAYHEAD_REACH + 3, height)
        if self.following:
            self.show_time(view.playhead)

    def _selection_changed(self, selection: frozenset[str]) -> None:
        self.say(self.texts.selection(self.project.document, selection))
        self.refresh()

    def _restyle(self) -> None:
        self._look = Look(self._theme)
        self._painter.restyle(self._look)
        self._arrange()
        self.refresh()

    # What Qt calls.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is asked for; what was too much for one frame follows in the next."""
        painter = QPainter(self.viewport())
        area = QRectF(event.rect())
        self._items.waves.begin(area, self.viewport().devicePixelRatioF())
        self.strip.begin()
        self._painter.paint(painter, self.scene, area, self.project.selection, self.overlay)
        painter.end()
        self.strip.end()
        if self._items.waves.owing:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the scroll bars."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll along, with Ctrl zoom around the pointer, with Shift or Alt the other way."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_STEP ** ((turned.y() or turned.x()) / _NOTCH), event.position().x())
        elif turned.x() or not self.verticalScrollBar().maximum() or event.modifiers():
            self.scroll_by(-(turned.x() or turned.y()) * self._theme.px(60) / _NOTCH)
        else:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - turned.y() // 2)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Pinch to zoom; tell what lies under the pointer."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position().x())
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().viewportEvent(event)

    def _tell(self, event: QHelpEvent) -> None:
        found = self.hit(event.x(), event.y())
        document = self.project.document
        if found.lane and found.id:
            item = document.item(found.id)
            axis, row = self.axis, self.rows.row(found.lane)
            left, right = round(axis.x(item.start)), round(axis.x(item.end))
            place = QRect(left, round(row.top - self.verticalScrollBar().value()), right - left, round(row.height))
            problem = document.media_of(item.media).problem
            text = self.texts.describe(document, item) + (f"\n{problem.reason}" if problem else "")
            QToolTip.showText(event.globalPos(), text, self.viewport(), place)
        else:
            QToolTip.hideText()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu of what lies under the pointer or, from the keyboard, of what is selected."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self._chosen_hit(), self.viewport().mapToGlobal(self._chosen_place()))
        else:
            position = event.pos()
            self.menu_wanted.emit(self.hit(position.x(), position.y()), event.globalPos())

    def _chosen_hit(self) -> Hit:
        document, chosen = self.project.document, self.project.selection
        item = next((item for item in document.items if item.id in chosen), None)
        if item is not None:
            return Hit("body", item.start, item.id, item.lane)
        marker = next((marker for marker in document.markers if marker.id in chosen), None)
        if marker is not None:
            return Hit("marker", marker.time, marker.id)
        return Hit("lane", self.project.view.playhead, "", self.lane)

    def _chosen_place(self) -> QPoint:
        found, scene = self._chosen_hit(), self.scene
        y = scene.rows.row(found.lane).top - scene.scroll + self._look.label if found.lane else scene.rows.ruler
        return QRectF(max(scene.axis.x(found.time), 0), max(y, scene.rows.ruler), 0, 0).topLeft().toPoint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the lane that keys move along."""
        super().focusInEvent(event)
        self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Mark no lane."""
        super().focusOutEvent(event)
        self.refresh()
