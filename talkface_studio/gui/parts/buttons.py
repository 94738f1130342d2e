"""Buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from talkface_studio.gui.theme.theme import Role, Theme
from talkface_studio.gui.theme.tokens import ICON


class IconButton(QToolButton):
    """A button that is only an icon; its name is its tool tip and what a screen reader says."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        clicked: Callable[[], object] | None = None,
        *,
        checkable: bool = False,
        role: Role = "text",
        size: int = ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._role, self._side = theme, role, size
        self.setCheckable(checkable)
        self.rename(icon, name)
        if clicked is not None:
            self.clicked.connect(lambda _checked=False: clicked())
        theme.changed.connect(self._resize)
        self._resize()

    def rename(self, icon: str, name: str) -> None:
        """Become a button for something else, as play becomes pause."""
        self.setIcon(self._theme.icon(icon, self._role))
        self.setAccessibleName(name)
        self.setToolTip(name)

    def _resize(self) -> None:
        side = self._theme.px(self._side)
        self.setIconSize(QSize(side, side))


def button(
    text: str,
    clicked: Callable[[], object] | None = None,
    rank: Literal["plain", "primary", "danger", "flat"] = "plain",
    parent: QWidget | None = None,
) -> QPushButton:
    """A button with a text. A place has one primary button at most."""
    made = QPushButton(text, parent)
    made.setProperty("rank", rank)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made
