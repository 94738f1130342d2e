"""What the user prefers, on disk."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from psygnal import Signal

from talkface_studio.project.storage.json_file import read_json, write_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Values:
    """All preferences, with what they are before anybody chose."""

    theme: str = "system"
    """"system", "dark" or "light"."""
    text_scale: float = 1.0
    language: str = ""
    """Such as "zh_CN"; empty follows the desktop."""
    device: str = "auto"
    """Where networks run; what a new project is exported on."""
    precision: str = "auto"
    sound_output: str = ""
    """Name of a sound device; empty is the system's own choice."""
    microphone: str = ""
    volume: float = 1.0
    snapping: bool = True
    looping: bool = False
    show_faces: bool = True
    load_ahead: bool = True
    """Have the engine load its libraries as soon as the window is there."""
    window_geometry: str = ""
    """As Qt writes it, in base64; empty for none yet."""
    window_layout: str = ""
    recent_commands: tuple[str, ...] = ()


class Preferences:
    """The preferences, written to disk by `save`. A value in the file that is of another kind counts as not chosen."""

    changed = Signal(str)
    """The name of the preference that is another now."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values = _parsed(read_json(file))

    @property
    def values(self) -> Values:
        """All of them."""
        return self._values

    def set(self, **values: Any) -> None:
        """Choose some.

        Raises:
            TypeError: there is no such preference.
        """
        before, self._values = self._values, replace(self._values, **values)
        for name in values:
            if getattr(before, name) != getattr(self._values, name):
                self.changed.emit(name)

    def save(self) -> None:
        """Write what differs from the defaults.

        Raises:
            ProjectError: the file cannot be written.
        """
        default = Values()
        chosen = {field.name: getattr(self._values, field.name) for field in fields(Values)}
        write_json(self._file, {name: value for name, value in chosen.items() if value != getattr(default, name)})


def _parsed(plain: dict[str, Any]) -> Values:
    default = Values()
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    fitting: dict[str, Any] = {
        field.name: given[field.name]
        for field in fields(Values)
        if field.name in given and type(given[field.name]) is type(getattr(default, field.name))
    }
    return replace(default, **fitting)
