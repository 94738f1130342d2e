"""Form rows for a narrow place: what is too long is wrapped or elided, never cut."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from talkface_studio.gui.parts.boxes import FormRow
from talkface_studio.gui.parts.labels import label

_LETTERS = 6
"""Of a choice that always stay visible."""


class _Wheel(QObject):
    """Leaves the wheel to what scrolls, unless the field has the keyboard."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def keep_from_wheel(field: QWidget) -> None:
    """Scrolling past a field is not to change it."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.installEventFilter(_Wheel(field))


class Row(FormRow):
    """A form row whose name may take several lines."""

    def __init__(self, name: str, field: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, field, hint, parent)
        self.name.setWordWrap(True)


class Choice(QComboBox):
    """A list to choose from that gives way, and says "Mixed" where several things are chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("Mixed"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LETTERS)
        keep_from_wheel(self)


class Switch(QWidget):
    """A check box with a short name, and what it does in a line below."""

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(name)
        self.box.setAccessibleDescription(hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.box)
        column.addWidget(label(hint, "small", wrap=True))
        self.setFocusProxy(self.box)
