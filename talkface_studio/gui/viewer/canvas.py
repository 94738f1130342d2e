"""The stage: source and dubbed picture in one of three layouts, with the faces on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from talkface_studio.engine.protocol.questions import FaceBox, Faces
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import FontSize, Radius, Space
from talkface_studio.gui.viewer.frames import Shown

Layout = Literal["single", "side", "wipe"]
ZOOMS = (1.0, 16.0)
_GRAB = 10
"""Pixels on both sides of the wipe's line in which it can be taken."""


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the frame is seen: its centre as a part of width and height, and how much it is enlarged."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


class Canvas(QWidget):
    """Paints; knows neither the project nor the engine."""

    face_pressed = Signal(object)
    """`FaceBox`: the user means this one."""
    size_changed = Signal()
    """Another size of pictures is worth asking for."""
    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source: Shown | None = None
        self._dubbed: Shown | None = None
        self._faces: Faces | None = None
        self._chosen: frozenset[int] = frozenset()
        self._over: int | None = None
        self._drag: tuple[str, QPointF, Window] | None = None
        self.layout_: Layout = "single"
        self.show_dubbed = True
        self.hold_source = False
        self.wipe = 0.5
        self.window_ = Window()
        self.caption = ""
        """Of the dubbed picture: model, device, time."""
        self.message = ""
        """Shown in place of a picture that is not there."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(240, 135)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture"))
        theme.changed.connect(self.update)

    @property
    def longest(self) -> int:
        """The longest side of pictures that can be seen here, in pixels of the screen; 0 for all that there are."""
        if self.window_.zoom > 2:
            return 0
        side = max(self._cells()[0].width(), self._cells()[0].height()) * self.devicePixelRatioF() * self.window_.zoom
        return max(int(side), 64)

    @property
    def complete(self) -> bool:
        """Whether the source's frame, the dubbed one and the faces are all shown."""
        return self._source is not None and self._dubbed is not None and self._faces is not None

    def show_source(self, shown: Shown | None) -> None:
        """Show this as the source's frame."""
        self._source = shown
        if shown is None:
            self._faces = None
        self.update()

    def show_dub(self, shown: Shown | None) -> None:
        """Show this as the dubbed frame."""
        self._dubbed = shown
        self.update()

    def show_faces(self, faces: Faces | None, chosen: frozenset[int]) -> None:
        """Draw boxes around faces; those of the persons in `chosen` are dubbed."""
        self._faces, self._chosen = faces, chosen
        self.update()

    def look(self, window: Window) -> None:
        """Enlarge a part."""
        half = 0.5 / window.zoom
        self.window_ = Window(min(max(window.x, half), 1 - half), min(max(window.y, half), 1 - half), window.zoom)
        self.update()
        self.size_changed.emit()

    def look_at_mouth(self) -> None:
        """Enlarge the mouth of the face that is dubbed, or of the largest; again shows the whole."""
        face = self._main_face()
        if self.window_.zoom > 1 or face is None or self._faces is None:
            self.look(Window())
            return
        left, top, right, bottom = face.box
        size = max((right - left) / self._faces.width, (bottom - top) / self._faces.height)
        x, y = (left + right) / 2 / self._faces.width, (top + 0.78 * (bottom - top)) / self._faces.height
        self.look(Window(x, y, min(max(0.8 / size, 1.5), ZOOMS[1])))

    def around_face(self) -> QRectF | None:
        """The face that is dubbed, or the largest, with what is around it, as parts of width and height."""
        face = self._main_face()
        if face is None or self._faces is None:
            return None
        left, top, right, bottom = face.box
        half_width, half_height = (bottom - top) * 1.2, (bottom - top) * 0.75
        x, y = (left + right) / 2, (top + bottom) / 2
        whole = QRectF(0, 0, self._faces.width, self._faces.height)
        part = QRectF(x - half_width, y - half_height, 2 * half_width, 2 * half_height).intersected(whole)
        across, down = whole.width(), whole.height()
        return QRectF(part.x() / across, part.y() / down, part.width() / across, part.height() / down)

    def sizeHint(self) -> QSize:
        """16:9."""
        return QSize(640, 360)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures of another size are wanted."""
        super().resizeEvent(event)
        self.size_changed.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), self._theme.color("stage"))
        if self._source is None and self._dubbed is None:
            self._say(painter, QRectF(self.rect()), self.message)
            return
        cells = self._cells()
        if self.layout_ == "side":
            self._picture(painter, cells[0], self._source, self.tr("Source"))
            self._picture(painter, cells[1], self._dubbed, self.tr("Dubbed"))
        elif self.layout_ == "wipe":
            self._paint_wipe(painter, cells[0])
        else:
            shown = self._dubbed if self._sees_dub() else self._source
            name = self.tr("Dubbed") if self._sees_dub() else self.tr("Source") if self.hold_source else ""
            self._picture(painter, cells[0], shown or self._source, name)
        if self._faces is not None and self._source is not None:
            self._paint_faces(painter, self._place(cells[0], self._source))
        if self.message:
            self._pill(painter, self.message, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, "error")
        elif self.caption and self._dubbed is not None and not self.hold_source:
            self._pill(painter, self.caption, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)

    def _sees_dub(self) -> bool:
        return self.show_dubbed and self._dubbed is not None and not self.hold_source

    def _picture(self, painter: QPainter, cell: QRectF, shown: Shown | None, name: str) -> None:
        painter.save()
        painter.setClipRect(cell)
        if shown is None:
            self._say(painter, cell, self.tr("Nothing is dubbed here") if not self.caption else self.caption)
        else:
            painter.drawImage(self._place(cell, shown), shown.image)
        painter.restore()
        if name:
            self._pill(painter, name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, within=cell)

    def _paint_wipe(self, painter: QPainter, cell: QRectF) -> None:
        x = self._wipe_x()
        for shown, left, right in ((self._source, cell.left(), x), (self._dubbed or self._source, x, cell.right())):
            if shown is not None:
                painter.save()
                painter.setClipRect(QRectF(left, cell.top(), right - left, cell.height()))
                painter.drawImage(self._place(cell, shown), shown.image)
                painter.restore()
        self._pill(painter, self.tr("Source"), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._pill(painter, self.tr("Dubbed"), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        line = self._theme.color("on_stage")
        painter.setPen(QPen(line, 2))
        painter.drawLine(QPointF(x, cell.top()), QPointF(x, cell.bottom()))
        painter.setBrush(line)
        knob = QRectF(0, 0, 26, 26)
        knob.moveCenter(QPointF(x, cell.center().y()))
        painter.drawEllipse(knob)
        icon = QRectF(knob).adjusted(4, 4, -4, -4).toRect()
        self._theme.icon("wipe", "accent").paint(painter, icon)

    def _paint_faces(self, painter: QPainter, place: QRectF) -> None:
        assert self._faces is not None
        for number, face in enumerate(self._faces.faces):
            box = self._on_screen(face, place)
            chosen = face.person in self._chosen
            clear = 1.0 if chosen or self._over == number else 0.65
            color = self._theme.color("accent" if chosen else "on_stage", clear)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(0, 0, 0, 120), 4))
            painter.drawRoundedRect(box, Radius.M, Radius.M)
            painter.setPen(QPen(color, 2))
            painter.drawRoundedRect(box, Radius.M, Radius.M)
            name = self.tr("Face {0}").format(face.person + 1)
            texts = (self.tr("{0}, dubbed").format(name) if chosen else name, name, str(face.person + 1))
            self._tag(painter, box, texts, color, self._theme.color("on_accent") if chosen else QColor("#101216"))

    def _tag(self, painter: QPainter, box: QRectF, texts: Sequence[str], back: QColor, ink: QColor) -> None:
        """A name at a face: the first of these texts that is not much wider than the face, or else the last."""
        painter.setFont(self._theme.font(FontSize.SMALL, bold=True))
        metrics = painter.fontMetrics()
        text = next((text for text in texts if metrics.horizontalAdvance(text) < 1.5 * box.width()), texts[-1])
        size = metrics.size(0, text)
        tag = QRectF(box.left(), box.top() - size.height() - 6, size.width() + 12, size.height() + 4)
        if tag.top() < 0:
            tag.moveTop(box.top() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(tag, Radius.S, Radius.S)
        painter.setPen(ink)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)

    def _pill(
        self,
        painter: QPainter,
        text: str,
        where: Qt.AlignmentFlag,
        color: str = "on_stage",
        within: QRectF | None = None,
    ) -> None:
        painter.setFont(self._theme.font(FontSize.SMALL))
        space = QRectF(within or self.rect()).adjusted(Space.S, Space.S, -Space.S, -Space.S)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(space.width()) - 20)
        pill = QRectF(0, 0, metrics.horizontalAdvance(text) + 20, metrics.height() + 8)
        pill.moveTop(space.top() if where & Qt.AlignmentFlag.AlignTop else space.bottom() - pill.height())
        if where & Qt.AlignmentFlag.AlignRight:
            pill.moveRight(space.right())
        elif where & Qt.AlignmentFlag.AlignHCenter:
            pill.moveLeft(space.center().x() - pill.width() / 2)
        else:
            pill.moveLeft(space.left())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 11, 14, 200))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(self._theme.color(color) if color == "on_stage" else QColor("#ff9a9a"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _say(self, painter: QPainter, space: QRectF, text: str) -> None:
        painter.setFont(self._theme.font(FontSize.BODY))
        painter.setPen(self._theme.color("on_stage", 0.6))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(space.adjusted(Space.XL, Space.XL, -Space.XL, -Space.XL), flags, text)

    # Where things are

    def _cells(self) -> list[QRectF]:
        space = QRectF(self.rect())
        if self.layout_ != "side":
            return [space]
        half = (space.width() - 2) / 2
        return [QRectF(0, 0, half, space.height()), QRectF(half + 2, 0, half, space.height())]

    def _place(self, cell: QRectF, shown: Shown) -> QRectF:
        width, height = shown.full
        scale = min(cell.width() / width, cell.height() / height) * self.window_.zoom
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveLeft(cell.center().x() - place.width() * self.window_.x)
        place.moveTop(cell.center().y() - place.height() * self.window_.y)
        return place

    def _on_screen(self, face: FaceBox, place: QRectF) -> QRectF:
        assert self._faces is not None
        across, down = place.width() / self._faces.width, place.height() / self._faces.height
        left, top, right, bottom = face.box
        return QRectF(
            place.left() + left * across, place.top() + top * down, (right - left) * across, (bottom - top) * down
        )

    def _wipe_x(self) -> float:
        return self.rect().left() + self.wipe * self.rect().width()

    def _face_at(self, point: QPointF) -> int | None:
        if self._faces is None or self._source is None:
            return None
        place = self._place(self._cells()[0], self._source)
        hits = [
            (box.width() * box.height(), number)
            for number, box in enumerate(self._on_screen(face, place) for face in self._faces.faces)
            if box.contains(point)
        ]
        return min(hits)[1] if hits else None

    def _main_face(self) -> FaceBox | None:
        if self._faces is None or not self._faces.faces:
            return None

        def rank(face: FaceBox) -> tuple[bool, float]:
            left, top, right, bottom = face.box
            return face.person in self._chosen, (right - left) * (bottom - top)

        return max(self._faces.faces, key=rank)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the wipe's handle, choose a face, or move an enlarged picture."""
        point = event.position()
        self.pressed.emit()
        if self.layout_ == "wipe" and abs(point.x() - self._wipe_x()) < _GRAB:
            self._drag = ("wipe", point, self.window_)
        elif event.button() == Qt.MouseButton.MiddleButton or (self.window_.zoom > 1 and self._face_at(point) is None):
            self._drag = ("pan", point, self.window_)
        elif self._faces is not None and (number := self._face_at(point)) is not None:
            self.face_pressed.emit(self._faces.faces[number])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or light up what is under the mouse."""
        point = event.position()
        if self._drag is None:
            over = self._face_at(point)
            near = self.layout_ == "wipe" and abs(point.x() - self._wipe_x()) < _GRAB
            shape = Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.PointingHandCursor
            self.setCursor(shape if near or over is not None else Qt.CursorShape.ArrowCursor)
            if over != self._over:
                self._over = over
                self.update()
            return
        what, begin, window = self._drag
        if what == "wipe":
            self.wipe = min(max(point.x() / max(self.width(), 1), 0.0), 1.0)
            self.update()
        elif self._source is not None:
            place = self._place(self._cells()[0], self._source)
            moved = begin - point
            self.look(Window(window.x + moved.x() / place.width(), window.y + moved.y() / place.height(), window.zoom))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        self._drag = None

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._over = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Enlarge, about the point under the mouse."""
        if self._source is None:
            return
        place = self._place(self._cells()[0], self._source)
        factor = 1.25 ** (event.angleDelta().y() / 120)
        zoom = min(max(self.window_.zoom * factor, ZOOMS[0]), ZOOMS[1])
        point = event.position()
        x = (point.x() - place.left()) / place.width()
        y = (point.y() - place.top()) / place.height()
        keep = self.window_.zoom / zoom
        self.look(Window(x + (self.window_.x - x) * keep, y + (self.window_.y - y) * keep, zoom))
