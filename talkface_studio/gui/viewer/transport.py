"""The bar under the picture: time, playback, and how source and dub are shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

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


class Transport(QWidget):
    """Buttons of commands, the time at the playhead, and the volume."""

    def __init__(self, studio: Studio, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "controls")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._studio, self._player = studio, player
        self.time = label("")
        self.time.setFont(studio.theme.font(bold=True, tabular=True))
        self.time.setAccessibleName(self.tr("Time at the playhead"))
        self.length = label("", "small")
        self._buttons: dict[str, CommandButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(2)
        left, right = QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.time)
        left.addSpacing(Space.S)
        left.addWidget(self.length)
        left.addSpacing(Space.S)
        self._fill(left, [(name, "") for name in _LEFT])
        left.addStretch()
        right.addStretch()
        self._fill(right, _RIGHT)
        right.addSpacing(Space.S)
        right.addWidget(self._volume())
        row.addLayout(left, 1)
        self._fill(row, _MIDDLE)
        row.addLayout(right, 1)
        player.speed_changed.connect(self._show_speed)
        studio.project.view_changed.connect(self.refresh)
        studio.project.changed.connect(self.refresh)
        self.refresh()

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
