"""Which keys mean which command, as the user wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from psygnal import Signal

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.commands.command import Command, Scope
from talkface_studio.project.storage.json_file import read_json, write_json

_MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")


class Keymap:
    """The shortcuts of all commands: those of the catalogue, and over them the user's own."""

    changed = Signal(str)
    """The command whose keys are others now."""

    def __init__(self, commands: Iterable[Command], chosen: Mapping[str, Iterable[str]] | None = None) -> None:
        """Take the user's choice as it is; one of a command that is not there is kept for when it is.

        Raises:
            ProjectError: a text is no shortcut.
        """
        self._commands = {command.id: command for command in commands}
        self._chosen = {name: normalized_keys(keys) for name, keys in (chosen or {}).items()}

    @property
    def chosen(self) -> Mapping[str, tuple[str, ...]]:
        """What differs from the catalogue."""
        return dict(self._chosen)

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The shortcuts of a command, the one to show first."""
        own = self._chosen.get(command_id)
        return normalized_keys(self._commands[command_id].keys) if own is None else own

    def conflicts(self, command_id: str, key: str) -> tuple[str, ...]:
        """The other commands that this shortcut means, where this one would be heard too.

        Raises:
            ProjectError: the text is no shortcut.
        """
        key, scope = normalized(key), self._commands[command_id].scope
        return tuple(
            other.id
            for other in self._commands.values()
            if other.id != command_id and _meet(scope, other.scope) and key in self.keys(other.id)
        )

    def assign(self, command_id: str, keys: Iterable[str], *, take: bool = False) -> None:
        """Give a command other shortcuts; none leaves it without.

        Args:
            command_id: the command.
            keys: its shortcuts from now on.
            take: take them from the commands that have them.

        Raises:
            ProjectError: a text is no shortcut, or means another command and `take` is false; nothing was changed.
        """
        wanted = normalized_keys(keys)
        losers = {key: self.conflicts(command_id, key) for key in wanted}
        for key, others in losers.items():
            if others and not take:
                raise ProjectError(f"{key} means {self._commands[others[0]].title!r} already; choose another shortcut")
        for key, others in losers.items():
            for other in others:
                self._choose(other, tuple(kept for kept in self.keys(other) if kept != key))
        self._choose(command_id, wanted)

    def reset(self, command_id: str) -> None:
        """Give a command the shortcuts of the catalogue, as far as no other command was given them since."""
        free = (key for key in self._commands[command_id].keys if not self.conflicts(command_id, key))
        self._choose(command_id, normalized_keys(free))

    def reset_all(self) -> None:
        """Forget all that the user chose."""
        chosen, self._chosen = self._chosen, {}
        for command_id in chosen:
            self.changed.emit(command_id)

    def _choose(self, command_id: str, keys: tuple[str, ...]) -> None:
        before = self.keys(command_id)
        self._chosen[command_id] = keys
        if keys == normalized_keys(self._commands[command_id].keys):
            del self._chosen[command_id]
        if keys != before:
            self.changed.emit(command_id)


def load_keymap(commands: Iterable[Command], file: Path) -> Keymap:
    """The keymap with what the user chose; what cannot be understood is left out."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name, keys in read_json(file).items():
        try:
            chosen[name] = normalized_keys(keys)
        except (ProjectError, TypeError, AttributeError):
            continue
    return Keymap(commands, chosen)


def save_keymap(keymap: Keymap, file: Path) -> None:
    """Keep what the user chose.

    Raises:
        ProjectError: the file cannot be written.
    """
    write_json(file, {name: list(keys) for name, keys in keymap.chosen.items()})


def normalized(key: str) -> str:
    """A shortcut as Qt writes it in portable notation: "shift+ctrl+p" becomes "Ctrl+Shift+P".

    Raises:
        ProjectError: there is no key in it, or an unknown modifier.
    """
    text = key.replace(" ", "")
    # The key itself may be a plus.
    head, last = (text[:-1].rstrip("+"), "+") if text == "+" or text.endswith("++") else text.rpartition("+")[::2]
    names = [modifier.capitalize() for modifier in head.split("+") if modifier]
    if not last or set(names) - set(_MODIFIERS) or last.capitalize() in _MODIFIERS:
        raise ProjectError(f"{key!r} is no shortcut; press a key, with or without Ctrl, Alt and Shift")
    return "+".join([*(name for name in _MODIFIERS if name in names), last[:1].upper() + last[1:]])


def normalized_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Shortcuts, each once.

    Raises:
        ProjectError: one of them is none.
    """
    return tuple(dict.fromkeys(normalized(key) for key in keys))


def _meet(one: Scope, other: Scope) -> bool:
    return one == other or "window" in {one, other}
