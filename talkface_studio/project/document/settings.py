"""What a project says of its exports, and of the people it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from talkface_studio.media.fit_mode import Fit
from talkface_studio.project.document.value import FilePath, Value, new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportSettings(Value):
    """How the project is exported."""

    preset: str | None = None
    """Name of an export preset; None takes `codec` and `crf`."""
    codec: str = "h264"
    crf: int = 18
    suffix: str = ".mp4"
    """Of the files that are written; it chooses the container."""
    folder: FilePath | None = None
    """Where exports are written; None is beside the project."""
    fit: Fit = "cut"
    """What happens when the speech is longer than the video."""
    device: str = "auto"
    precision: str = "auto"
    label: bool = False
    """Show a visible label that the picture was generated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent(Value):
    """An answer to the question whether the person shown agreed to be dubbed."""

    id: str = field(default_factory=new_id)
    person: str
    """Who is shown, in the user's words."""
    answer: Literal["given", "refused"]
    time: datetime
    """When it was answered, with its time zone."""
    text_version: str
    """Which version of the consent text was shown."""
