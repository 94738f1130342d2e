"""The texts of this room that a window shows and translates."""

from __future__ import annotations

from collections.abc import Mapping

from talkface_studio.project.commands.catalogue import COMMANDS
from talkface_studio.project.edit.edit import Title


def source_texts() -> Mapping[str, tuple[str, ...]]:
    """English texts by translation context: "command" for titles of commands, "menu", and "edit" for steps to undo.

    Each text once, in the order in which it is met. Errors are not among them: they hold names and numbers.
    """
    menus = (title for command in COMMANDS for title in command.menu)
    return {
        "command": tuple(dict.fromkeys(command.title for command in COMMANDS)),
        "menu": tuple(dict.fromkeys(menus)),
        "edit": tuple(str(title) for title in Title),
    }
