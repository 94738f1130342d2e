"""What a tracker has seen of a clip, kept so that it need not look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from talkface_studio.api.values import FaceObservation, FloatArray, Matrix
from talkface_studio.faces.region import Box, Region


@dataclass(frozen=True, slots=True)
class Sighting:
    """The faces of one frame as they were found, before gaps are bridged and landmarks smoothed."""

    time: float
    faces: tuple[FaceObservation, ...]
    shot: int


@dataclass(frozen=True, slots=True)
class FollowedState:
    """One face that is being followed; landmarks are float32 `(478, 3)` in frame pixels."""

    track: int
    visible: bool
    last_time: float
    landmarks: FloatArray
    region: Region


@dataclass(frozen=True, slots=True)
class PersonState:
    """One person of the clip: see `faces.identity`."""

    shape: Matrix
    place: Box | None
    sights: int


@dataclass(frozen=True, slots=True)
class TrackerState:
    """All that a tracker needs to go on behind a frame.

    `thumbnail` is what the next frame is compared with to see a scene cut; `search` and `search_closely` are the times
    from which on the whole picture is searched again.
    """

    shot: int
    thumbnail: FloatArray | None
    search: float
    search_closely: float
    followed: tuple[FollowedState, ...]
    persons: tuple[PersonState, ...]


class TrackMemory(Protocol):
    """Sightings of the frames of one clip, without gaps, from where tracking began."""

    @property
    def until(self) -> float:
        """Time of the last frame that is known, in seconds; minus infinity where none is."""

    @property
    def state(self) -> TrackerState | None:
        """The tracker's state behind that frame; None where none is known, or where there is no frame behind it."""

    def sightings(self, start: float) -> Iterator[Sighting]:
        """What is known of the frames from `start` seconds on, in order."""

    def add(self, sightings: Sequence[Sighting], state: TrackerState | None) -> None:
        """Keep the next frames; `state` is None for the last ones of the clip."""
