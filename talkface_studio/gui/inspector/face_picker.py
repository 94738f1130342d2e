"""Which face a segment speaks for: a row of the faces of its picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QToolButton, QWidget

from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.inspector.mixed import MIXED, Mixed
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.faces import FaceLooks
from talkface_studio.gui.timeline.texts import Texts

_MOST = 8
_SIDE = 52
_ACROSS = 4


class FacePicker(QWidget):
    """Buttons with the faces that the engine finds, one for a face that was picked in the viewer, one for none."""

    chosen = Signal(object)
    """A `FaceChoice`, or None to make the face from the voice."""

    def __init__(self, theme: Theme, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts = Texts(self)
        self._looks = FaceLooks(ask, self._refresh, channel="inspector")
        self._path: Path | None = None
        self._choice: FaceChoice | Mixed | None = None
        self._shown: list[FaceChoice | None] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, Space.S)
        self._grid.setSpacing(Space.XS)
        self._group = QButtonGroup(self)
        self._note = label("", "small", wrap=True)
        self._grid.addWidget(self._note, 99, 0, 1, _ACROSS)

    def show_faces(self, path: Path | None, choice: FaceChoice | Mixed | None) -> None:
        """Show the faces of a video or photo, None where there is none or several, and which is chosen."""
        self._path, self._choice = path, choice
        self._refresh()

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        self._looks.retry()
        self._refresh()

    def button(self, choice: FaceChoice | None) -> QToolButton:
        """The button of a choice.

        Raises:
            ValueError: it is not offered.
        """
        made = self._group.button(self._shown.index(choice))
        assert isinstance(made, QToolButton)
        return made

    def _offered(self) -> list[FaceChoice | None]:
        offered: list[FaceChoice | None] = []
        if self._path is not None:
            for index in range(_MOST):
                look = self._looks.get(self._path, FaceChoice(index))
                if look.missing and index:
                    break
                offered.append(FaceChoice(index))
                if look.pixmap is None:
                    break
        if isinstance(self._choice, FaceChoice) and self._choice not in offered:
            offered.append(self._choice)
        return [*offered, None]

    def _refresh(self) -> None:
        offered = self._offered()
        if offered != self._shown:
            self._rebuild(offered)
        self._group.setExclusive(False)
        for index, choice in enumerate(offered):
            button = self._group.button(index)
            look = None if choice is None or self._path is None else self._looks.get(self._path, choice)
            if look is not None and look.pixmap is not None:
                button.setIcon(QIcon(look.pixmap))
            button.setChecked(self._choice is not MIXED and choice == self._choice)
        self._group.setExclusive(True)
        self._explain()

    def _explain(self) -> None:
        text = ""
        if self._choice is MIXED:
            text = self.tr("The selected segments speak for different faces.")
        elif self._path is None:
            text = self.tr("There is no picture under it; the face is made from the voice, by a model that can.")
        elif self._looks.get(self._path, FaceChoice()).missing:
            text = self.tr("No face was found at the beginning; pick one in the viewer.")
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _rebuild(self, offered: list[FaceChoice | None]) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.deleteLater()
        self._shown = offered
        side = self._theme.px(_SIDE)
        for index, choice in enumerate(offered):
            button = QToolButton()
            button.setCheckable(True)
            name = self._texts.face(choice)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setText(name if choice is not None else self.tr("From voice"))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIcon(self._theme.icon("face" if choice is not None else "voice", "muted"))
            button.setIconSize(QSize(side, side) if choice is not None else QSize(side // 2, side))
            button.clicked.connect(lambda _checked=False, choice=choice: self.chosen.emit(choice))
            self._group.addButton(button, index)
            self._grid.addWidget(button, index // _ACROSS, index % _ACROSS)
