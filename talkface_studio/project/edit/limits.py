"""How far an edge or an item can be dragged; pure functions for a view to ask before it makes an edit."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, SHORTEST


@dataclass(frozen=True, slots=True)
class TrimLimits:
    """Where the edges of an item may lie, in seconds; `last_end` is infinite where nothing is in the way."""

    first_start: float
    last_start: float
    first_end: float
    last_end: float


def trim_limits(document: Document, item_id: str) -> TrimLimits:
    """How far an item can be trimmed: up to its neighbours, and no further than its media goes.

    Raises:
        ProjectError: there is no such item.
    """
    item = document.item(item_id)
    media = document.media_of(item.media)
    others = [other for other in document.on_lane(item.lane) if other.id != item_id]
    before = max((other.end for other in others if other.start < item.start), default=0.0)
    after = min((other.start for other in others if other.start > item.start), default=math.inf)
    if not (item.lane == PICTURE and media.kind == "photo"):
        before = max(before, item.start - item.offset)
    if media.length is not None:
        after = min(after, item.start - item.offset + media.length)
    return TrimLimits(before, item.end - SHORTEST, item.start + SHORTEST, after)


def move_limits(document: Document, ids: Collection[str]) -> tuple[float, float]:
    """The furthest that items can move together without passing their neighbours: seconds earlier (0 or less), later.

    Raises:
        ProjectError: there is no such item.
    """
    items = [document.item(item_id) for item_id in ids]
    others = [other for other in document.items if other.id not in ids]
    earliest = max((-item.start for item in items), default=0.0)
    latest = math.inf
    for item in items:
        for other in others:
            if other.lane == item.lane and other.start < item.start:
                earliest = max(earliest, other.end - item.start)
            elif other.lane == item.lane:
                latest = min(latest, other.start - item.end)
    return min(earliest, 0.0), max(latest, 0.0)
