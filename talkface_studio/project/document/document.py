"""The whole of a project, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.settings import Consent, ExportSettings
from talkface_studio.project.document.timeline import PICTURE, Clip, Item, Lane, Marker, Segment, TimeRange
from talkface_studio.project.document.value import Value

_Entry = TypeVar("_Entry", Media, Lane, Item, Segment)


@dataclass(frozen=True, kw_only=True, slots=True)
class Document(Value):
    """Everything that the user decided. An edit makes a new one that shares what it left alone.

    Clips and markers are in the order of time, segments in the order of time whatever their lane; media and lanes are
    in the order that the user sees.
    """

    media: tuple[Media, ...] = ()
    clips: tuple[Clip, ...] = ()
    lanes: tuple[Lane, ...] = ()
    segments: tuple[Segment, ...] = ()
    markers: tuple[Marker, ...] = ()
    range: TimeRange = field(default_factory=TimeRange)
    export: ExportSettings = field(default_factory=ExportSettings)
    consents: tuple[Consent, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """Clips, then segments."""
        return (*self.clips, *self.segments)

    @property
    def duration(self) -> float:
        """Where the last clip or segment ends, in seconds."""
        return max((item.end for item in self.items), default=0.0)

    def media_of(self, media_id: str) -> Media:
        """The file with this id.

        Raises:
            ProjectError: there is none.
        """
        return _find(self.media, media_id, "media file")

    def lane(self, lane_id: str) -> Lane:
        """The voice lane with this id.

        Raises:
            ProjectError: there is none.
        """
        return _find(self.lanes, lane_id, "voice lane")

    def item(self, item_id: str) -> Item:
        """The clip or segment with this id.

        Raises:
            ProjectError: there is none.
        """
        return _find(self.items, item_id, "clip or segment")

    def segment(self, segment_id: str) -> Segment:
        """The segment with this id.

        Raises:
            ProjectError: there is none.
        """
        return _find(self.segments, segment_id, "segment")

    def on_lane(self, lane_id: str) -> tuple[Item, ...]:
        """What lies on a lane, in the order of time."""
        if lane_id == PICTURE:
            return self.clips
        return tuple(segment for segment in self.segments if segment.lane == lane_id)

    def clip_at(self, time: float) -> Clip | None:
        """The clip that is shown at an instant."""
        return next((clip for clip in self.clips if clip.start <= time < clip.end), None)

    def segments_at(self, time: float) -> tuple[Segment, ...]:
        """The segments that are heard at an instant: neither they nor their lane are muted."""
        quiet = {lane.id for lane in self.lanes if lane.muted}
        return tuple(s for s in self.segments if s.start <= time < s.end and not s.muted and s.lane not in quiet)

    def describe(self, item: Item) -> str:
        """An item for an error message: what it is of, and where it begins."""
        name = next((media.path.name for media in self.media if media.id == item.media), "?")
        return f"{'clip' if isinstance(item, Clip) else 'segment'} of {name} at {item.start:.2f} s"


def _find(entries: tuple[_Entry, ...], entry_id: str, what: str) -> _Entry:
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise ProjectError(f"there is no {what} {entry_id!r} in this project; it may have been deleted")
