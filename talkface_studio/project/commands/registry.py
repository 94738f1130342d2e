"""The commands of a window: found by id, bound to what does them, laid out as menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from talkface_studio.project.commands.command import Command
from talkface_studio.project.commands.context import Context


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu: groups of commands and of menus, to be parted by lines."""

    title: str
    groups: tuple[tuple[Command | Menu, ...], ...]


class CommandRegistry:
    """Commands by id. Whoever does a command binds itself to it later."""

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._commands: dict[str, Command] = {}
        self._callbacks: dict[str, Callable[[], object]] = {}
        for command in commands:
            self.add(command)

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __getitem__(self, command_id: str) -> Command:
        return self._commands[command_id]

    def add(self, command: Command) -> None:
        """Offer one more.

        Raises:
            ValueError: there is one of this id.
        """
        if command.id in self._commands:
            raise ValueError(f"there is a command {command.id!r} already")
        self._commands[command.id] = command

    def bind(self, command_id: str, callback: Callable[[], object]) -> None:
        """Say what does a command; a later binding replaces an earlier one.

        Raises:
            KeyError: there is no such command.
        """
        self._callbacks[self._commands[command_id].id] = callback

    def bind_before(self, command_id: str, callback: Callable[[], bool]) -> None:
        """Try this first; where it gives False, what was bound before does the command.

        Raises:
            KeyError: there is no such command, or nothing was bound to it.
        """
        bound = self._callbacks[command_id]
        self._callbacks[command_id] = lambda: callback() or bound()

    def unbound(self) -> tuple[str, ...]:
        """The commands that nothing does."""
        return tuple(name for name in self._commands if name not in self._callbacks)

    def can_run(self, command_id: str, context: Context) -> bool:
        """Whether a command can be used now.

        Raises:
            KeyError: there is no such command.
        """
        return self._commands[command_id].enabled(context) and command_id in self._callbacks

    def run(self, command_id: str, context: Context) -> bool:
        """Do a command, if it can be used now; gives whether it could.

        Raises:
            KeyError: there is no such command.
        """
        if not self.can_run(command_id, context):
            return False
        self._callbacks[command_id]()
        return True

    def menus(self) -> tuple[Menu, ...]:
        """The menu bar: menus in the order in which the catalogue first names them."""
        placed = [(command.menu, command) for command in self if command.menu]
        return tuple(_menus(placed))


def _menus(placed: Iterable[tuple[tuple[str, ...], Command]]) -> Iterator[Menu]:
    below: dict[str, list[tuple[tuple[str, ...], Command]]] = {}
    for path, command in placed:
        below.setdefault(path[0], []).append((path[1:], command))
    for title, entries in below.items():
        ordered = sorted(entries, key=lambda entry: entry[1].group)
        groups = groupby(ordered, key=lambda entry: entry[1].group)
        yield Menu(title, tuple(tuple(_group(list(members))) for _, members in groups))


def _group(members: list[tuple[tuple[str, ...], Command]]) -> Iterator[Command | Menu]:
    submenus = {menu.title: menu for menu in _menus((path, command) for path, command in members if path)}
    for path, command in members:
        if not path:
            yield command
        elif path[0] in submenus:
            yield submenus.pop(path[0])
