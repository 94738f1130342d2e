"""Work that is too long for the window's thread to do at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

SLICE = 0.008
"""Seconds of the thread's own time after which others have their turn."""


class Slices(QObject):
    """Goes through an iterator whose steps are work, some of them at a time, whenever the window has nothing else."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._timer.isActive()

    def begin(self, steps: Iterator[object]) -> None:
        """Do this from now on, and what was begun before no more."""
        self._steps = steps
        self._timer.start()

    def finish(self) -> None:
        """Do what is left at once."""
        for _ in self._steps:
            pass
        self._timer.stop()

    def stop(self) -> None:
        """Leave what is left."""
        self._timer.stop()

    def _go_on(self) -> None:
        end = time.thread_time() + SLICE
        for _ in self._steps:
            if time.thread_time() > end:
                return
        self._timer.stop()
