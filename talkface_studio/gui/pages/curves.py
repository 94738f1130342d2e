"""Curves that grow while a model is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import FontSize, Radius, Space

POINTS = 400
"""That a curve is drawn with at most; each is the mean of what lies between."""


class Curve(QWidget):
    """One value over the steps: the axis is logarithmic where values are positive and span much."""

    def __init__(self, theme: Theme, name: str, color: str = "accent", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name, self._color = theme, name.replace("_", " "), color
        self.setToolTip(self._name)
        self._steps: Sequence[int] = ()
        self._values: Sequence[float] = ()
        self._total = 0
        self._at: float | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._rescale)

    def show_values(self, steps: Sequence[int], values: Sequence[float], total: int) -> None:
        """Show these; `total` is the step at the right edge, 0 for the last one."""
        self._steps, self._values = thinned(steps, values)
        self._total = max(total, steps[-1] if steps else 0)
        last = f", {values[-1]:.4g}" if values else ""
        self.setAccessibleName(f"{self._name}{last}")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as five lines."""
        return QSize(self._theme.px(220), self._theme.px(128))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the value under the mouse."""
        self._at = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Tell the last value again."""
        self._at = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.M, Radius.M)
        margin = theme.px(Space.S)
        space = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        head = painter.fontMetrics().height()
        self._draw_head(painter, QRectF(space.left(), space.top(), space.width(), head))
        space.setTop(space.top() + head + theme.px(Space.XS))
        if len(self._values) > 1:
            self._draw_curve(painter, space)

    def _draw_head(self, painter: QPainter, space: QRectF) -> None:
        theme = self._theme
        painter.setFont(theme.font(FontSize.SMALL, bold=True))
        painter.setPen(theme.color("muted"))
        place = self._place()
        words = "" if place is None else f"{self._values[place]:.4g}"
        if self._at is not None and place is not None:
            words = f"{self._steps[place]}: {words}"
        name = painter.fontMetrics().elidedText(
            self._name,
            Qt.TextElideMode.ElideRight,
            int(space.width()) - painter.fontMetrics().horizontalAdvance(words) - theme.px(Space.S),
        )
        painter.drawText(space, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font(FontSize.SMALL, tabular=True))
        painter.drawText(space, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _draw_curve(self, painter: QPainter, space: QRectF) -> None:
        theme = self._theme
        points = self._points(space)
        color = theme.color(self._color)
        area = QPolygonF([QPointF(points[0].x(), space.bottom()), *points, QPointF(points[-1].x(), space.bottom())])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self._color, 0.12))
        painter.drawPolygon(area)
        painter.setPen(QPen(color, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(points)
        place = self._place()
        if place is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(points[place], 3, 3)

    def _points(self, space: QRectF) -> list[QPointF]:
        logarithmic = min(self._values) > 0 and max(self._values) > 5 * min(self._values)
        heights = [math.log(value) if logarithmic else value for value in self._values]
        low, high = min(heights), max(heights)
        span = (high - low) or 1.0
        across = max(self._total, 1)
        return [
            QPointF(
                space.left() + space.width() * step / across, space.bottom() - space.height() * (height - low) / span
            )
            for step, height in zip(self._steps, heights, strict=True)
        ]

    def _place(self) -> int | None:
        if not self._values:
            return None
        if self._at is None:
            return len(self._values) - 1
        margin = self._theme.px(Space.S)
        step = (self._at - margin) / max(self.width() - 2 * margin, 1) * max(self._total, 1)
        return min(range(len(self._steps)), key=lambda place: abs(self._steps[place] - step))

    def _rescale(self) -> None:
        self.updateGeometry()
        self.update()


def thinned(steps: Sequence[int], values: Sequence[float]) -> tuple[list[int], list[float]]:
    """At most `POINTS` points of a curve, each the mean of its neighbours; what is not finite is left out."""
    pairs = [(step, value) for step, value in zip(steps, values, strict=True) if math.isfinite(value)]
    width = math.ceil(len(pairs) / POINTS) or 1
    groups = [pairs[start : start + width] for start in range(0, len(pairs), width)]
    return [group[-1][0] for group in groups], [math.fsum(value for _, value in group) / len(group) for group in groups]
