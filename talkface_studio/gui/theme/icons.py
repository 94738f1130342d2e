"""The editor's own icons: line drawings on 24 x 24, in whatever colour the theme gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).with_name("icons")
Colour = Callable[[QIcon.Mode, QIcon.State], str]


@cache
def icon_names() -> frozenset[str]:
    """The icons that there are."""
    return frozenset(path.stem for path in _FOLDER.glob("*.svg"))


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(drawing.replace("currentColor", color).encode())


@lru_cache(maxsize=1024)
def _pixmap(name: str, color: str, width: int, height: int) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, color).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


class DrawnIcon(QIconEngine):
    """Draws an icon at the size that is asked for, so that it is sharp at every scale."""

    def __init__(self, name: str, color: Colour) -> None:
        """Draw `name` in what `color` says for a mode and a state at the moment of painting.

        Raises:
            KeyError: there is no such icon.
        """
        super().__init__()
        if name not in icon_names():
            raise KeyError(name)
        self._name = name
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into a rectangle."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _renderer(self._name, self._color(mode, state)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw on nothing."""
        return _pixmap(self._name, self._color(mode, state), size.width(), size.height())

    def clone(self) -> QIconEngine:
        """Another one of the same."""
        return DrawnIcon(self._name, self._color)
