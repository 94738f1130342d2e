"""A mouse and a keyboard over the timeline."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT, CTRL, SHIFT, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """A mouse and a keyboard over a timeline; places are instants on lanes."""

    def __init__(self, panel):
        self.view = panel.view
        self.port = panel.view.viewport()

    def at(self, lane, time):
        row = self.view.rows.row(lane)
        return QPoint(round(self.view.axis.x(time)), round(row.top + row.height / 2 - self.view.scene.scroll))

    def ruler(self, time, part=0.75):
        return QPoint(round(self.view.axis.x(time)), round(self.view.rows.ruler * part))

    def drag(self, start, *stops, keys=NONE, release=True):
        QTest.mousePress(self.port, LEFT, keys, start)
        QTest.mouseMove(self.port, start)
        for stop in stops:
            middle = (start + stop) / 2
            for place in (middle, stop):
                self.move(place, keys)
        if release:
            QTest.mouseRelease(self.port, LEFT, keys, stops[-1])

    def move(self, place, keys=NONE):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(self.port.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(self.port, event)

    def click(self, place, keys=NONE):
        QTest.mouseClick(self.port, LEFT, keys, place)

    def key(self, key, keys=NONE):
        QTest.keyClick(self.view, key, keys)
