"""Dressing every widget in the palette's new colours, without ever keeping the window waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

SLICE = 0.008
"""Seconds of this thread between two looks at what else is to be done."""


class Recolouring(QObject):
    """Dresses widgets in small pieces: first what is seen, which is painted anew when all of it is ready."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._seen: set[int] = set()
        self._hidden: set[int] = set()
        self._still: set[int] = set()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        """Dress all widgets; the palette was changed."""
        # One that was never shown is dressed when it is.
        there = [made for made in self._app.allWidgets() if made.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)]
        self._seen = {_address(widget) for widget in there if widget.isVisible()}
        self._hidden = {_address(widget) for widget in there} - self._seen
        for window in self._app.topLevelWidgets():
            if window.isVisible() and window.updatesEnabled():
                window.setUpdatesEnabled(False)
                self._still.add(_address(window))
        self._timer.start()

    def stop(self) -> None:
        """Leave it: all widgets are dressed in another way."""
        self._timer.stop()
        self._paint()

    def _go_on(self) -> None:
        if self._seen:
            self._dress(self._seen)
        elif self._still:
            self._paint()
        elif self._hidden:
            self._dress(self._hidden)
        else:
            self._timer.stop()

    def _paint(self) -> None:
        _each_of(self._app.topLevelWidgets(), self._still, lambda window: window.setUpdatesEnabled(True))
        self._still.clear()

    def _dress(self, wanted: set[int]) -> None:
        end = time.thread_time() + SLICE
        _each_of(self._app.allWidgets(), wanted, _dress, lambda: time.thread_time() > end)


def _each_of(
    widgets: list[QWidget],
    wanted: set[int],
    act: Callable[[QWidget], object],
    enough: Callable[[], bool] = lambda: False,
) -> None:
    # Widgets are told by their addresses, and listed anew each time, as any of them may be gone by then.
    for widget in widgets:
        if _address(widget) in wanted:
            wanted.remove(_address(widget))
            act(widget)
            if enough():
                return
    wanted.clear()


def _address(widget: QWidget) -> int:
    return int(shiboken6.getCppPointer(widget)[0])


def _dress(widget: QWidget) -> None:
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
