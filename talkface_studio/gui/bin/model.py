"""The bin's files as a list model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl

from talkface_studio.gui.bin.details import details
from talkface_studio.project.document.media import Media, MediaKind
from talkface_studio.project.project import Project

Index = QModelIndex | QPersistentModelIndex
MEDIA_ROLE = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()


class BinModel(QAbstractListModel):
    """The media of a project that fit the search, in their order. Rows are dragged as files."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._kinds: frozenset[MediaKind] = frozenset()
        self._words: tuple[str, ...] = ()
        self._rows: tuple[Media, ...] = ()
        project.changed.connect(self._changed)
        self.refresh()

    def search(self, text: str, kinds: frozenset[MediaKind] = frozenset()) -> None:
        """Show only files whose names have all the words, and of these kinds; none means all."""
        self._words, self._kinds = tuple(text.casefold().split()), kinds
        self.refresh()

    def refresh(self) -> None:
        """Look at the project anew."""
        rows = tuple(media for media in self._project.document.media if self._fits(media))
        if [media.id for media in rows] != [media.id for media in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        before, self._rows = self._rows, rows
        for number, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old is not new:
                self.dataChanged.emit(self.index(number), self.index(number))

    def show_again(self, media_id: str) -> None:
        """Repaint a row."""
        index = self.index_of(media_id)
        if index is not None:
            self.dataChanged.emit(index, index)

    def index_of(self, media_id: str) -> QModelIndex | None:
        """Where a file is."""
        return next((self.index(row) for row, media in enumerate(self._rows) if media.id == media_id), None)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, what is said of it, and the entry itself under `MEDIA_ROLE`."""
        media = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return media.path.name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{media.path}\n{details(media)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{media.path.name}, {details(media)}"
            case _ if role == MEDIA_ROLE:
                return media
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be used can be dragged."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self._rows[index.row()].problem is None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def supportedDragActions(self) -> Qt.DropAction:
        """Files stay where they are."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """Addresses of files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files of some rows."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._rows[index.row()].path)) for index in indexes])
        return data

    def _fits(self, media: Media) -> bool:
        name = media.path.name.casefold()
        return (not self._kinds or media.kind in self._kinds) and all(word in name for word in self._words)

    def _changed(self) -> None:
        self.refresh()
