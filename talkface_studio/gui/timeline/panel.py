"""The timeline as a place of the window: tools, heads of lanes, canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from talkface_studio.engine.client.settings import EngineState
from talkface_studio.gui.parts.boxes import EmptyState
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.actions import TimelineActions
from talkface_studio.gui.timeline.drops import Drops
from talkface_studio.gui.timeline.headers import LaneHeaders
from talkface_studio.gui.timeline.keys import Keys
from talkface_studio.gui.timeline.menus import Menus
from talkface_studio.gui.timeline.pointer import Pointer
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.timeline import PICTURE
from talkface_studio.project.document.view import View
from talkface_studio.project.events import Changes
from talkface_studio.project.storage.scan import media_files

_TOOLS = (
    "timeline.split", "edit.delete", "marks.add_marker", "lane.add", "", "timeline.snap", "", "timeline.zoom_out",
    "timeline.zoom_fit", "timeline.zoom_in",
)  # fmt: skip


class TimelinePanel(QWidget):
    """Joins the timeline's parts to the studio."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("place", "true")
        self._studio, project = studio, studio.project
        ask = partial(studio.bridge.ask, owner=self)
        self.view = TimelineView(project, studio.theme, ask)
        snapping = lambda: studio.preferences.values.snapping  # noqa: E731
        self.pointer = Pointer(self.view, snapping)
        self.drops = Drops(self.view, snapping, self._scan)
        self.keys = Keys(self.view, studio)
        self.commands = TimelineActions(studio, self.view, self.drops)
        self.menus = Menus(studio, self.view.texts, self)
        self.headers = LaneHeaders(studio.theme, self.view)
        self._clock = label("", "title")
        self._clock.setAccessibleName(self.tr("Playhead"))
        self._length = label("", "small")
        self._filled = bool(project.document.items)
        self._buttons: dict[str, IconButton] = {}
        self._empty = self._make_empty()
        self._lay_out()
        studio.commands.bind("segment.assign_voice", self._choose_voice)
        studio.context_changed.connect(self._show_context)
        studio.bridge.engine_changed.connect(self._engine_changed)
        project.view_changed.connect(self._show_time)
        project.changed.connect(self._show_document)
        self.view.menu_wanted.connect(self.menus.show)
        self.view.viewport().installEventFilter(self)
        self.headers.renamed.connect(self.menus.rename_lane)
        self.headers.menu_wanted.connect(self._show_lane_menu)
        self.pointer.marker_opened.connect(self.menus.rename_marker)
        for part in (self.pointer, self.drops, self.keys):
            part.refused.connect(partial(studio.tell, rank="error"))
        self.keys.rename_wanted.connect(self._rename)
        self.pointer.item_opened.connect(lambda _id: studio.run("place.inspector"))
        self.pointer.scrubbed.connect(partial(studio.run, "playback.stop"))
        self._show_time(project.view)
        self._show_document()
        self._show_context()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(Space.M, Space.XS, Space.S, Space.XS)
        tools.setSpacing(2)
        tools.addWidget(self._clock)
        tools.addSpacing(Space.S)
        tools.addWidget(self._length)
        tools.addStretch()
        for name in _TOOLS:
            tools.addWidget(self._tool(name)) if name else tools.addSpacing(Space.M)
        lanes = QHBoxLayout()
        lanes.setContentsMargins(0, 0, 0, 0)
        lanes.setSpacing(0)
        lanes.addWidget(self.headers)
        lanes.addWidget(self.view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addLayout(lanes, 1)
        self.setFocusProxy(self.view)

    def _tool(self, name: str) -> IconButton:
        command = self._studio.commands[name]
        title = translated("command", command.title)
        tool = IconButton(self._studio.theme, command.icon, title, partial(self._studio.run, name), size=16)
        keys = self._studio.keymap.keys(name)
        if keys:
            tool.setToolTip(f"{title}  ({keys[0]})")
        tool.setCheckable(command.checked is not None)
        self._buttons[name] = tool
        return tool

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            self._studio.theme,
            "insert",
            self.tr("Drop a video or a photo here, then a voice"),
            self.tr("The voice is what the face will say. Or select them in the bin and press E."),
            self.view.viewport(),
        )
        empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return empty

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the hint in the middle of the lanes."""
        if event.type() == QEvent.Type.Resize:
            ruler = round(self.view.rows.ruler)
            self._empty.setGeometry(self.view.viewport().rect().adjusted(0, ruler, 0, 0))
        return False

    def _show_time(self, view: View) -> None:
        self._clock.setText(clock(view.playhead))

    def _show_document(self, changes: Changes | None = None) -> None:
        document = self._studio.project.document
        self._fit_first(changes)
        self._length.setText(self.tr("of {0}").format(clock(document.duration)) if document.items else "")
        self._empty.setVisible(not document.items)

    def _fit_first(self, changes: Changes | None) -> None:
        """Show all of it when something comes onto an empty timeline, or a project that nobody looked at yet."""
        project = self._studio.project
        filled, self._filled = self._filled, bool(project.document.items)
        first = not filled and self._filled and changes is not None and changes.cause == "edit"
        unseen = changes is not None and changes.cause == "load" and project.view == View()
        if self._filled and (first or unseen):
            self.view.fit()

    def _show_context(self) -> None:
        context = self._studio.context
        for name, tool in self._buttons.items():
            command = self._studio.commands[name]
            tool.setEnabled(self._studio.commands.can_run(name, context))
            if command.checked is not None:
                tool.setChecked(command.checked(context))

    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "running":
            self.view.retry()

    def _scan(self, paths: Sequence[Path], found: Callable[[Sequence[Path]], object]) -> None:
        self._studio.bridge.run(
            lambda: tuple(media_files(paths)),
            found,
            lambda error: self._studio.tell(str(error), "error"),
            owner=self,
        )

    def _choose_voice(self) -> None:
        self.menus.choose_voice(self.view.mapToGlobal(QPoint(self.view.width() // 2, self.view.height() // 3)))

    def _rename(self) -> None:
        project = self._studio.project
        marker = next((marker for marker in project.document.markers if marker.id in project.selection), None)
        if marker is not None:
            self.menus.rename_marker(marker.id)
        elif self.view.lane != PICTURE:
            self.menus.rename_lane(self.view.lane)

    def _show_lane_menu(self, lane: str, place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menus.lane(menu, lane)
        menu.popup(place)
