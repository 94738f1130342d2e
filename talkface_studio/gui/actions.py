"""Commands as actions of Qt: for menus, toolbars and keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from talkface_studio.gui.studio import Studio, translated
from talkface_studio.project.commands.command import Command
from talkface_studio.project.commands.registry import Menu


class Actions(QObject):
    """One action for each command. They follow the context, the keymap, and what can be undone."""

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._actions = {command.id: self._made(command, window) for command in studio.commands}
        window.addActions(list(self._actions.values()))
        studio.context_changed.connect(self.refresh)
        studio.keymap.changed.connect(self._rekeyed)

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def refresh(self) -> None:
        """Enable and check what the context says."""
        context, commands = self._studio.context, self._studio.commands
        for command in commands:
            action = self._actions[command.id]
            action.setEnabled(commands.can_run(command.id, context))
            if command.checked is not None:
                action.setChecked(command.checked(context))
        project = self._studio.project
        self._name_step("edit.undo", project.undo_title)
        self._name_step("edit.redo", project.redo_title)

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for menu in self._studio.commands.menus():
            bar.addMenu(self._menu(menu, bar))

    def _menu(self, menu: Menu, parent: QWidget) -> QMenu:
        made = QMenu(translated("menu", menu.title), parent)
        for number, group in enumerate(menu.groups):
            if number:
                made.addSeparator()
            for entry in group:
                if isinstance(entry, Menu):
                    made.addMenu(self._menu(entry, made))
                else:
                    made.addAction(self._actions[entry.id])
        return made

    def _made(self, command: Command, window: QWidget) -> QAction:
        action = QAction(translated("command", command.title), window)
        action.setObjectName(command.id)
        action.setCheckable(command.checked is not None)
        if command.icon:
            action.setIcon(self._studio.theme.icon(command.icon))
        self._set_keys(action, command)
        action.triggered.connect(lambda _checked=False: self._studio.run(command.id))
        self._describe(action)
        return action

    def _rekeyed(self, command_id: str) -> None:
        action = self._actions[command_id]
        self._set_keys(action, self._studio.commands[command_id])
        self._describe(action)

    def _set_keys(self, action: QAction, command: Command) -> None:
        action.setShortcuts([QKeySequence(key) for key in self._studio.keymap.keys(command.id)])
        if command.scope != "window":
            # The place hears them itself; here they are only shown.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def _name_step(self, command_id: str, step: str | None) -> None:
        text = translated("command", self._studio.commands[command_id].title)
        self._actions[command_id].setText(f"{text}: {translated('edit', step)}" if step else text)

    def _describe(self, action: QAction) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        name = action.text().rstrip("…")
        action.setToolTip(f"{name}  ({keys})" if keys else name)


def menu_of(studio: Studio, commands: Iterable[str], parent: QWidget) -> QMenu:
    """A context menu of commands; an empty one draws a line. It deletes itself when it is closed."""
    menu = QMenu(parent)
    context = studio.context
    for command_id in commands:
        if not command_id:
            menu.addSeparator()
            continue
        command = studio.commands[command_id]
        action = menu.addAction(translated("command", command.title), partial(studio.run, command_id))
        action.setIcon(studio.theme.icon(command.icon) if command.icon else QIcon())
        action.setEnabled(studio.commands.can_run(command_id, context))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
