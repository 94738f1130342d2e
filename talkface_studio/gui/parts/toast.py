"""Lines that pass by, over the lower edge of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.icon_label import IconLabel
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Notice
from talkface_studio.gui.theme.theme import Role, Theme
from talkface_studio.gui.theme.tokens import Space

STAYS = {"info": 4000, "success": 4000, "warning": 8000, "error": 12000}
"""Milliseconds."""
MOST = 4
"""At once; the oldest goes."""
_ICONS: dict[str, tuple[str, Role]] = {
    "info": ("info", "muted"),
    "success": ("check", "success"),
    "warning": ("alert", "warning"),
    "error": ("alert", "error"),
}


class Toast(QFrame):
    """One notice. It stays while the mouse is on it or the keyboard in it."""

    def __init__(self, theme: Theme, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("part", "toast")
        self.setProperty("rank", notice.rank)
        self.setAccessibleName(notice.text)
        icon, role = _ICONS[notice.rank]
        text = label(notice.text, wrap=True)
        text.setMinimumWidth(theme.px(220))
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        row.addWidget(IconLabel(theme, icon, role))
        row.addWidget(text, 1)
        if notice.action is not None:
            title, act = notice.action
            go = button(title, act, "flat")
            go.clicked.connect(self.leave)
            row.addWidget(go)
        row.addWidget(IconButton(theme, "x", self.tr("Dismiss"), self.leave, size=14))
        self._timer = QTimer(self, singleShot=True, interval=STAYS[notice.rank])
        self._timer.timeout.connect(self._time_is_up)
        self._timer.start()

    def leave(self) -> None:
        """Go now."""
        self.hide()
        self.deleteLater()

    def _time_is_up(self) -> None:
        if self.underMouse() or self.isAncestorOf(self.focusWidget() or self.window()):
            self._timer.start()
        else:
            self.leave()


class Toasts(QWidget):
    """The notices over a widget, the newest lowest."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme, self._over = theme, over
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        over.installEventFilter(self)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show one more; one that is there already is not shown twice."""
        shown = [toast for toast in self.findChildren(Toast) if not toast.isHidden()]
        for toast in shown:
            if toast.notice == notice or len(shown) >= MOST:
                toast.leave()
                break
        toast = Toast(self._theme, notice)
        toast.ensurePolished()
        toast.destroyed.connect(self._arrange)
        self._column.addWidget(toast)
        self.show()
        self.raise_()
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """What a notice needs is known when its text was laid out."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the lower edge."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    def _arrange(self) -> None:
        width = min(self._theme.px(460), self._over.width() - 2 * Space.L)
        self.setFixedWidth(width)
        height = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else self.sizeHint().height()
        self.setFixedHeight(max(height, 0))
        bottom = self._over.height() - Space.XL - self.height()
        self.move((self._over.width() - width) // 2, bottom)
        self.setVisible(self._column.count() > 0)
