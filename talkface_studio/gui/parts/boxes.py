"""What holds other widgets: cards, rows of forms, and what is shown where there is nothing yet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from talkface_studio.gui.parts.icon_label import IconLabel
from talkface_studio.gui.parts.labels import label, set_property
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space


class Card(QFrame):
    """A framed group. One that can be pressed is a button too: by mouse, Enter and Space."""

    pressed = Signal()

    def __init__(self, *, pressable: bool = False, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.setProperty("pressable", pressable)
        self._pressable = pressable
        self.setAccessibleName(name)
        if pressable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self.body.setSpacing(Space.XS)

    def choose(self, chosen: bool) -> None:
        """Show it as the one that is chosen, or not."""
        set_property(self, "chosen", chosen)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press it."""
        inside = self.rect().contains(event.position().toPoint())
        if self._pressable and event.button() == Qt.MouseButton.LeftButton and inside:
            self.pressed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it."""
        if self._pressable and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.pressed.emit()
        else:
            super().keyPressEvent(event)


class EmptyState(QWidget):
    """What a place shows before there is anything in it: a picture, what belongs here, and what to do."""

    def __init__(self, theme: Theme, icon: str, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label(title, "title", wrap=True)
        self.text = label(text, "muted", wrap=True)
        self.text.setVisible(bool(text))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.S)
        column.addStretch(2)
        column.addWidget(IconLabel(theme, icon, "muted", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        self._buttons.addStretch()
        column.addSpacing(Space.XS)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def add(self, widget: QWidget) -> None:
        """Put a button below the text."""
        self._buttons.insertWidget(self._buttons.count() - 1, widget)


class FormRow(QWidget):
    """A name, its field, and a line of explanation or of what is wrong with it."""

    def __init__(self, name: str, field: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = hint
        self.name = label(name)
        self.name.setBuddy(field)
        self.name.setVisible(bool(name))
        field.setAccessibleName(field.accessibleName() or name)
        self.note = label(hint, "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, Space.S)
        column.setSpacing(Space.XS)
        for part in (self.name, field, self.note):
            column.addWidget(part)
        self.note.setVisible(bool(hint))

    def complain(self, problem: str = "") -> None:
        """Say what is wrong with the field; empty if nothing is."""
        set_property(self.field, "wrong", bool(problem))
        set_property(self.note, "rank", "error" if problem else "small")
        self.note.setText(problem or self._hint)
        self.note.setVisible(bool(problem or self._hint))


class _UpAndDown(QScrollArea):
    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        content = self.widget()
        return QSize((content.minimumSizeHint().width() if content is not None else 0) + bar, 0)


def scrolling(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """A place that scrolls up and down, never sideways: it is never narrower than its content can be."""
    area = _UpAndDown(parent)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    content.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
    area.setWidget(content)
    return area
