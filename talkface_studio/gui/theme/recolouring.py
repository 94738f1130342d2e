"""Dressing every widget in the palette's new colours, without ever keeping the window waiting."""

from __future__ import annotations

from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from talkface_studio.gui.parts.slices import Slices


class Recolouring(QObject):
    """Dresses widgets in small pieces: first what is seen, which is painted anew when all of it is ready."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._still: set[int] = set()
        self._slices = Slices(self)

    def begin(self) -> None:
        """Dress all widgets; the palette was changed."""
        # One that was never shown is dressed when it is.
        there = [made for made in self._app.allWidgets() if made.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)]
        seen = {_address(widget) for widget in there if widget.isVisible()}
        for window in self._app.topLevelWidgets():
            if window.isVisible() and window.updatesEnabled():
                window.setUpdatesEnabled(False)
                self._still.add(_address(window))
        self._slices.begin(self._steps(seen, {_address(widget) for widget in there} - seen))

    def stop(self) -> None:
        """Leave it: all widgets are dressed in another way."""
        self._slices.stop()
        self._paint()

    def _steps(self, seen: set[int], hidden: set[int]) -> Iterator[None]:
        yield from self._dress(seen)
        self._paint()
        yield
        yield from self._dress(hidden)

    def _paint(self) -> None:
        for window in self._app.topLevelWidgets():
            if _address(window) in self._still:
                window.setUpdatesEnabled(True)
        self._still.clear()

    def _dress(self, wanted: set[int]) -> Iterator[None]:
        while wanted:
            # Widgets are told by their addresses, and listed anew after each pause: any of them may be gone by then.
            there = {_address(widget): widget for widget in self._app.allWidgets()}
            wanted.intersection_update(there)
            for address in list(wanted)[:20]:
                wanted.remove(address)
                style = there[address].style()
                style.unpolish(there[address])
                style.polish(there[address])
            there.clear()
            yield


def _address(widget: QWidget) -> int:
    return int(shiboken6.getCppPointer(widget)[0])
