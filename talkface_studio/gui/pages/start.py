"""The start page: go on with a project, or begin."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.parts.boxes import Card, scrolling
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.icon_label import IconLabel
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.samples import samples_folder
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.storage.recent import RecentProject
from talkface_studio.project.storage.session import Recovery

_MOST = 8


class StartPage(QWidget):
    """What was opened last, what was not saved, and the ways to begin. The window does what its signals say."""

    open_wanted = Signal(Path)
    recovery_wanted = Signal(Path)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.recoveries: tuple[Recovery, ...] = ()
        self._body = body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(Space.XL, Space.XL * 2, Space.XL, Space.XL)
        self._column.setSpacing(Space.M)
        self._column.addLayout(self._head())
        self._column.addSpacing(Space.L)
        self._column.addLayout(self._ways())
        self._column.addSpacing(Space.M)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.S)
        self._column.addLayout(self._list)
        self._column.addStretch()
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(body, 8)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(middle))
        studio.theme.changed.connect(self._measure)
        self._measure()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """The list may be another by now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """List what there is."""
        while (item := self._list.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        if self.recoveries:
            self._list.addWidget(label(self.tr("Not saved when the program ended"), "section"))
            for recovery in self.recoveries:
                self._list.addWidget(self._recovery(recovery))
        recent = self._studio.recent.entries()[:_MOST]
        if recent:
            self._list.addWidget(label(self.tr("Recent projects"), "section"))
            for entry in recent:
                self._list.addWidget(self._recent(entry))

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("TalkFace Studio", "display"))
        words.addWidget(label(self.tr("Give a face another voice. Everything stays on this computer."), "muted"))
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        row.addWidget(IconLabel(self._studio.theme, "logo", "accent", 56))
        row.addLayout(words, 1)
        return row

    def _ways(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(Space.M)
        ways = [
            ("project.new", "file-plus", self.tr("New project"), self.tr("Drop a clip and a voice, and begin.")),
            ("project.open", "folder-open", self.tr("Open a project"), self.tr("From a file on this computer.")),
        ]
        if samples_folder() is not None:
            sample = (
                "project.open_sample",
                "play",
                self.tr("Try the sample"),
                self.tr("A video and a photo that speak another voice."),
            )
            ways.insert(0, sample)
        for column, (command, icon, title, text) in enumerate(ways):
            card = self._way(icon, title, text, chosen=column == 0)
            card.pressed.connect(partial(self._studio.run, command))
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 1)
        return grid

    def _way(self, icon: str, title: str, text: str, *, chosen: bool) -> Card:
        card = Card(pressable=True, name=title)
        card.body.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        card.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.body.addWidget(IconLabel(self._studio.theme, icon, "accent", 28))
        card.body.addSpacing(Space.XS)
        card.body.addWidget(label(title, "title"))
        card.body.addWidget(label(text, "muted", wrap=True))
        card.choose(chosen)
        return card

    def _recent(self, entry: RecentProject) -> Card:
        when = entry.time.astimezone().strftime("%x %H:%M") if entry.exists else self.tr("not there")
        card, head = self._row("film", entry.path.stem, str(entry.path.parent), when)
        if entry.exists:
            card.pressed.connect(partial(self.open_wanted.emit, entry.path))
        else:
            # Its button is still of use.
            card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            card.setProperty("pressable", False)
        name = self.tr("Forget {0}").format(entry.path.stem)
        forget = IconButton(self._studio.theme, "x", name, partial(self._forget, entry.path), size=14)
        head.addWidget(forget)
        return card

    def _recovery(self, recovery: Recovery) -> Card:
        media = [entry.path.name for entry in recovery.saved.document.media]
        what = ", ".join(media[:3]) or self.tr("no media")
        card, _ = self._row("retry", self.tr("Untitled"), what, recovery.time.astimezone().strftime("%x %H:%M"))
        card.pressed.connect(partial(self.recovery_wanted.emit, recovery.path))
        return card

    def _row(self, icon: str, title: str, where: str, when: str) -> tuple[Card, QHBoxLayout]:
        card = Card(pressable=True, name=f"{title}, {where}, {when}")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(title))
        names.addWidget(ElidedLabel(where, Qt.TextElideMode.ElideMiddle, "small"))
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(IconLabel(self._studio.theme, icon, "muted", 20))
        row.addLayout(names, 1)
        row.addWidget(label(when, "small"))
        card.body.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        card.body.addLayout(row)
        return card, row

    def _measure(self) -> None:
        self._body.setMaximumWidth(self._studio.theme.px(880))

    def _forget(self, path: Path) -> None:
        self._studio.recent.remove(path)
        self.refresh()
