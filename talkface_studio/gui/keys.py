"""Which widget a key belongs to where a shortcut of the window means the same key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QTabBar,
    QWidget,
)

_PRESS = frozenset({Qt.Key.Key_Space})
_MOVE = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})
_WANTED: tuple[tuple[type[QObject], frozenset[Qt.Key]], ...] = (
    (QAbstractButton, _PRESS),
    (QComboBox, _PRESS | _MOVE),
    (QAbstractItemView, _MOVE),
    (QAbstractSlider, _MOVE),
    (QAbstractSpinBox, _MOVE),
    (QTabBar, _MOVE),
)


class KeysFirst(QObject):
    """An event filter of whatever has the focus: a focused button keeps its Space, a list its arrows.

    Without it whoever works by keyboard alone would start the playback with every button that they press. A widget of
    our own says with the property "keys" which of "press" and "move" it wants.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        # One of the whole application would be asked about every event of every widget.
        app.focusChanged.connect(self._follow)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the key for the widget that has the focus."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            and Qt.Key(event.key()) in _wanted(watched)
        ):
            event.accept()
            return True
        return False


def _wanted(widget: QObject) -> frozenset[Qt.Key]:
    for kind, keys in _WANTED:
        if isinstance(widget, kind):
            return keys
    own = str(widget.property("keys") or "")
    return (_PRESS if "press" in own else frozenset()) | (_MOVE if "move" in own else frozenset())
