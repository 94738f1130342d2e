"""Everything with everything: photos and videos with voices, put into the queue without a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.exports.choices import ExportChoices
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.exports.sheet import ExportSheet
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import SectionHeader, label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.document.media import guess_kind
from talkface_studio.project.export.pairs import Pairing, pair_exports
from talkface_studio.project.export.planned import PlannedExport
from talkface_studio.project.storage.scan import media_files

_ICONS = {"video": "film", "photo": "image", "audio": "voice"}


class EverythingDialog(ExportSheet):
    """Two lists to tick: faces, voices."""

    def __init__(
        self, studio: Studio, queue: ExportQueue, choices: ExportChoices, parent: QWidget | None = None
    ) -> None:
        self._exports: Sequence[PlannedExport] = ()
        super().__init__(
            studio, queue, choices, QCoreApplication.translate("EverythingDialog", "Queue everything"), parent
        )
        media = studio.project.document.media
        usable = [each for each in media if each.problem is None]
        self.faces = self._list(self.tr("Faces"), [each.path for each in usable if each.kind != "audio"])
        self.voices = self._list(self.tr("Voices"), [each.path for each in usable if each.kind == "audio"])
        both = QHBoxLayout()
        both.setSpacing(Space.L)
        both.addLayout(self._column(self.tr("Faces"), self.faces, ("video", "photo")), 1)
        both.addLayout(self._column(self.tr("Voices"), self.voices, ("audio", "video")), 1)
        self.body.addWidget(label(self.tr("One export for each pair of a face and a voice."), "muted", wrap=True))
        self.body.addLayout(both)
        self.every = QRadioButton(self.tr("Every face with every voice"))
        self.one_by_one = QRadioButton(self.tr("One by one, in this order"))
        group = QButtonGroup(self)
        for each in (self.every, self.one_by_one):
            group.addButton(each)
            self.body.addWidget(each)
        self.every.setChecked(True)
        self._note = label(rank="small", wrap=True)
        self.body.addWidget(self._note)
        self.every.toggled.connect(lambda _: self.refresh())
        self.resize(studio.theme.px(700), studio.theme.px(620))
        self.refresh()

    def exports(self) -> Sequence[PlannedExport]:
        """One for each pair."""
        return self._exports

    def refresh(self) -> None:
        """Pair anew."""
        pairing: Pairing = "product" if self.every.isChecked() else "zip"
        try:
            self._exports = pair_exports(
                ticked(self.faces),
                ticked(self.voices),
                self.form.target,
                pairing=pairing,
                settings=self.form.settings(),
                taken=self.taken(),
            )
            names = [export.output.name for export in self._exports]
            self._note.setText(", ".join(names[:3]) + (" …" if len(names) > 3 else ""))
        except ProjectError as error:
            self._exports = ()
            self._note.setText(str(error))
        super().refresh()

    def add_files(self, view: QListWidget, paths: Iterable[Path]) -> None:
        """Tick files, those that are not in the list after adding them."""
        known = {view.item(row).data(Qt.ItemDataRole.UserRole) for row in range(view.count())}
        view.blockSignals(True)
        for path in paths:
            if path not in known:
                self._append(view, path)
        view.blockSignals(False)
        self.refresh()

    def _list(self, name: str, paths: Iterable[Path]) -> QListWidget:
        view = QListWidget()
        view.setAccessibleName(name)
        view.setMinimumHeight(self._studio.theme.px(120))
        view.setProperty("part", "card")
        for path in paths:
            self._append(view, path)
        view.itemChanged.connect(lambda _: self.refresh())
        return view

    def _append(self, view: QListWidget, path: Path) -> None:
        item = QListWidgetItem(self._studio.theme.icon(_ICONS[guess_kind(path) or "video"], "muted"), path.name)
        item.setData(Qt.ItemDataRole.UserRole, path)
        item.setToolTip(str(path))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        view.addItem(item)

    def _column(self, name: str, view: QListWidget, kinds: tuple[str, ...]) -> QVBoxLayout:
        head = SectionHeader(name)
        theme = self._studio.theme
        head.add(IconButton(theme, "file-plus", self.tr("Add files"), partial(self._choose_files, view)))
        head.add(
            IconButton(theme, "folder-plus", self.tr("Add the files of a folder"), partial(self._choose, view, kinds))
        )
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(view)
        return column

    def _choose_files(self, view: QListWidget) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Add files"))
        self.add_files(view, map(Path, names))

    def _choose(self, view: QListWidget, kinds: tuple[str, ...]) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Add the files of a folder"))
        if folder:
            self.add_folder(view, Path(folder), kinds)

    def add_folder(self, view: QListWidget, folder: Path, kinds: tuple[str, ...]) -> None:
        """Tick the files of these kinds in a folder and below it."""
        self._studio.bridge.run(
            lambda: [path for path in media_files([folder]) if guess_kind(path) in kinds],
            partial(self.add_files, view),
            owner=self,
        )


def ticked(view: QListWidget) -> list[Path]:
    """The files that are ticked, in the order of the list."""
    items = (view.item(row) for row in range(view.count()))
    return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]
