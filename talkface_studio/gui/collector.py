"""Garbage of Python is collected in the window's thread only.

Python collects in whichever thread happens to make an object. Where a widget is part of the garbage, a thread that
listens to the engine would destroy it under the hands of Qt, and the process would end.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500
"""Milliseconds between looks."""


class Collector(QObject):
    """Does what Python's own collector does, by the same thresholds, from a timer of the thread that makes it.

    `stop` gives the work back to Python.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.look)
        gc.disable()
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if threshold and count > threshold
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
