"""What a command is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from talkface_studio.project.commands.context import Context

Scope = Literal["window", "timeline", "bin", "queue"]
"""Where a shortcut is heard: everywhere in the window, or only while a place has the focus."""


def always(context: Context) -> bool:
    """For a command that can be used at any time."""
    del context
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """Something that the user can have done."""

    id: str
    """Place and verb, such as "segment.split"; never changes, since shortcuts are kept by it."""
    title: str
    """As menus and palette show it, in English: the source text of its translations."""
    icon: str = ""
    """Name in the icon set; empty for none."""
    keys: tuple[str, ...] = ()
    """Shortcuts to begin with, in Qt's portable notation; the first is shown. Ctrl is Command on a Mac."""
    scope: Scope = "window"
    menu: tuple[str, ...] = ()
    """Titles of the menus that lead to it; empty leaves it to the palette and to buttons."""
    group: int = 0
    """Within a menu, a line is drawn between groups; the order is that of the catalogue."""
    enabled: Callable[[Context], bool] = always
    checked: Callable[[Context], bool] | None = None
    """For what is on or off: whether it is on."""
