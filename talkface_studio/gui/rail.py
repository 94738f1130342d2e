"""The rail at the left of the window: from page to page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from talkface_studio.gui.places import PLACES
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.tokens import FontSize, Space

_UPPER = ("start", "editor", "models", "training")
_LOWER = ("diagnostics", "preferences")


class Rail(QWidget):
    """A button for each page."""

    def __init__(self, studio: Studio, show: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = studio.theme
        self._places = {place.id: place for place in PLACES}
        there = [name for name in (*_UPPER, *_LOWER) if name == "editor" or name in self._places]
        self._buttons = {name: self._button(name, show) for name in there}
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XS, Space.S, Space.XS, Space.S)
        column.setSpacing(Space.XS)
        for names in (_UPPER, _LOWER):
            for button in (self._buttons[name] for name in names if name in self._buttons):
                group.addButton(button)
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            if names is _UPPER:
                column.addStretch()
        studio.theme.changed.connect(self._resize)
        self._resize()

    def choose(self, name: str) -> None:
        """Show which page is shown."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def _button(self, name: str, show: Callable[[str], object]) -> QToolButton:
        place = self._places.get(name)
        button = QToolButton(self)
        button.setText(translated("Place", place.title) if place is not None else self.tr("Edit"))
        button.setIcon(self._theme.icon(place.icon if place is not None else "film"))
        button.setAccessibleName(button.text())
        button.setToolTip(button.text())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.clicked.connect(lambda _checked=False: show(name))
        return button

    def _resize(self) -> None:
        font = self._theme.font(FontSize.SMALL)
        for button in self._buttons.values():
            button.setIconSize(QSize(self._theme.px(20), self._theme.px(20)))
            button.setStyleSheet(f"font-size: {font.pixelSize()}px")
            button.setMinimumWidth(0)
        # The longest name gives all of them their width.
        width = max(self._theme.px(72), *(button.sizeHint().width() for button in self._buttons.values()))
        for button in self._buttons.values():
            button.setMinimumWidth(width)
