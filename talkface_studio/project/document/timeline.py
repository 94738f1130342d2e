"""The timeline: clips on the one picture lane, segments on voice lanes, markers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from talkface_studio.api.card import OptionValue
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.value import Value, new_id

PICTURE = "picture"
"""The lane of the clips; voice lanes have ids of their own."""
SHORTEST = 0.01
"""Seconds that a clip or a segment must last; below this there is no frame to see and nothing to grab."""
ROUNDING = 1e-6
"""Seconds by which neighbours may overlap, because sums of decimal seconds round."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip(Value):
    """A stretch of a video, or a photo, on the picture lane."""

    id: str = field(default_factory=new_id)
    media: str
    """Id of a video or photo."""
    start: float
    end: float
    offset: float = 0.0
    """Where in its media the clip begins, in seconds; 0 for a photo."""

    @property
    def lane(self) -> str:
        """The lane that it lies on."""
        return PICTURE


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane(Value):
    """A lane for the segments of one speaker."""

    id: str = field(default_factory=new_id)
    name: str = ""
    """As the user called it; empty shows its number."""
    muted: bool = False
    """Leaves all its segments out of preview and export."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment(Value):
    """A stretch of a voice that dubs a face."""

    id: str = field(default_factory=new_id)
    lane: str
    """Id of its voice lane."""
    media: str
    """Id of the voice: audio, or a video with sound."""
    start: float
    end: float
    offset: float = 0.0
    """Where in its media the segment begins, in seconds."""
    face: FaceChoice | None = field(default_factory=FaceChoice)
    """Which face of the clip below speaks; its `time` counts in the clip's media. None has a model make the face from
    the voice alone."""
    model: str | None = None
    """None leaves the choice to the engine: the installed model of the highest priority that takes these inputs."""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    """The model's own options that differ from their defaults."""
    preset: str = "compact"
    """Size and weights of the model."""
    seed: int = 0
    audio_offset: float = 0.0
    """Seconds by which the speech is moved later (positive) or earlier against the picture."""
    muted: bool = False


Item = Clip | Segment
"""What lies on a lane; clips and segments are trimmed, split and moved in the same way."""
MarkerColor = Literal["blue", "green", "yellow", "red"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker(Value):
    """A named instant of the timeline."""

    id: str = field(default_factory=new_id)
    time: float
    name: str = ""
    color: MarkerColor = "blue"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeRange(Value):
    """The in and out points; None is the beginning or the end of the timeline."""

    start: float | None = None
    end: float | None = None
