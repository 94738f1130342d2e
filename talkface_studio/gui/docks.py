"""The editor: its places as docks around the viewer."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QTabWidget, QWidget

from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.places import PLACES, Place
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

_AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
LAYOUT_VERSION = 1
"""Of what `saveState` gives; a layout of another version is not restored."""


class Dock(QDockWidget):
    """A place that can be moved, undocked and closed."""

    def __init__(self, studio: Studio, place: Place, parent: QMainWindow) -> None:
        title = translated("Place", place.title)
        super().__init__(title, parent)
        self.setObjectName(f"dock.{place.id}")
        self.setTitleBarWidget(self._title_bar(studio, title))
        content = place.create(studio, self)
        content.setProperty("place", True)
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWidget(content)

    def _title_bar(self, studio: Studio, title: str) -> QWidget:
        bar = QWidget(self)
        bar.setProperty("part", "titlebar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(Space.M, 2, Space.XS, 2)
        self._name = label(title, "section")
        row.addWidget(self._name)
        row.addStretch()
        undock = self.tr("Undock or dock {0}").format(title)
        row.addWidget(IconButton(studio.theme, "undock", undock, self._toggle_floating, role="muted", size=14))
        close = self.tr("Close {0}").format(title)
        row.addWidget(IconButton(studio.theme, "x", close, self.close, role="muted", size=14))
        return bar

    def name_if(self, wanted: bool) -> None:
        """Show the name, or not where a tab says it."""
        self._name.setVisible(wanted)

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())


class Editor(QMainWindow):
    """The five places where a project is edited."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        places = {place.id: place for place in PLACES}
        self.viewer = places["viewer"].create(studio, self)
        self.setCentralWidget(self.viewer)
        self.docks: dict[str, Dock] = {}
        for place in PLACES:
            if place.area in _AREAS:
                self.docks[place.id] = dock = Dock(studio, place, self)
                self.addDockWidget(_AREAS[place.area], dock)
        right = [dock for place_id, dock in self.docks.items() if places[place_id].area == "right"]
        for behind in right[1:]:
            self.tabifyDockWidget(right[0], behind)
        for dock in right[:1]:
            dock.raise_()
        self._studio, self._sized = studio, False
        for dock in self.docks.values():
            for moved in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged):
                moved.connect(self._name_docks)
        self._name_docks()
        studio.theme.rescaling.connect(self._keep_room)

    def _keep_room(self) -> None:
        """Give places the room back that they have now, once everything is dressed anew."""
        if self._sized and self.isVisible():
            kept = self.saveState(LAYOUT_VERSION)
            QTimer.singleShot(0, self, lambda: self.restore(kept))

    def _name_docks(self) -> None:
        for dock in self.docks.values():
            dock.name_if(dock.isFloating() or not self.tabifiedDockWidgets(dock))

    def restore(self, layout: QByteArray) -> None:
        """Arrange the places as `saveState(LAYOUT_VERSION)` found them."""
        self._sized = self.restoreState(layout, LAYOUT_VERSION)

    def showEvent(self, event: QShowEvent) -> None:
        """Give each place its share of the room, which is known only now."""
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            # Before they are laid out, docks do not know how small they can be.
            QTimer.singleShot(0, self, lambda: self._share_room(self._studio.theme))

    def show_place(self, place_id: str) -> None:
        """Show a place, and give it the keyboard."""
        if place_id in self.docks:
            self.docks[place_id].show()
            self.docks[place_id].raise_()
        widget = self.viewer if place_id == "viewer" else self.docks[place_id].widget()
        parts = [part for part in widget.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        first = next((part for part in parts if part.isVisibleTo(widget)), widget)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the floating places along."""
        for dock in self.docks.values():
            if dock.isFloating():
                dock.hide()
        super().closeEvent(event)

    def _share_room(self, theme: Theme) -> None:
        px = theme.px
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        widths = {"bin": px(270), "inspector": px(340)}
        beside = [name for name in widths if name in self.docks]
        self.resizeDocks([self.docks[name] for name in beside], [widths[name] for name in beside], horizontal)
        self.resizeDocks([self.docks["timeline"]], [px(320)], vertical)
