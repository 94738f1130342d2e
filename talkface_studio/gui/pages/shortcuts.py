"""The editor of shortcuts: every command with its keys, and what else they mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.pages.key_field import KeyField
from talkface_studio.gui.parts.boxes import scrolling
from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.parts.search_field import SearchField
from talkface_studio.gui.parts.slices import Slices
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.commands.command import Command
from talkface_studio.project.commands.shortcuts import save_keymap


class ShortcutsEditor(QWidget):
    """A row for each command. A shortcut that means another command is given away only after a question."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.search = SearchField(studio.theme, self.tr("Search commands and keys"))
        self.search.textChanged.connect(self._filter)
        self.fields: dict[str, KeyField] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._heads: dict[str, QWidget] = {}
        self._resets: dict[str, IconButton] = {}
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(Space.S)
        self._filling = Slices(self)
        self._filled = False
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, Space.M, 0)
        column.addLayout(self._grid)
        column.addStretch()
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.search, 1)
        head.addWidget(button(self.tr("Reset all"), self._ask_reset_all))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.M)
        outer.addWidget(
            label(self.tr("Press a shortcut, then the new keys. Backspace takes it away."), "muted", wrap=True)
        )
        outer.addLayout(head)
        outer.addWidget(scrolling(inside), 1)
        studio.keymap.changed.connect(self._show)

    @property
    def complete(self) -> bool:
        """Whether all commands are listed; that begins when it is shown for the first time."""
        return self._filled and self._filling.done

    def showEvent(self, event: QShowEvent) -> None:
        """List the commands; there are many."""
        super().showEvent(event)
        if not self._filled:
            self._filled = True
            self._filling.begin(self._fill())

    def assign(self, command_id: str, keys: str) -> None:
        """Give a command a shortcut, in place of its first one; asks where it means another command."""
        keymap = self._studio.keymap
        others = keymap.keys(command_id)[1:]
        wanted = tuple(dict.fromkeys((keys, *others))) if keys else others
        try:
            conflicts = keymap.conflicts(command_id, keys) if keys else ()
            if not conflicts:
                keymap.assign(command_id, wanted)
                self._keep()
                return
        except ProjectError as error:
            self._studio.tell(str(error), "error")
            return
        names = ", ".join(self._title(other) for other in conflicts)
        shown = self.tr("{0} means “{1}” already.").format(keys, names)
        text = self.tr("Shall it mean “{0}” from now on?").format(self._title(command_id))
        take = Choice(self.tr("Take it over"), partial(self._take, command_id, wanted), "primary")
        ask_user(self, shown, text, (take, Choice(self.tr("Cancel"))))

    def _take(self, command_id: str, keys: tuple[str, ...]) -> None:
        self._studio.keymap.assign(command_id, keys, take=True)
        self._keep()

    def _fill(self) -> Iterator[None]:
        row = 0
        commands = sorted(self._studio.commands, key=self._menu)
        menus = list(dict.fromkeys(command.menu[0] if command.menu else "" for command in self._studio.commands))
        for menu in menus:
            head = label(translated("menu", menu) if menu else self.tr("Elsewhere"), "section")
            head.setContentsMargins(0, Space.M, 0, Space.XS)
            self._grid.addWidget(head, row, 0, 1, 3)
            self._heads[menu] = head
            row += 1
            for command in commands:
                if self._menu(command) == menu:
                    self._add(command, row)
                    row += 1
                    yield
        self._filter(self.search.text())

    def _add(self, command: Command, row: int) -> None:
        title = self._title(command.id)
        field = KeyField(self.tr("Shortcut of {0}").format(title))
        field.setMinimumWidth(self._studio.theme.px(150))
        field.chosen.connect(partial(self.assign, command.id))
        reset = IconButton(
            self._studio.theme,
            "undo",
            self.tr("Back to what it was at first"),
            partial(self._reset, command.id),
            role="muted",
            size=14,
        )
        name = label(title)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(reset, row, 2, Qt.AlignmentFlag.AlignCenter)
        self.fields[command.id], self._resets[command.id] = field, reset
        self._rows[command.id] = [name, field, reset]
        self._show(command.id)

    def _show(self, command_id: str) -> None:
        if command_id in self.fields:
            keys = self._studio.keymap.keys(command_id)
            self.fields[command_id].show_keys(keys[0] if keys else "")
            self.fields[command_id].setToolTip(", ".join(keys))
            self._resets[command_id].setEnabled(command_id in self._studio.keymap.chosen)

    def _filter(self, text: str) -> None:
        wanted = text.casefold().strip()
        shown: set[str] = set()
        for command in self._studio.commands:
            words = f"{self._title(command.id)} {' '.join(self._studio.keymap.keys(command.id))}".casefold()
            fits = wanted in words
            if command.id not in self._rows:
                continue
            for widget in self._rows[command.id]:
                widget.setVisible(fits)
            if fits:
                shown.add(self._menu(command))
        for menu, head in self._heads.items():
            head.setVisible(menu in shown)

    def _reset(self, command_id: str) -> None:
        self._studio.keymap.reset(command_id)
        self._keep()

    def _ask_reset_all(self) -> None:
        choices = (Choice(self.tr("Reset all"), self._reset_all, "danger"), Choice(self.tr("Cancel")))
        ask_user(self, self.tr("Reset all shortcuts?"), self.tr("Shortcuts of your own are forgotten."), choices)

    def _reset_all(self) -> None:
        self._studio.keymap.reset_all()
        self._keep()

    def _keep(self) -> None:
        try:
            save_keymap(self._studio.keymap, self._studio.keymap_file)
        except ProjectError as error:
            self._studio.tell(str(error), "error")

    def _title(self, command_id: str) -> str:
        return translated("command", self._studio.commands[command_id].title).rstrip("…")

    @staticmethod
    def _menu(command: Command) -> str:
        return command.menu[0] if command.menu else ""
