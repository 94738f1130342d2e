"""Paints the timeline: ruler, lanes, marks, and what is shown while something is dragged."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from talkface_studio.gui.timeline.look import Look
from talkface_studio.gui.timeline.paint_items import ItemPainter
from talkface_studio.gui.timeline.placing import Placement
from talkface_studio.gui.timeline.rows import Scene
from talkface_studio.gui.timeline.ruler import Tick, ticks

PLAYHEAD_REACH = 9
"""Pixels to either side of the playhead that its handle covers."""


@dataclass(slots=True)
class Overlay:
    """What lies above the lanes for a moment. Times are in seconds, `band` is in pixels of the view."""

    guide: float | None = None
    """Where a drag snapped."""
    readout: tuple[float, str] | None = None
    """An instant, and what is written beside it."""
    band: QRectF | None = None
    """The rubber band."""
    drop: Placement | None = None
    """What would land where if it were dropped now."""
    refusal: tuple[float, str] | None = None
    """Where the pointer is, and why nothing can be dropped there."""
    lane: str = ""
    """The lane that keys move along; it is marked while the timeline has the keyboard."""
    names: dict[str, str] = field(default_factory=dict)
    """What media are called that are dragged here, by id."""


class ScenePainter:
    """Paints a scene into a widget."""

    def __init__(self, look: Look, items: ItemPainter) -> None:
        self._look, self._items = look, items

    def restyle(self, look: Look) -> None:
        """Paint with other colours and sizes from now on."""
        self._look = look
        self._items.restyle(look)

    def paint(self, painter: QPainter, scene: Scene, area: QRectF, selection: frozenset[str], overlay: Overlay) -> None:
        """Paint what lies within `area`, a part of the view."""
        look, rows = self._look, scene.rows
        painter.setClipRect(area)
        painter.fillRect(area, look.surface)
        lanes = area.intersected(QRectF(area.left(), rows.ruler, area.width(), area.bottom()))
        painter.save()
        painter.setClipRect(lanes)
        for row in rows.between(lanes.top() + scene.scroll, lanes.bottom() + scene.scroll):
            strip = QRectF(area.left(), row.top - scene.scroll, area.width(), row.height)
            painter.fillRect(strip, look.lane)
            if row.lane == overlay.lane:
                painter.fillRect(QRectF(area.left(), strip.top(), area.width(), 1), look.accent)
                painter.fillRect(QRectF(area.left(), strip.bottom() - 1, area.width(), 1), look.accent)
        self._grid(painter, scene, lanes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in rows.between(lanes.top() + scene.scroll, lanes.bottom() + scene.scroll):
            self._items.paint_lane(painter, scene, row, lanes, selection)
        self._outside(painter, scene, lanes)
        self._drop(painter, scene, overlay)
        painter.restore()
        self._ruler(painter, scene, area, selection)
        self._lines(painter, scene, area, overlay)
        if overlay.band is not None:
            painter.setPen(look.accent)
            painter.setBrush(look.accent_soft)
            painter.drawRect(overlay.band)
        self._readout(painter, scene, overlay)

    def _grid(self, painter: QPainter, scene: Scene, area: QRectF) -> None:
        painter.setPen(self._look.grid)
        places = (round(scene.axis.x(tick.time)) + 0.5 for tick in self._ticks(scene) if tick.label)
        painter.drawLines([QLineF(x, area.top(), x, area.bottom()) for x in places])

    def _ticks(self, scene: Scene) -> list[Tick]:
        return list(ticks(scene.axis, self._look.clock_metrics.horizontalAdvance("00:00:00.00")))

    def _ruler(self, painter: QPainter, scene: Scene, area: QRectF, selection: frozenset[str]) -> None:
        look, axis, height = self._look, scene.axis, scene.rows.ruler
        strip = QRectF(area.left(), 0, area.width(), height).intersected(area)
        if strip.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(strip, look.surface)
        painter.setFont(look.clock)
        small: list[QLineF] = []
        large: list[QLineF] = []
        for tick in self._ticks(scene):
            x = round(axis.x(tick.time)) + 0.5
            (large if tick.label else small).append(QLineF(x, height * (0.55 if tick.label else 0.8), x, height))
            if tick.label:
                painter.setPen(look.muted)
                painter.drawText(QPointF(x + 4, height * 0.5 + look.clock_metrics.ascent()), tick.label)
        painter.setPen(look.tick)
        painter.drawLines(small + large)
        painter.setPen(look.border)
        painter.drawLine(QLineF(area.left(), height - 0.5, area.right(), height - 0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._range(painter, scene)
        for marker in scene.document.markers:
            x = axis.x(marker.time)
            if area.left() - 200 <= x <= area.right() + 10:
                color = look.markers[marker.color]
                self._flag(painter, x, color, chosen=marker.id in selection)
                painter.setPen(look.text)
                painter.setFont(look.small)
                painter.drawText(QPointF(x + 9, look.metrics.ascent() + 1), look.elided(marker.name, 160))

    def _range(self, painter: QPainter, scene: Scene) -> None:
        """A bar along the top of the ruler from in to out, with a bracket at each."""
        look, axis, given = self._look, scene.axis, scene.document.range
        if given.start is None and given.end is None:
            return
        left = axis.x(given.start or 0.0)
        right = axis.x(scene.document.duration if given.end is None else given.end)
        half = scene.rows.ruler / 2
        painter.fillRect(QRectF(left, 0, max(right - left, 1), 3), look.accent)
        if given.start is not None:
            painter.fillRect(QRectF(left, 0, 2.5, half), look.accent)
            painter.fillRect(QRectF(left, half - 2.5, 6, 2.5), look.accent)
        if given.end is not None:
            painter.fillRect(QRectF(right - 2.5, 0, 2.5, half), look.accent)
            painter.fillRect(QRectF(right - 6, half - 2.5, 6, 2.5), look.accent)

    def _flag(self, painter: QPainter, x: float, color: QColor, *, chosen: bool) -> None:
        painter.setBrush(color)
        painter.setPen(self._look.selected if chosen else Qt.PenStyle.NoPen)
        points = ((-5.0, 1.0), (5.0, 1.0), (5.0, 9.0), (0.0, 14.0), (-5.0, 9.0))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, dy) for dx, dy in points]))

    def _outside(self, painter: QPainter, scene: Scene, area: QRectF) -> None:
        """What will not be exported is dimmed."""
        given, axis = scene.document.range, scene.axis
        if given.start is not None:
            painter.fillRect(QRectF(QPointF(area.left(), area.top()), QPointF(axis.x(given.start), area.bottom())),
                             self._look.outside)  # fmt: skip
        if given.end is not None:
            left = max(axis.x(given.end), area.left())
            painter.fillRect(QRectF(left, area.top(), area.right() - left, area.height()), self._look.outside)

    def _lines(self, painter: QPainter, scene: Scene, area: QRectF, overlay: Overlay) -> None:
        look, axis, top = self._look, scene.axis, scene.rows.ruler
        for marker in scene.document.markers:
            x = axis.x(marker.time)
            if area.left() <= x <= area.right():
                color = QColor(look.markers[marker.color])
                color.setAlphaF(0.5)
                painter.setPen(color)
                painter.drawLine(QLineF(x, top, x, area.bottom()))
        if overlay.guide is not None:
            x = axis.x(overlay.guide)
            painter.setPen(look.guide)
            painter.drawLine(QLineF(x, top / 2, x, area.bottom()))
        x = axis.x(scene.playhead)
        if area.left() - PLAYHEAD_REACH <= x <= area.right() + PLAYHEAD_REACH:
            painter.setPen(look.playhead)
            painter.drawLine(QLineF(x, top - 4, x, area.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            half = PLAYHEAD_REACH - 2.0
            handle = ((-half, top - 15), (half, top - 15), (half, top - 8), (0.0, top - 1), (-half, top - 8))
            painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in handle]))

    def _drop(self, painter: QPainter, scene: Scene, overlay: Overlay) -> None:
        if overlay.drop is None:
            return
        look, axis = self._look, scene.axis
        painter.setFont(look.small)
        for item in overlay.drop.items:
            top: float
            height: float
            new = overlay.drop.lane is not None and item.lane == overlay.drop.lane.id
            if new:
                top, height = scene.rows.bottom + look.gap, look.voice
            else:
                row = scene.rows.row(item.lane)
                top, height = row.top, row.height
            place = QRectF(axis.x(item.start), top - scene.scroll, (item.end - item.start) * axis.zoom, height)
            painter.setPen(look.ghost)
            painter.setBrush(look.accent_soft)
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 4, 4)
            painter.setPen(look.text)
            name = overlay.names.get(item.media, "")
            inside = place.adjusted(look.pad, 0, -look.pad, 0)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), look.elided(name, int(inside.width())))

    def _readout(self, painter: QPainter, scene: Scene, overlay: Overlay) -> None:
        """A time, or a reason, in a small box beside the pointer."""
        shown = overlay.refusal or overlay.readout
        if shown is None:
            return
        look = self._look
        time, text = shown
        painter.setFont(look.clock)
        width = look.clock_metrics.horizontalAdvance(text) + 2 * look.pad
        left = min(max(scene.axis.x(time) + 8, 4.0), max(scene.axis.width - width - 4, 4.0))
        box = QRectF(left, scene.rows.ruler + 4, width, look.clock_metrics.height() + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.error if overlay.refusal else look.accent)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(look.on_accent)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
