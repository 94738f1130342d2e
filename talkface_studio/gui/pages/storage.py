"""What the studio keeps on disk: how much it is, and clearing what can be made again."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.gui.exports.wording import size
from talkface_studio.gui.pages.page import empty_layout, group
from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


@dataclass(frozen=True, slots=True)
class Kept:
    """A file or folder and how many bytes are in it."""

    path: Path
    size: int


class StorageSettings(QWidget):
    """Caches with their sizes, and the folders of the user."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._content = QVBoxLayout(self)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(Space.L)
        self.caches: tuple[Kept, ...] = ()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure anew."""
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Measure, in the background."""
        folders = self._studio.folders
        kept = {"data": folders.data, "weights": folders.weights, "config": folders.config}

        def work() -> tuple[tuple[Kept, ...], dict[str, Kept]]:
            inside = sorted(folders.cache.iterdir()) if folders.cache.is_dir() else []
            return tuple(map(measure, inside)), {name: measure(path) for name, path in kept.items()}

        self._studio.bridge.run(work, lambda found: self._show(*found), owner=self)

    def clear(self, kept: tuple[Kept, ...]) -> None:
        """Delete caches."""

        def work() -> None:
            for each in kept:
                _delete(each.path)

        def ended(error: TalkFaceError | None) -> None:
            self._studio.tell(
                str(error) if error else self.tr("The caches were cleared"), "error" if error else "success"
            )
            self.look()

        self._studio.bridge.run(work, lambda _: ended(None), ended, owner=self)

    def _show(self, caches: tuple[Kept, ...], folders: dict[str, Kept]) -> None:
        self.caches = caches
        empty_layout(self._content)
        total = sum(each.size for each in caches)
        head = self.tr("Caches: {0}").format(size(total))
        hint = self.tr("What is here was computed and can be computed again: clearing costs only time.")
        names = {each: self._name(each.path) for each in caches}
        rows = self._rows([(names[each], each, partial(self._ask, (each,))) for each in caches])
        every = button(self.tr("Clear all caches"), partial(self._ask, caches))
        every.setEnabled(bool(caches))
        self._content.addWidget(group(head, label(hint, "muted", wrap=True), rows, every))
        words = {
            "data": self.tr("Data: queue, recovery, weights"),
            "weights": self.tr("Weights that did not come with a model"),
            "config": self.tr("Settings and shortcuts"),
        }
        kept = self._rows([(words[name], each, None) for name, each in folders.items()])
        self._content.addWidget(group(self.tr("Folders"), kept))
        self._content.addStretch()

    def _rows(self, rows: list[tuple[str, Kept, partial[None] | None]]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setColumnStretch(0, 1)
        theme = self._studio.theme
        for row, (name, kept, clear) in enumerate(rows):
            words = ElidedLabel(name)
            words.setToolTip(str(kept.path))
            grid.addWidget(words, row, 0)
            grid.addWidget(label(size(kept.size), "muted"), row, 1)
            show = partial(self._open, kept.path)
            opens = IconButton(theme, "folder-open", self.tr("Show {0}").format(name), show, role="muted")
            opens.setEnabled(kept.path.exists())
            grid.addWidget(opens, row, 2)
            if clear is not None:
                grid.addWidget(
                    IconButton(theme, "trash", self.tr("Clear {0}").format(name), clear, role="muted"), row, 3
                )
        return box

    def _ask(self, kept: tuple[Kept, ...]) -> None:
        names = ", ".join(self._name(each.path) for each in kept)
        text = self.tr("{0}: {1} are freed. What is needed again is computed again.")
        freed = size(sum(each.size for each in kept))
        choices = (
            Choice(self.tr("Clear"), partial(self.clear, kept), "danger"),
            Choice(self.tr("Cancel"), rank="primary"),
        )
        ask_user(self, self.tr("Clear?"), text.format(names, freed), choices)

    def _name(self, path: Path) -> str:
        known = {
            "media.json": self.tr("What is known of media files"),
            "tracks": self.tr("Faces followed in videos"),
            "models": self.tr("What models learned of videos"),
        }
        return known.get(path.name, path.name)

    def _open(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))


def measure(path: Path) -> Kept:
    """How many bytes a file or folder takes; what cannot be looked at counts nothing."""
    if path.is_file():
        return Kept(path, path.stat().st_size)
    total = 0
    for parent, _, names in os.walk(path):
        for name in names:
            file = Path(parent, name)
            if not file.is_symlink():
                total += file.stat().st_size if file.exists() else 0
    return Kept(path, total)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
