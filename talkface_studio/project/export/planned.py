"""One export, as plain data that any process understands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talkface_studio.api.card import OptionValue
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.plain import from_plain, to_json
from talkface_studio.project.document.settings import ExportSettings
from talkface_studio.project.document.value import FilePath, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class DubEntry(Value):
    """One voice for one face over one range. Times are seconds on the picture's own axis."""

    face: FaceChoice | None = field(default_factory=FaceChoice)
    """None has the model make the face from the voice."""
    speech: FilePath
    start: float = 0.0
    end: float | None = None
    """None is as long as the speech."""
    offset: float = 0.0
    """What is heard at `start`: so many seconds into the speech, before `audio_offset` moves it."""
    audio_offset: float = 0.0
    """Seconds by which the speech is moved later (positive) or earlier; the range stays."""
    model: str | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    preset: str = "compact"
    seed: int = 0
    segment: str | None = None
    """Id of the segment that it comes from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedExport(Value):
    """One output file: a picture, or none, with all that is dubbed in it."""

    picture: FilePath | None
    """A video or photo; None for a face made from the voice alone."""
    start: float = 0.0
    """Of the picture, in seconds, what the output begins and ends with."""
    end: float | None = None
    """None is the end of the picture, or for a photo that of the speech."""
    entries: tuple[DubEntry, ...]
    """In the order of time."""
    output: FilePath
    settings: ExportSettings

    def to_plain(self) -> dict[str, Any]:
        """As what JSON holds; paths are text."""
        plain: dict[str, Any] = json.loads(to_json(self))
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> PlannedExport:
        """From what `to_plain` gives.

        Raises:
            ValueError: it does not fit; the message is one line.
        """
        return from_plain(cls, plain)


def free_name(folder: Path, stem: str, suffix: str, taken: set[Path]) -> Path:
    """A file name in the folder that is not taken, and is from now on."""
    output = folder / f"{stem}{suffix}"
    number = 2
    while output in taken:
        output = folder / f"{stem}-{number}{suffix}"
        number += 1
    taken.add(output)
    return output
