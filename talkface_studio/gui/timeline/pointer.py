"""The mouse on the timeline: selects, scrubs, drags, pans. Each drag is one step of the history."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.timeline.axis import Axis
from talkface_studio.gui.timeline.drags import (
    Band,
    Drag,
    Here,
    Magnet,
    MarkerDrag,
    MoveDrag,
    RangeDrag,
    SlipDrag,
    TrimDrag,
)
from talkface_studio.gui.timeline.rows import Hit
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.edit.snapping import snap_points

PULL = 8.0
"""Pixels from which an edge is drawn to a point."""
_EDGE = 24
"""Pixels at the sides where a drag scrolls the view."""
_CURSORS = {
    "start": Qt.CursorShape.SplitHCursor,
    "end": Qt.CursorShape.SplitHCursor,
    "in": Qt.CursorShape.SizeHorCursor,
    "out": Qt.CursorShape.SizeHorCursor,
    "playhead": Qt.CursorShape.SizeHorCursor,
    "marker": Qt.CursorShape.PointingHandCursor,
}
_ADD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Pointer(QObject):
    """Turns the mouse into edits, selections and looks of the project that a view shows."""

    refused = Signal(str)
    """Why a drag could not go on."""
    scrubbed = Signal()
    """The playhead was taken hold of: what plays should stop."""
    marker_opened = Signal(str)
    """The id of a marker that was pressed twice."""
    item_opened = Signal(str)
    """The id of a clip or segment that was pressed twice."""

    def __init__(self, view: TimelineView, snapping: Callable[[], bool]) -> None:
        super().__init__(view)
        self._view, self._project, self._snapping = view, view.project, snapping
        self._pressed: tuple[Hit, QPointF] | None = None
        self._drag: Drag | None = None
        self._band: Band | None = None
        self._scrubbing = self._clicked_selected = False
        self._panned: QPointF | None = None
        self._magnet = Magnet()
        self._last: tuple[QPointF, Qt.KeyboardModifier] | None = None
        self._autoscroll = QTimer(self, interval=30)
        self._autoscroll.timeout.connect(self._scroll_on)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear the mouse on the view, and Escape while something is dragged."""
        if isinstance(event, QMouseEvent) and watched is self._view.viewport():
            match event.type():
                case QEvent.Type.MouseButtonPress:
                    self._press(event)
                case QEvent.Type.MouseMove:
                    self._move(event)
                case QEvent.Type.MouseButtonRelease:
                    self._release(event)
                case QEvent.Type.MouseButtonDblClick:
                    self._press_twice(event)
            return True
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._busy:
            if event.type() == QEvent.Type.KeyPress:
                self._give_up()
            return True
        return False

    @property
    def _busy(self) -> bool:
        return self._drag is not None or self._band is not None or self._scrubbing

    def _press(self, event: QMouseEvent) -> None:
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        place = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = place
            return
        found = self._view.hit(place.x(), place.y())
        if event.button() == Qt.MouseButton.RightButton:
            self._choose_for_menu(found)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = (found, place)
        if found.lane:
            self._view.choose_lane(found.lane)
        keys = event.modifiers()
        if found.part in {"ruler", "playhead"} and not keys & Qt.KeyboardModifier.ShiftModifier:
            self._scrubbing = True
            self.scrubbed.emit()
            self._begin(set())
            self._scrub(place, keys)
        elif found.id:
            self._choose(found.id, adding=bool(keys & _ADD))
        elif found.part in {"lane", "below"}:
            self._band = Band(found.time, found.lane, self._project.selection if keys & _ADD else frozenset())
            self._project.select(self._band.before)

    def _press_twice(self, event: QMouseEvent) -> None:
        found = self._view.hit(event.position().x(), event.position().y())
        if found.part == "marker":
            self.marker_opened.emit(found.id)
            return
        self._press(event)
        if found.lane and found.id:
            self.item_opened.emit(found.id)

    def _choose(self, entry_id: str, *, adding: bool) -> None:
        chosen = self._project.selection
        self._clicked_selected = entry_id in chosen
        if adding:
            self._project.select(chosen ^ {entry_id})
            self._clicked_selected = False
        elif not self._clicked_selected:
            self._project.select({entry_id})

    def _choose_for_menu(self, found: Hit) -> None:
        if found.lane:
            self._view.choose_lane(found.lane)
        if found.id and found.id not in self._project.selection:
            self._project.select({found.id})

    def _move(self, event: QMouseEvent) -> None:
        place, keys = event.position(), event.modifiers()
        self._last = (place, keys)
        if self._panned is not None:
            self._view.scroll_by(self._panned.x() - place.x())
            self._panned = place
            return
        if self._pressed is None:
            self._point_at(place)
            return
        found, origin = self._pressed
        if self._scrubbing:
            self._scrub(place, keys)
        elif self._band is not None:
            self._stretch(place)
        elif self._drag is not None:
            self._go_on(place, keys)
        elif (place - origin).manhattanLength() >= QApplication.startDragDistance():
            self._drag = self._grip(found, keys)
            if self._drag is not None:
                self._view.following = False
                self._begin(self._dragged(found))
                self._go_on(place, keys)
        if self._busy:
            near = place.x() < _EDGE or place.x() > self._view.viewport().width() - _EDGE
            self._autoscroll.start() if near else self._autoscroll.stop()

    def _release(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = None
            return
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        found, _ = self._pressed
        if self._drag is None and self._clicked_selected and found.id:
            self._project.select({found.id})
        self._end()

    def _grip(self, found: Hit, keys: Qt.KeyboardModifier) -> Drag | None:
        document = self._project.document
        match found.part:
            case "start" | "end":
                return TrimDrag.of(document, found.id, found.part, found.time)
            case "body":
                return self._grip_body(found, keys)
            case "marker":
                return MarkerDrag(found.id, found.time)
            case "in" | "out":
                return RangeDrag(found.part, found.time)
            case "ruler":
                return RangeDrag("new", found.time)
        return None

    def _grip_body(self, found: Hit, keys: Qt.KeyboardModifier) -> Drag | None:
        if keys & Qt.KeyboardModifier.AltModifier:
            return SlipDrag.of(self._project.document, found.id, found.time)
        ids = self._dragged(found)
        return MoveDrag.of(self._project.document, ids, found.time) if ids else None

    def _dragged(self, found: Hit) -> set[str]:
        if found.part != "body":
            return {found.id}
        items = {item.id for item in self._project.document.items}
        return set(self._project.selection & items)

    def _begin(self, without: set[str]) -> None:
        playhead = None if self._scrubbing else self._project.view.playhead
        points = snap_points(self._project.document, playhead=playhead, without=without)
        self._magnet = Magnet(points, PULL / self._view.axis.zoom)

    def _attraction(self, keys: Qt.KeyboardModifier) -> Magnet:
        free = bool(keys & Qt.KeyboardModifier.ShiftModifier) or not self._snapping()
        return Magnet() if free else Magnet(self._magnet.points, PULL / self._view.axis.zoom)

    def _go_on(self, place: QPointF, keys: Qt.KeyboardModifier) -> None:
        assert self._drag is not None
        view = self._view
        lane = view.scene.lane_at(place.y())
        # A drag may leave the view at the left; the instant there lies before the axis begins.
        time = view.axis.scroll + place.x() / view.axis.zoom
        self._to(Here(self._project.document, time, lane, self._attraction(keys)))

    def _to(self, here: Here) -> None:
        assert self._drag is not None
        overlay = self._view.overlay
        overlay.refusal = None
        try:
            step = self._drag.to(here)
            if step.edit is not None:
                self._project.do(step.edit)
        except ProjectError as error:
            overlay.guide, overlay.refusal = None, (here.time, str(error))
        else:
            overlay.guide = None if step.guide is None else step.guide.time
            overlay.readout = (step.readout, clock(step.readout))
        self._view.refresh()

    def _scrub(self, place: QPointF, keys: Qt.KeyboardModifier) -> None:
        axis: Axis = self._view.axis
        time = axis.time(place.x())
        shift, guide = self._attraction(keys).pull([time])
        self._view.overlay.guide = None if guide is None else guide.time
        self._view.following = False
        self._project.look(playhead=max(time + shift, 0.0))
        self._view.refresh()

    def _stretch(self, place: QPointF) -> None:
        if self._band is None or self._pressed is None:
            return
        view, scene = self._view, self._view.scene
        left = scene.axis.x(self._band.home)
        top, bottom = sorted((self._pressed[1].y(), place.y()))
        view.overlay.band = QRectF(QPointF(left, top), QPointF(place.x(), bottom)).normalized()
        lanes = {row.lane for row in scene.rows.between(top + scene.scroll, bottom + scene.scroll)}
        self._project.select(self._band.touched(scene.document, scene.axis.time(place.x()), lanes))
        view.refresh()

    def _point_at(self, place: QPointF) -> None:
        part = self._view.hit(place.x(), place.y()).part
        self._view.viewport().setCursor(_CURSORS.get(part, Qt.CursorShape.ArrowCursor))

    def _scroll_on(self) -> None:
        if self._last is None or not self._busy:
            self._autoscroll.stop()
            return
        place, keys = self._last
        beyond = place.x() if place.x() < _EDGE else place.x() - self._view.viewport().width()
        self._view.scroll_by((beyond - _EDGE if place.x() < _EDGE else beyond + _EDGE) / 2)
        if self._scrubbing:
            self._scrub(place, keys)
        elif self._band is not None:
            self._stretch(place)
        else:
            self._go_on(place, keys)

    def _give_up(self) -> None:
        """Back to where the drag began: merged with its other steps, that leaves none."""
        if self._drag is not None:
            self._to(Here(self._project.document, self._drag.home, self._home_lane()))
        elif self._band is not None:
            self._project.select(self._band.before)
        self._end()

    def _home_lane(self) -> str:
        return self._drag.lane if isinstance(self._drag, MoveDrag) else ""

    def _end(self) -> None:
        self._autoscroll.stop()
        self._project.seal()
        overlay = self._view.overlay
        if overlay.refusal is not None:
            self.refused.emit(overlay.refusal[1])
        overlay.guide = overlay.readout = overlay.band = overlay.refusal = None
        self._pressed = self._drag = self._band = None
        self._scrubbing = self._clicked_selected = False
        self._view.following = True
        self._view.refresh()
