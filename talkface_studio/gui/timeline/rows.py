"""How the lanes lie below each other, and what lies under a point; no Qt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from talkface_studio.gui.timeline.axis import Axis
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, Item

GRIP = 6.0
"""Pixels to either side of an edge where it is taken hold of."""
Part = Literal["ruler", "playhead", "marker", "in", "out", "start", "end", "body", "lane", "below"]
"""What can be pressed: "start" and "end" are the edges of an item, "lane" an empty place, "below" where no lane is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A lane on the screen; `top` and `height` in pixels from the top of the content."""

    lane: str
    top: float
    height: float

    @property
    def bottom(self) -> float:
        """The first pixel below it."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point; `id` is of an item or a marker, `lane` of the lane, empty where there is none."""

    part: Part
    time: float
    id: str = ""
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """All lanes, the picture first, under a ruler of `ruler` pixels that does not scroll."""

    ruler: float
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, document: Document, *, ruler: float, picture: float, voice: float, gap: float) -> Rows:
        """The lanes of a document with the heights given in pixels."""
        rows, top = [], ruler + gap
        for lane, height in [(PICTURE, picture), *((lane.id, voice) for lane in document.lanes)]:
            rows.append(Row(lane, top, height))
            top += height + gap
        return cls(ruler, tuple(rows))

    @property
    def bottom(self) -> float:
        """Where the last lane ends."""
        return self.rows[-1].bottom

    def row(self, lane: str) -> Row:
        """The row of a lane.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if row.lane == lane:
                return row
        raise KeyError(lane)

    def at(self, y: float) -> Row | None:
        """The lane at a height, None between and below them."""
        return next((row for row in self.rows if row.top <= y < row.bottom), None)

    def nearest(self, y: float) -> Row:
        """The lane at a height, or the closest one."""
        return min(self.rows, key=lambda row: max(row.top - y, y - row.bottom, 0.0))

    def between(self, top: float, bottom: float) -> tuple[Row, ...]:
        """The lanes that a stretch of heights touches."""
        return tuple(row for row in self.rows if row.top < bottom and row.bottom > top)


def items_between(items: Sequence[Item], start: float, end: float) -> Sequence[Item]:
    """Those of one lane, in the order of time, that a stretch of time touches."""
    first = bisect_right(items, start, key=lambda item: item.end)
    return items[first : bisect_left(items, end, key=lambda item: item.start)]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is shown, and how: `playhead` in seconds, `scroll` the pixels by which the lanes are scrolled up."""

    document: Document
    axis: Axis
    rows: Rows
    playhead: float = 0.0
    scroll: float = 0.0

    def lane_at(self, y: float) -> str:
        """The lane at a height of the view, the picture for the ruler, empty below all lanes."""
        if y < self.rows.ruler:
            return PICTURE
        y += self.scroll
        return "" if y >= self.rows.bottom else self.rows.nearest(y).lane


def hit(scene: Scene, x: float, y: float) -> Hit:
    """What lies under a point of the view, in pixels from its top left."""
    if y < scene.rows.ruler:
        return _hit_ruler(scene, x, y)
    row = scene.rows.at(y + scene.scroll)
    if row is None:
        return Hit("below", scene.axis.time(x))
    return _hit_lane(scene.document, scene.axis, row.lane, x)


def _hit_ruler(scene: Scene, x: float, y: float) -> Hit:
    """Marks are in the upper half of the ruler, so that the lower one always scrubs."""
    document, axis, time = scene.document, scene.axis, scene.axis.time(x)
    if y < scene.rows.ruler / 2:
        near = [(abs(axis.x(marker.time) - x), marker.id) for marker in document.markers]
        distance, marker_id = min(near, default=(GRIP + 1, ""))
        if distance <= GRIP:
            return Hit("marker", time, marker_id)
        ends: tuple[tuple[Part, float | None], ...] = (("in", document.range.start), ("out", document.range.end))
        for part, point in ends:
            if point is not None and abs(axis.x(point) - x) <= GRIP:
                return Hit(part, time)
    return Hit("playhead" if abs(axis.x(scene.playhead) - x) <= GRIP else "ruler", time)


def _hit_lane(document: Document, axis: Axis, lane: str, x: float) -> Hit:
    time, grip = axis.time(x), axis.seconds(GRIP)
    items = items_between(document.on_lane(lane), time - grip, time + grip)
    inside = next((item for item in items if item.start <= time < item.end), None)
    if inside is not None:
        return Hit(_part(axis, inside, x), time, inside.id, lane)
    # A little outside an edge counts as well, where no neighbour has the place.
    for item in items:
        return Hit("start" if time < item.start else "end", time, item.id, lane)
    return Hit("lane", time, "", lane)


def _part(axis: Axis, item: Item, x: float) -> Part:
    left, right = axis.x(item.start), axis.x(item.end)
    # A narrow item keeps a third of its width to be moved by.
    grip = min(GRIP, (right - left) / 3)
    if x - left < grip:
        return "start"
    return "end" if right - x < grip else "body"
