"""The dialog that records a voice."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.gui.bin.details import length_text
from talkface_studio.gui.bin.microphone import Microphone, Recording, level, microphones
from talkface_studio.gui.parts.boxes import FormRow
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

_FLOOR = 60.0
"""Decibels below full scale at which the meter is empty."""
_HOLD = 0.92
"""Of what it showed, per step: peaks are to be seen."""
_LOUD = 0.985


class Meter(QWidget):
    """How loud it is, in decibels; red where it clips."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._level, self._clipped = theme, 0.0, False
        self.setAccessibleName(self.tr("Level"))

    def show_level(self, peak: float) -> None:
        """Show the loudest of the last moment, 0 to 1."""
        self._level = max(peak, self._level * _HOLD)
        self._clipped = peak >= _LOUD or (self._clipped and self._level > 0.5)
        self.update()

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(self._theme.px(320), self._theme.px(14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        space = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("border"))
        painter.drawRoundedRect(space, 4, 4)
        part = max(0.0, 1 + 20 * math.log10(max(self._level, 1e-6)) / _FLOOR)
        name = "error" if self._clipped else "warning" if part > 0.93 else "success"
        painter.setBrush(self._theme.color(name))
        painter.drawRoundedRect(QRectF(0, 0, space.width() * min(part, 1.0), space.height()), 4, 4)


class RecordDialog(QDialog):
    """Shows the level from the beginning, records between two presses of its button."""

    recorded = Signal(Path)

    def __init__(self, studio: Studio, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Record a voice"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._studio, self._path = studio, path
        self._microphone: Microphone | None = None
        self._recording: Recording | None = None
        self._turn = 0
        self._devices = QComboBox()
        self._row = FormRow(self.tr("Microphone"), self._devices)
        self._meter = Meter(studio.theme)
        self._time = label(length_text(0.0), "display")
        self._go = button(self.tr("Record"), self._press, "primary")
        self._go.setIcon(studio.theme.icon("record", "on_accent"))
        self._go.setEnabled(False)
        self._lay_out()
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._drain)
        self._timer.start()
        self._devices.activated.connect(self._choose)
        studio.bridge.run(microphones, self._list, self._complain, owner=self)

    def done(self, result: int) -> None:
        """Close; a recording that was not finished is thrown away."""
        self._timer.stop()
        self._close_microphone()
        if self._recording is not None:
            self._recording.discard()
            self._recording = None
        super().done(result)

    def _lay_out(self) -> None:
        self._row.setMinimumWidth(self._studio.theme.px(380))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self._row)
        column.addWidget(self._meter)
        column.addWidget(self._time, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(self.tr("Cancel"), self.reject))
        row.addWidget(self._go)
        column.addLayout(row)

    def _list(self, names: tuple[str, ...]) -> None:
        self._devices.addItems(names)
        if not names:
            self._complain(TalkFaceError(self.tr("No microphone was found; plug one in and open this again.")))
            return
        wanted = self._devices.findText(self._studio.preferences.values.microphone)
        self._devices.setCurrentIndex(max(wanted, 0))
        self._open()

    def _choose(self) -> None:
        self._studio.preferences.set(microphone=self._devices.currentText())
        self._open()

    def _open(self) -> None:
        self._close_microphone()
        self._turn += 1
        name, turn = self._devices.currentText(), self._turn
        self._studio.bridge.run(partial(Microphone, name), partial(self._opened, turn), self._complain, owner=self)

    def _opened(self, turn: int, microphone: Microphone) -> None:
        if turn != self._turn:
            self._studio.bridge.run(microphone.close)
            return
        self._row.complain()
        self._microphone = microphone
        self._go.setEnabled(True)

    def _close_microphone(self) -> None:
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            self._studio.bridge.run(microphone.close)

    def _complain(self, error: TalkFaceError) -> None:
        self._row.complain(str(error))
        self._go.setEnabled(False)
        QTimer.singleShot(0, self.adjustSize)

    def _press(self) -> None:
        try:
            if self._recording is None:
                self._recording = Recording(self._path)
                self._go.setText(self.tr("Stop"))
                self._go.setIcon(self._studio.theme.icon("stop", "on_accent"))
                self._devices.setEnabled(False)
                return
            self._drain()
            path, self._recording = self._recording.finish(), None
        except OSError as error:
            self._complain(TalkFaceError(f"{self._path}: {error.strerror}"))
            return
        self.recorded.emit(path)
        self.accept()

    def _drain(self) -> None:
        blocks = self._microphone.blocks if self._microphone is not None else ()
        loudest = 0.0
        while blocks:
            block = blocks.popleft()
            loudest = max(loudest, level(block))
            if self._recording is not None:
                self._write(block)
        self._meter.show_level(loudest)

    def _write(self, block: bytes) -> None:
        if self._recording is None:
            return
        try:
            self._recording.add(block)
        except OSError as error:
            self._recording.discard()
            self._recording = None
            self._complain(TalkFaceError(f"{self._path}: {error.strerror}"))
            return
        self._time.setText(length_text(self._recording.seconds))
