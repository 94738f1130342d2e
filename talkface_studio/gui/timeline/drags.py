"""What a drag of the mouse does to the project: edits, and what they snapped to; no Qt.

A drag is made where the button goes down and asked for an edit at each move, on the document as it is by then. Edits of
one drag merge into one step; dragging back to `home` leaves none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, ROUNDING, SHORTEST, Clip, Item, Segment
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.edit.items import change_items, move, slip, trim
from talkface_studio.project.edit.limits import TrimLimits, trim_limits
from talkface_studio.project.edit.marks import change_marker, set_range
from talkface_studio.project.edit.snapping import SnapPoint, snap


@dataclass(frozen=True, slots=True)
class Magnet:
    """What a drag snaps to, and from how many seconds away; without points it snaps to nothing."""

    points: Sequence[SnapPoint] = ()
    tolerance: float = 0.0

    def pull(self, edges: Sequence[float]) -> tuple[float, SnapPoint | None]:
        """By how much to move on so that one of the edges lies on a point, and on which."""
        found = snap(edges, self.points, self.tolerance)
        return (0.0, None) if found is None else (found.shift, found.point)


@dataclass(frozen=True, slots=True)
class Here:
    """Where the pointer is: an instant in seconds, over a lane (empty over none), on the document as it is by now."""

    document: Document
    time: float
    lane: str = ""
    magnet: Magnet = field(default_factory=Magnet)


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a drag. `guide` is where it snapped; `readout` the seconds to show beside the pointer."""

    edit: Edit | None
    readout: float
    guide: SnapPoint | None = None


class Drag(Protocol):
    """Something that is dragged."""

    @property
    def home(self) -> float:
        """The instant at which it began."""
        ...

    def to(self, here: Here) -> Step:
        """Drag to where the pointer is."""
        ...


@dataclass(frozen=True, slots=True)
class TrimDrag:
    """The edge of a clip or segment."""

    item: str
    edge: Literal["start", "end"]
    home: float
    origin: float
    limits: TrimLimits

    @classmethod
    def of(cls, document: Document, item_id: str, edge: Literal["start", "end"], home: float) -> TrimDrag:
        """Take hold of an edge at the instant `home`, which may be a little beside it."""
        item = document.item(item_id)
        origin = item.start if edge == "start" else item.end
        return cls(item_id, edge, home, origin, trim_limits(document, item_id))

    def to(self, here: Here) -> Step:
        """As far as neighbours and media allow."""
        wanted = self.origin + here.time - self.home
        shift, guide = here.magnet.pull([wanted])
        limits = self.limits
        first, last = (
            (limits.first_start, limits.last_start) if self.edge == "start" else (limits.first_end, limits.last_end)
        )
        at = min(max(wanted + shift, first), last)
        edit = trim(self.item, start=at) if self.edge == "start" else trim(self.item, end=at)
        return Step(edit, at, guide if guide is not None and abs(guide.time - at) < ROUNDING else None)


@dataclass(frozen=True, slots=True)
class MoveDrag:
    """Clips and segments together, in time and, where all are of one voice lane, to another."""

    items: tuple[Item, ...]
    """As they were when the drag began."""
    home: float
    lane: str
    """The one voice lane of all that is dragged, else empty."""

    @classmethod
    def of(cls, document: Document, ids: Collection[str], home: float) -> MoveDrag:
        """Take hold of items at an instant."""
        items = tuple(item for item in document.items if item.id in ids)
        lanes = {item.lane for item in items}
        return cls(items, home, lanes.pop() if len(lanes) == 1 and PICTURE not in lanes else "")

    def to(self, here: Here) -> Step:
        """To the place nearest to the pointer that is free; over neighbours, if there is room behind them."""
        start, end = min(item.start for item in self.items), max(item.end for item in self.items)
        wanted = here.time - self.home
        shift, guide = here.magnet.pull([start + wanted, end + wanted])
        lane = here.lane if self.lane and here.lane not in {"", PICTURE} else self.lane
        by = nearest_free(here.document, self.items, wanted + shift, lane or None)
        snapped = guide is not None and min(abs(guide.time - edge - by) for edge in (start, end)) < ROUNDING
        return Step(self._edit(by, lane), start + by, guide if snapped else None)

    def _edit(self, by: float, lane: str) -> Edit:
        """A move from where the items were, not from where they are: so the way back ends exactly there."""
        moved = {item.id: replace(item, start=item.start + by, end=item.end + by) for item in self.items}
        if lane:
            moved = {name: replace(item, lane=lane) for name, item in moved.items() if isinstance(item, Segment)}
        like = move(moved.keys(), by)
        return Edit(
            like.title, lambda document: change_items(document, moved.keys(), lambda i: moved[i.id]), like.merge
        )


