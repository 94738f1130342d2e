"""The theme that the editor wears now."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from talkface_studio.gui.theme.icons import DrawnIcon
from talkface_studio.gui.theme.recolouring import Recolouring
from talkface_studio.gui.theme.style_sheet import palette, style_sheet
from talkface_studio.gui.theme.tokens import DARK, LIGHT, Colors, FontSize

Mode = str
"""One of "system", "dark" and "light"."""
Role = Literal["text", "muted", "accent", "on_accent", "on_stage", "success", "warning", "error"]
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""Of text; everything that holds text grows with it."""


class Theme(QObject):
    """Colours, measures and icons, and the application that wears them. What paints itself repaints on `changed`."""

    rescaling = Signal()
    """Everything is undressed for a moment, and takes other room than before and after."""
    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system", scale: float = 1.0) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._scale = scale
        self._recolouring = Recolouring(app, self)
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._rescale()

    @property
    def mode(self) -> Mode:
        """What was chosen."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether the dark colours are worn; the mode "system" follows the desktop."""
        if self._mode == "system":
            return self._app.styleHints().colorScheme() != Qt.ColorScheme.Light
        return self._mode == "dark"

    @property
    def colors(self) -> Colors:
        """The colours at present."""
        return DARK if self.dark else LIGHT

    @property
    def scale(self) -> float:
        """How large text is; 1 is 100 %."""
        return self._scale

    def px(self, length: float) -> int:
        """A length for a text scale of 100 %, in pixels at the present one."""
        return round(length * self._scale)

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """A colour of `Colors`, by name, more or less opaque."""
        color = QColor(getattr(self.colors, name))
        color.setAlphaF(alpha)
        return color

    def font(self, size: int = FontSize.BODY, *, bold: bool = False, tabular: bool = False) -> QFont:
        """A font for painting; `size` is one of `FontSize`. Tabular figures keep a running clock from trembling."""
        font = QFont(self._app.font())
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def icon(self, name: str, role: Role = "text") -> QIcon:
        """An icon that follows the theme: one that was handed out before is right after a change too.

        Raises:
            KeyError: there is no such icon.
        """

        def color(mode: QIcon.Mode, _state: QIcon.State) -> str:
            return str(getattr(self.colors, "disabled" if mode == QIcon.Mode.Disabled else role))

        return QIcon(DrawnIcon(name, color))

    def wear(self, *, mode: Mode | None = None, scale: float | None = None) -> None:
        """Change the colours or the size of text."""
        worn = self.colors
        self._mode = mode or self._mode
        if scale is not None and scale != self._scale:
            self._scale = scale
            self._rescale()
        elif self.colors is not worn:
            self._recolour()

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._recolour()

    def _recolour(self) -> None:
        self._app.setPalette(palette(self.colors))
        self._recolouring.begin()
        self.changed.emit()

    def _rescale(self) -> None:
        self.rescaling.emit()
        self._recolouring.stop()
        # Qt takes ten times as long to replace a style sheet as to take it away and put another one on.
        self._app.setStyleSheet("")
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(self.px(FontSize.BODY))
        self._app.setFont(font)
        self._app.setPalette(palette(self.colors))
        self._app.setStyleSheet(style_sheet(self._scale))
        self.changed.emit()
