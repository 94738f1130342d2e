"""An icon that cannot be pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from talkface_studio.gui.theme.theme import Role, Theme
from talkface_studio.gui.theme.tokens import ICON


class IconLabel(QLabel):
    """Follows the theme in colour and size."""

    def __init__(
        self, theme: Theme, icon: str, role: Role = "text", size: int = ICON, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._icon, self._role, self._side = theme, icon, role, size
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        side = self._theme.px(self._side)
        self.setFixedSize(side, side)
        self.setPixmap(self._theme.icon(self._icon, self._role).pixmap(side, side))
