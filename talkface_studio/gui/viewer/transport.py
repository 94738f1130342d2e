"""The bar under the picture: time, playback, and how source and dub are shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QWidget

from talkface_studio.gui.parts.command_button import CommandButton
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.viewer.player import Player
from talkface_studio.gui.viewer.timecode import timecode

_LEFT = ("viewer.faces", "viewer.mouth")
_MIDDLE = (
    ("playback.start", "skip-back"),
    ("playback.previous_frame", ""),
    ("playback.toggle", ""),
    ("playback.next_frame", ""),
    ("playback.end", "skip-forward"),
    ("playback.loop", ""),
)
_RIGHT = (
    ("viewer.dubbed", ""),
    ("viewer.single", "single"),
    ("viewer.side_by_side", ""),
    ("viewer.wipe", ""),
    ("viewer.compare_models", ""),
)


class _Group(QWidget):
    """Some of the buttons, which stay beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(2)


class Transport(QWidget):
    """Buttons of commands, the time at the playhead, and the volume."""

    def __init__(self, studio: Studio, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow: bool | None = None
        self.setProperty("part", "controls")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._studio, self._player = studio, player
        self.time = label("")
        self.time.setFont(studio.theme.font(bold=True, tabular=True))
        self.time.setAccessibleName(self.tr("Time at the playhead"))
        self.length = label("", "small")
        self._buttons: dict[str, CommandButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        self._grid.setSpacing(2)
        self._times, self._left, self._middle, self._right = (_Group() for _ in range(4))
        for widget in (self.time, self.length):
            self._times.row.addWidget(widget)
            self._times.row.addSpacing(Space.S)
        self._fill(self._left.row, [(name, "") for name in _LEFT])
        self._fill(self._middle.row, _MIDDLE)
        self._fill(self._right.row, _RIGHT)
        self._right.row.addSpacing(Space.S)
        self._right.row.addWidget(self._volume())
        self._arrange()
        studio.theme.changed.connect(self._arrange)
        player.speed_changed.connect(self._show_speed)
        studio.project.view_changed.connect(self.refresh)
        studio.project.changed.connect(self.refresh)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second row where one is too short."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Look again when a button or the style sheet takes more or less room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """As narrow as two rows can be."""
        rows = ((self._times, self._middle), (self._left, self._right))
        width = max(sum(group.minimumSizeHint().width() for group in row) for row in rows)
        return QSize(width + 2 * Space.M, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        left, middle, right = (group.minimumSizeHint().width() for group in (self._left, self._middle, self._right))
        times = self.time.sizeHint().width() + self.length.sizeHint().width() + 2 * Space.S + 6
        room = self.width() - 2 * Space.M - 6
        narrow = room < times + left + middle + right
        self.length.setVisible(not narrow or room >= times + middle)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._grid.addWidget(self._times, 0, 0, start)
        if narrow:
            self._grid.addWidget(self._middle, 0, 1, 1, 3, end)
            self._grid.addWidget(self._left, 1, 0, start)
            self._grid.addWidget(self._right, 1, 1, 1, 3, end)
        else:
            self._grid.addWidget(self._left, 0, 1, start)
            self._grid.addWidget(self._middle, 0, 2)
            self._grid.addWidget(self._right, 0, 3, end)

    def refresh(self) -> None:
        """Show the time anew."""
        rate = self._player.frame_rate
        self.time.setText(timecode(self._player.position, rate))
        self.length.setText(timecode(self._player.duration, rate))

    def _fill(self, row: QHBoxLayout, commands: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> None:
        for name, icon in commands:
            made = self._buttons[name] = CommandButton(self._studio, name, icon)
            row.addWidget(made)

    def _volume(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setValue(round(self._studio.preferences.values.volume * 100))
        slider.setMaximumWidth(120)
        slider.setMinimumWidth(60)
        slider.setAccessibleName(self.tr("Volume"))
        slider.setToolTip(self.tr("Volume"))
        slider.valueChanged.connect(lambda value: self._studio.preferences.set(volume=value / 100))
        return slider

    def _show_speed(self, speed: float) -> None:
        playing = bool(speed)
        name = self.tr("Pause") if playing else self.tr("Play")
        self._buttons["playback.toggle"].rename("pause" if playing else "play", name)
