"""The media bin as a place of the window."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from talkface_studio.engine.client.settings import EngineState
from talkface_studio.gui.bin.model import MEDIA_ROLE, BinModel
from talkface_studio.gui.bin.pictures import BinPictures
from talkface_studio.gui.bin.rows import BinRow
from talkface_studio.gui.parts.boxes import EmptyState
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.command_button import CommandButton
from talkface_studio.gui.parts.search_field import SearchField
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.document.media import Media, MediaKind


class BinPanel(QWidget):
    """The files of the project. What is selected here is selected in the project."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("place", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._studio = studio
        self._syncing = False
        self._kinds: frozenset[MediaKind] = frozenset()
        self.pictures = BinPictures(studio.bridge, self)
        self.model = BinModel(studio.project, self)
        self.list = self._make_list()
        self.search = SearchField(studio.theme, self.tr("Search media"))
        self._empty = EmptyState(
            studio.theme,
            "film",
            self.tr("Drop media here"),
            self.tr("Videos, photos, voices, or whole folders, anywhere on the window."),
        )
        self._empty.add(button(self.tr("Add media…"), lambda: studio.run("media.add"), "primary"))
        self._lay_out()
        self.pictures.arrived.connect(self.model.show_again)
        self.search.textChanged.connect(self._search)
        studio.project.changed.connect(self._changed)
        studio.project.selection_changed.connect(self._show_selection)
        studio.bridge.engine_changed.connect(self._engine_changed)
        self._changed()

    def _make_list(self) -> QListView:
        made = QListView()
        made.setModel(self.model)
        made.setItemDelegate(BinRow(self._studio.theme, self.pictures, made))
        made.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        made.setDragEnabled(True)
        made.setDragDropMode(QListView.DragDropMode.DragOnly)
        made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        made.setResizeMode(QListView.ResizeMode.Adjust)
        made.setMouseTracking(True)
        made.setAccessibleName(self.tr("Media"))
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(self._show_menu)
        made.doubleClicked.connect(self._insert)
        made.selectionModel().selectionChanged.connect(self._selected)
        made.installEventFilter(self)
        self._studio.theme.changed.connect(made.scheduleDelayedItemsLayout)
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter puts what is selected on the timeline."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and cast("QKeyEvent", event).key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return self._studio.run("timeline.insert")
        return False

    def sizeHint(self) -> QSize:
        """Room for a picture and a name."""
        return QSize(self._studio.theme.px(280), self._studio.theme.px(400))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(Space.XS)
        top.addWidget(self.search, 1)
        for command in ("media.add", "media.add_folder", "media.record"):
            top.addWidget(CommandButton(self._studio, command))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(top)
        self._filters = self._make_filters()
        column.addWidget(self._filters)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)

    def _make_filters(self) -> QWidget:
        row_of = QWidget()
        row = QHBoxLayout(row_of)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        group = QButtonGroup(row_of)
        kinds: tuple[tuple[str, frozenset[MediaKind]], ...] = (
            (self.tr("All"), frozenset()),
            (self.tr("Videos"), frozenset({"video"})),
            (self.tr("Photos"), frozenset({"photo"})),
            (self.tr("Voices"), frozenset({"audio"})),
        )
        for number, (name, chosen) in enumerate(kinds):
            made = QPushButton(name)
            made.setCheckable(True)
            made.setProperty("rank", "chip")
            made.setChecked(number == 0)
            made.clicked.connect(lambda _checked=False, chosen=chosen: self._filter(chosen))
            group.addButton(made)
            row.addWidget(made)
        row.addStretch()
        return row_of

    def _filter(self, kinds: frozenset[MediaKind]) -> None:
        self._kinds = kinds
        self._search()

    def _search(self) -> None:
        self.model.search(self.search.text(), self._kinds)
        self._show_selection()

    def _changed(self) -> None:
        there = bool(self._studio.project.document.media)
        for widget in (self.list, self.search, self._filters):
            widget.setVisible(there)
        self._empty.setVisible(not there)
        self._show_selection()

    def _chosen(self) -> list[Media]:
        return [cast("Media", index.data(MEDIA_ROLE)) for index in self.list.selectionModel().selectedIndexes()]

    def _selected(self) -> None:
        if not self._syncing:
            self._studio.project.select(media.id for media in self._chosen())

    def _show_selection(self) -> None:
        self._syncing = True
        selection = self._studio.project.selection
        model, flags = self.list.selectionModel(), QItemSelectionModel.SelectionFlag
        for row in range(self.model.rowCount()):
            index = self.model.index(row)
            wanted = cast("Media", index.data(MEDIA_ROLE)).id in selection
            if wanted != model.isSelected(index):
                model.select(index, flags.Select if wanted else flags.Deselect)
        self._syncing = False

    def _insert(self, _index: QModelIndex) -> None:
        self._studio.run("timeline.insert")

    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "running":
            self.pictures.forget_failures()
            self.list.viewport().update()

    def _show_menu(self, point: QPoint) -> None:
        from talkface_studio.gui.actions import menu_of

        menu = menu_of(self._studio, ("timeline.insert", "media.imagine", "edit.delete", "", "media.relink"), self.list)
        chosen = self._chosen()
        if len(chosen) == 1:
            reveal = QAction(self._studio.theme.icon("folder"), self.tr("Show in its folder"), menu)
            reveal.triggered.connect(lambda: _reveal(chosen[0].path))
            menu.addAction(reveal)
        menu.popup(self.list.viewport().mapToGlobal(point))


def _reveal(path: Path) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
