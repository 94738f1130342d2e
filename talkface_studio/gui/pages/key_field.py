"""A button that hears one shortcut."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from talkface_studio.gui.parts.labels import set_property

_MODIFIERS = frozenset(
    {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_unknown}
)


class KeyField(QPushButton):
    """Shows a shortcut; pressed, it takes the next key as the new one. Escape leaves it, Backspace takes it away."""

    chosen = Signal(str)
    """What was pressed, in portable notation; empty to have none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._keys, self._listening = name, "", False
        self.setAccessibleName(name)
        self.clicked.connect(lambda _checked=False: self._listen(True))
        self.show_keys("")

    def show_keys(self, keys: str) -> None:
        """Show this shortcut; empty for none."""
        self._keys = keys
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(self.tr("Press keys…") if self._listening else shown or "–")
        self.setAccessibleDescription(shown or self.tr("no shortcut"))

    def event(self, event: QEvent) -> bool:
        """While it listens no shortcut of the window is heard, and Tab is a key like others."""
        if self._listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._hear(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Listen no more."""
        self._listen(False)
        super().focusOutEvent(event)

    def _hear(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _MODIFIERS:
            return
        self._listen(False)
        if plain and key == Qt.Key.Key_Escape:
            return
        if plain and key == Qt.Key.Key_Backspace:
            self.chosen.emit("")
            return
        combination = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
        self.chosen.emit(combination.replace("Num+", ""))

    def _listen(self, listening: bool) -> None:
        self._listening = listening
        set_property(self, "listening", listening)
        self.show_keys(self._keys)
