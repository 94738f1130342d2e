"""A picture of what is in a file."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from talkface_studio.engine.protocol.questions import Picture
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Radius


def image_of(picture: Picture) -> QImage:
    """The engine's picture as an image of its own."""
    frame = picture.frame
    image = QImage(picture.pixels, frame.width, frame.height, frame.width * 3, QImage.Format.Format_RGB888)
    # An image made of bytes does not keep them alive.
    return image.copy()


def draw_fitted(painter: QPainter, space: QRectF, image: QImage) -> QRectF:
    """Draw an image as large as fits, in the middle; gives where it came to be."""
    size = QSize(image.size()).scaled(space.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(0, 0, size.width(), size.height())
    place.moveCenter(space.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, image)
    return place


class Thumbnail(QWidget):
    """A small picture with round corners on the stage's colour; an icon until there is one."""

    def __init__(self, theme: Theme, icon: str = "image", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icon = theme, icon
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    @property
    def has_image(self) -> bool:
        """Whether it shows a picture rather than its icon."""
        return self._image is not None

    def show_image(self, image: QImage | None) -> None:
        """Show this; None goes back to the icon."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """16:9."""
        return QSize(self._theme.px(160), self._theme.px(90))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        space = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(space, Radius.M, Radius.M)
        painter.setClipPath(path)
        painter.fillRect(space, self._theme.color("stage"))
        if self._image is not None:
            draw_fitted(painter, space, self._image)
            return
        side = self._theme.px(24)
        place = QRectF(0, 0, side, side)
        place.moveCenter(space.center())
        self._theme.icon(self._icon, "muted").paint(painter, place.toRect())
