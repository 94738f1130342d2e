"""The media bin: the files of a project and what is known of them."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Self

from talkface_studio.project.document.value import FilePath, Value, new_id

MediaKind = Literal["video", "photo", "audio"]
_MORE_KINDS: Mapping[str, MediaKind] = {
    ".mkv": "video", ".mxf": "video", ".m2ts": "video", ".mts": "video", ".webm": "video", ".m4v": "video",
    ".m4a": "audio", ".opus": "audio", ".flac": "audio", ".ogg": "audio", ".wma": "audio", ".caf": "audio",
    ".webp": "photo", ".avif": "photo", ".heic": "photo",
}  # fmt: skip
"""What the systems' tables of types leave out."""
MediaStatus = Literal["unprobed", "ready", "missing", "unreadable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaFacts(Value):
    """What probing a file found."""

    duration: float
    """Seconds from the first picture or sound to the last; 0 for a photo."""
    width: int | None = None
    """Of the upright picture, in pixels; None without a picture."""
    height: int | None = None
    frame_rate: Fraction | None = None
    """The average, in frames a second; None without moving pictures."""
    variable: bool = False
    """Whether frames are not evenly spaced."""
    has_sound: bool = False

    @classmethod
    def from_probe(cls, document: Mapping[str, Any]) -> Self:
        """The facts in a document that `talkface probe --json` prints."""
        video: Mapping[str, Any] | None = next(iter(document["videos"]), None)
        sound = cls(duration=float(document["duration"]), has_sound=bool(document["audios"]))
        if video is None:
            return sound
        picture = replace(sound, width=int(video["width"]), height=int(video["height"]))
        if document["kind"] == "photo":
            return picture
        return replace(picture, frame_rate=Fraction(video["frame_rate"]), variable=bool(video["variable"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint(Value):
    """Tells a file from others of its name, without reading it whole."""

    size: int
    """Bytes."""
    digest: str
    """Hexadecimal BLAKE2b of the parts that `storage.fingerprint` reads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaProblem(Value):
    """Why a file cannot be used at present; `reason` is one line for the user."""

    status: Literal["missing", "unreadable"]
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Media(Value):
    """One file of the media bin. `path` is absolute in memory; the project file writes it relative where it can."""

    id: str = field(default_factory=new_id)
    path: FilePath
    kind: MediaKind
    fingerprint: Fingerprint | None = None
    facts: MediaFacts | None = None
    problem: MediaProblem | None = None

    @property
    def status(self) -> MediaStatus:
        """What can be done with it: nothing yet, everything, or nothing until it is relinked or replaced."""
        if self.problem is not None:
            return self.problem.status
        return "unprobed" if self.facts is None else "ready"

    @property
    def length(self) -> float | None:
        """Seconds that can be taken from it; None where that is unknown or, for a photo, without end."""
        return None if self.kind == "photo" or self.facts is None else self.facts.duration

    @property
    def speaks(self) -> bool:
        """Whether it may serve as a voice. What was not probed yet may."""
        return self.kind != "photo" and (self.facts is None or self.facts.has_sound)


def guess_kind(path: Path) -> MediaKind | None:
    """What a file is by its name, before it was probed; None where that is no media."""
    kind, _, _ = (mimetypes.guess_type(path.name)[0] or "").partition("/")
    guesses: Mapping[str, MediaKind] = {"video": "video", "image": "photo", "audio": "audio"}
    return _MORE_KINDS.get(path.suffix.lower()) or guesses.get(kind)