@dataclass(frozen=True, slots=True)
class SlipDrag:
    """What an item shows of its media, while it stays where it is: its content follows the pointer."""

    item: str
    home: float
    origin: float
    last: float

    @classmethod
    def of(cls, document: Document, item_id: str, home: float) -> SlipDrag:
        """Take hold of the content of an item."""
        item = document.item(item_id)
        media = document.media_of(item.media)
        last = item.offset if media.length is None else max(media.length - (item.end - item.start), 0.0)
        return cls(item_id, home, item.offset, last)

    def to(self, here: Here) -> Step:
        """As far as the media goes."""
        offset = min(max(self.origin - (here.time - self.home), 0.0), self.last)
        return Step(slip(self.item, offset), offset)


@dataclass(frozen=True, slots=True)
class MarkerDrag:
    """A marker."""

    marker: str
    home: float

    def to(self, here: Here) -> Step:
        """To any instant."""
        shift, guide = here.magnet.pull([here.time])
        return Step(change_marker(self.marker, time=max(here.time + shift, 0.0)), here.time + shift, guide)


@dataclass(frozen=True, slots=True)
class RangeDrag:
    """The in or the out point, or a new range from the instant where it began."""

    part: Literal["in", "out", "new"]
    home: float

    def to(self, here: Here) -> Step:
        """Up to the other point."""
        shift, guide = here.magnet.pull([here.time])
        at = max(here.time + shift, 0.0)
        start, end = here.document.range.start, here.document.range.end
        if self.part == "new":
            low, high = sorted((self.home, at))
            return Step(set_range(low, high) if high - low >= SHORTEST else None, at, guide)
        if self.part == "in":
            at = min(at, math.inf if end is None else end - SHORTEST)
            return Step(set_range(at, end), at, guide)
        at = max(at, (start or 0.0) + SHORTEST)
        return Step(set_range(start, at), at, guide)


def nearest_free(document: Document, items: Iterable[Item], by: float, lane: str | None = None) -> float:
    """The shift closest to `by` seconds at which items overlap nothing, and nothing begins before 0.

    `lane` is where the segments among them go; None leaves each on its own.
    """
    moved = tuple(items)
    ids = {item.id for item in moved}
    blocked: list[tuple[float, float]] = []
    for item in moved:
        target = item.lane if lane is None or isinstance(item, Clip) else lane
        others = (other for other in document.on_lane(target) if other.id not in ids)
        blocked += [(other.start - item.end, other.end - item.start) for other in others]
    floor = -min(item.start for item in moved)
    wanted = max(by, floor)
    for low, high in _merged(blocked):
        if low + ROUNDING < wanted < high - ROUNDING:
            # The gap at the left may lie before 0; behind the last item there is always room.
            return low if low >= floor and by - low <= high - by else high
    return wanted


def _merged(stretches: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches as those that do not overlap; what only touches stays apart, since it leaves a place between."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(stretches):
        if merged and low < merged[-1][1] - 2 * ROUNDING:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


@dataclass(frozen=True, slots=True)
class Band:
    """A rubber band over lanes: selects what it touches, besides what was selected before."""

    home: float
    lane: str
    before: frozenset[str] = field(default_factory=frozenset)

    def touched(self, document: Document, time: float, lanes: Collection[str]) -> frozenset[str]:
        """What is selected while the pointer is at an instant, over these lanes."""
        low, high = sorted((self.home, time))
        items = (item for item in document.items if item.lane in lanes and item.start < high and item.end > low)
        return self.before | {item.id for item in items}
