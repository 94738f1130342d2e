"""How a file looks in the bin."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from talkface_studio.engine.protocol.questions import Peaks
from talkface_studio.gui.bin.details import details
from talkface_studio.gui.bin.model import MEDIA_ROLE
from talkface_studio.gui.bin.pictures import BinPictures
from talkface_studio.gui.parts.thumbnail import draw_fitted
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import FontSize, Radius, Space
from talkface_studio.project.document.media import Media

_ICONS = {"video": "film", "photo": "image", "audio": "voice"}
_PICTURE = (88, 50)


class BinRow(QStyledItemDelegate):
    """Picture or waveform, name, what is known; a file that cannot be used says why, in two lines if it must."""

    def __init__(self, theme: Theme, pictures: BinPictures, parent: QListView) -> None:
        super().__init__(parent)
        self._theme, self._pictures, self._list = theme, pictures, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the picture, or as what is said of the file."""
        media = cast("Media", index.data(MEDIA_ROLE))
        inner = self._list.viewport().width() - 4 * Space.XS
        width = inner - min(self._theme.px(_PICTURE[0]), int(inner * 0.45)) - Space.M
        small, body = (QFontMetrics(self._theme.font(size)) for size in (FontSize.SMALL, FontSize.BODY))
        wrapped = QRect(0, 0, max(width, self._theme.px(60)), 1000)
        text = small.boundingRect(wrapped, Qt.TextFlag.TextWordWrap, details(media))
        high = max(self._theme.px(_PICTURE[1]), body.height() + 2 + text.height())
        return QSize(self._theme.px(160), high + 2 * Space.S)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a row."""
        media = cast("Media", index.data(MEDIA_ROLE))
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        space = QRectF(rect).adjusted(Space.XS, 2, -Space.XS, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._back(painter, space, state)
        inner = space.adjusted(Space.XS, Space.XS + 2, -Space.XS, -Space.XS - 2)
        width = min(self._theme.px(_PICTURE[0]), int(inner.width() * 0.45))
        high = min(inner.height(), self._theme.px(_PICTURE[1]))
        self._picture(painter, QRectF(inner.left(), inner.top(), width, high), media)
        self._text(painter, inner.adjusted(width + Space.M, 0, 0, 0), media)
        painter.restore()

    def _back(self, painter: QPainter, space: QRectF, state: QStyle.StateFlag) -> None:
        name = (
            "accent_soft"
            if state & QStyle.StateFlag.State_Selected
            else "hover"
            if state & QStyle.StateFlag.State_MouseOver
            else ""
        )
        painter.setPen(Qt.PenStyle.NoPen)
        if name:
            painter.setBrush(self._theme.color(name))
            painter.drawRoundedRect(space, Radius.M, Radius.M)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(self._theme.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(space, Radius.M, Radius.M)

    def _picture(self, painter: QPainter, space: QRectF, media: Media) -> None:
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(space, Radius.S, Radius.S)
        painter.setClipPath(path)
        painter.fillRect(space, self._theme.color("stage"))
        image = self._pictures.image(media)
        peaks = self._pictures.peaks(media)
        if image is not None:
            draw_fitted(painter, space, image)
        elif peaks is not None:
            self._wave(painter, space.adjusted(4, 4, -4, -4), peaks)
        else:
            side = self._theme.px(20)
            place = QRectF(0, 0, side, side)
            place.moveCenter(space.center())
            broken = media.problem is not None
            self._theme.icon("alert" if broken else _ICONS[media.kind], "error" if broken else "muted").paint(
                painter, place.toRect()
            )
        painter.restore()

    def _wave(self, painter: QPainter, space: QRectF, peaks: Peaks) -> None:
        low, high = (memoryview(values).cast("b") for values in (peaks.low, peaks.high))
        if not len(high):
            return
        step = space.width() / len(high)
        scale = space.height() / 254
        middle = space.center().y()
        upper = [QPointF(space.left() + step * n, middle - value * scale - 0.5) for n, value in enumerate(high)]
        lower = [QPointF(space.left() + step * n, middle - value * scale + 0.5) for n, value in enumerate(low)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("on_stage", 0.75))
        painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))

    def _text(self, painter: QPainter, space: QRectF, media: Media) -> None:
        broken = media.problem is not None
        painter.setFont(self._theme.font(FontSize.BODY))
        painter.setPen(self._theme.color("text"))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(media.path.name, Qt.TextElideMode.ElideMiddle, int(space.width()))
        head = QRectF(space.left(), space.top(), space.width(), metrics.height())
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, line, name)
        painter.setFont(self._theme.font(FontSize.SMALL))
        painter.setPen(self._theme.color("error" if broken else "muted"))
        rest = QRectF(space.left(), head.bottom() + 2, space.width(), space.bottom() - head.bottom() - 2)
        painter.drawText(rest, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, details(media))
