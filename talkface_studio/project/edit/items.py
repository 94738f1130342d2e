"""Edits of what lies on the lanes, clips and segments alike: add, trim, split, move, delete, duplicate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import chain

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, ROUNDING, Clip, Item, Segment
from talkface_studio.project.document.value import new_id
from talkface_studio.project.edit.edit import Edit, Title


def add_items(items: Iterable[Item]) -> Edit:
    """Put clips and segments on their lanes."""
    added = tuple(items)
    title = Title.ADD_CLIP if all(isinstance(item, Clip) for item in added) else Title.ADD_SEGMENT

    def apply(document: Document) -> Document:
        for item in added:
            check_source(document, item)
        return with_items(document, chain(document.items, added))

    return Edit(title, apply)


def trim(item_id: str, *, start: float | None = None, end: float | None = None) -> Edit:
    """Move the beginning or the end of a clip or segment; the rest of it stays where it is.

    Consecutive trims of the same edge become one step. `edit.limits.trim_limits` says how far an edge can go.
    """

    def trimmed(document: Document) -> Item:
        item = document.item(item_id)
        new_start = item.start if start is None else start
        offset = _offset_at(document, item, new_start)
        return replace(item, start=new_start, end=item.end if end is None else end, offset=offset)

    def apply(document: Document) -> Document:
        changed = trimmed(document)
        check_source(document, changed)
        return change_items(document, {item_id}, lambda _: changed)

    return Edit(_title("TRIM", {item_id}), apply, ("trim", item_id, start is not None, end is not None))


def split(ids: Collection[str], at: float) -> Edit:
    """Cut clips and segments in two at an instant. Those that the instant does not lie within are left alone.

    The first part keeps the id. The edit raises ProjectError where nothing would be cut.
    """

    def halves(document: Document, item: Item) -> tuple[Item, ...]:
        if item.id not in ids or not item.start + ROUNDING < at < item.end - ROUNDING:
            return (item,)
        second = replace(item, id=new_id(), start=at, offset=_offset_at(document, item, at))
        return replace(item, end=at), second

    def apply(document: Document) -> Document:
        parts = [part for item in document.items for part in halves(document, item)]
        if len(parts) == len(document.items):
            raise ProjectError(f"nothing to split at {at:.2f} s; put the playhead inside a clip or segment")
        return with_items(document, parts)

    return Edit(_title("SPLIT", ids), apply)


def move(ids: Collection[str], by: float, lane: str | None = None) -> Edit:
    """Move clips and segments by so many seconds, and the segments among them to another voice lane.

    Consecutive moves of the same items become one step.
    """

    def moved(item: Item) -> Item:
        start = _near_zero(item.start + by)
        placed = replace(item, start=start, end=start + (item.end - item.start))
        return replace(placed, lane=lane) if isinstance(placed, Segment) and lane is not None else placed

    key = ("move", frozenset(ids))
    return Edit(_title("MOVE", ids), lambda document: change_items(document, ids, moved), key)


def slip(item_id: str, offset: float) -> Edit:
    """Show another part of the media in the same place: `offset` is where in the media the item begins, in seconds."""

    def apply(document: Document) -> Document:
        slipped = replace(document.item(item_id), offset=offset)
        check_source(document, slipped)
        return change_items(document, {item_id}, lambda _: slipped)

    return Edit(Title.SLIP, apply, ("slip", item_id))


def delete(ids: Collection[str], *, ripple: bool = False) -> Edit:
    """Take clips and segments away; with `ripple`, what follows on the same lane moves up by as much."""

    def apply(document: Document) -> Document:
        gone = [document.item(item_id) for item_id in ids]
        kept = [item for item in document.items if item.id not in ids]
        if ripple:
            kept = [_moved_up(item, gone) for item in kept]
        return with_items(document, kept)

    return Edit(Title.RIPPLE_DELETE if ripple else _title("DELETE", ids), apply)


def duplicate(ids: Collection[str]) -> Edit:
    """Put a copy of clips and segments behind them, together, at the first place where all of them fit."""

    def apply(document: Document) -> Document:
        originals = [item for item in document.items if item.id in ids]
        if not originals:
            raise ProjectError("nothing to duplicate; select a clip or a segment")
        by = first_fit(document, originals, max(i.end for i in originals) - min(i.start for i in originals))
        copies = [replace(item, id=new_id(), start=item.start + by, end=item.end + by) for item in originals]
        return with_items(document, chain(document.items, copies))

    return Edit(_title("DUPLICATE", ids), apply)


def insert_gap(at: float, length: float) -> Edit:
    """Make room on all lanes: what begins at or behind an instant, markers too, moves later by so many seconds."""
    return Edit(Title.INSERT_GAP, lambda document: _shift(document, at, length))


def close_gap(start: float, end: float) -> Edit:
    """Take an empty stretch out of all lanes: what begins behind it, markers too, moves earlier by its length."""

    def apply(document: Document) -> Document:
        for item in document.items:
            if item.start < end - ROUNDING and item.end > start + ROUNDING:
                raise ProjectError(f"the gap is not empty: the {document.describe(item)} lies in it")
        return _shift(document, end, start - end)

    return Edit(Title.CLOSE_GAP, apply)


def change_items(document: Document, ids: Collection[str], change: Callable[[Item], Item]) -> Document:
    """The document with some clips and segments changed.

    Raises:
        ProjectError: one of the ids is not there.
    """
    for item_id in ids:
        document.item(item_id)
    return with_items(document, (change(item) if item.id in ids else item for item in document.items))


def with_items(document: Document, items: Iterable[Item]) -> Document:
    """The document with these clips and segments instead of its own, put in the order of time."""
    ordered = sorted(items, key=lambda item: (item.start, item.lane))
    clips = tuple(item for item in ordered if isinstance(item, Clip))
    segments = tuple(item for item in ordered if isinstance(item, Segment))
    # An untouched collection stays the same object, which is how `events.difference` skips it.
    return replace(
        document,
        clips=document.clips if clips == document.clips else clips,
        segments=document.segments if segments == document.segments else segments,
    )


def check_source(document: Document, item: Item) -> None:
    """Refuse an item that asks for more than its media has.

    Raises:
        ProjectError: it begins before its media does, ends behind it, or needs a picture or a sound that it has not.
    """
    media = document.media_of(item.media)
    if isinstance(item, Clip) and media.kind == "audio":
        raise ProjectError(f"{media.path.name}: has no picture; put it on a voice lane")
    if isinstance(item, Segment) and not media.speaks:
        raise ProjectError(f"{media.path.name}: has no sound; a voice lane takes audio, or a video with sound")
    if item.offset < 0:
        raise ProjectError(f"{media.path.name}: begins {-item.offset:.2f} s later than that; trim less")
    wanted = item.offset + item.end - item.start
    if media.length is not None and wanted > media.length + ROUNDING:
        raise ProjectError(f"{media.path.name}: lasts {media.length:.2f} s, not {wanted:.2f} s; trim it to that")


def first_fit(document: Document, items: Iterable[Item], by: float) -> float:
    """The smallest shift in seconds, `by` or more, at which copies of `items` overlap nothing on their lanes."""
    items = tuple(items)
    others = {lane: document.on_lane(lane) for lane in {item.lane for item in items}}
    ends = (other.end - item.start for item in items for other in others[item.lane])
    for shift in sorted({by, *(end for end in ends if end > by)}):
        if not any(
            other.start < item.end + shift - ROUNDING and other.end > item.start + shift + ROUNDING
            for item in items
            for other in others[item.lane]
        ):
            return shift
    raise AssertionError("behind the last item there is always room")


def _title(verb: str, ids: Collection[str]) -> Callable[[Document], str]:
    """The title of an edit, with what it is done to where that is of one kind."""

    def title(document: Document) -> str:
        kinds = {type(item) for item in document.items if item.id in ids}
        if len(kinds) != 1:
            return Title[verb]
        return Title[f"{verb}_CLIP" if Clip in kinds else f"{verb}_SEGMENT"]

    return title


def _offset_at(document: Document, item: Item, time: float) -> float:
    still = item.lane == PICTURE and document.media_of(item.media).kind == "photo"
    return 0.0 if still else _near_zero(item.offset + time - item.start)


def _near_zero(seconds: float) -> float:
    return 0.0 if abs(seconds) < ROUNDING else seconds


def _moved_up(item: Item, gone: list[Item]) -> Item:
    by = sum(other.end - other.start for other in gone if other.lane == item.lane and other.start < item.start)
    return replace(item, start=_near_zero(item.start - by), end=item.end - by) if by else item


def _shift(document: Document, at: float, by: float) -> Document:
    def shifted(item: Item) -> Item:
        return replace(item, start=item.start + by, end=item.end + by) if item.start >= at - ROUNDING else item

    markers = tuple(
        replace(marker, time=max(0.0, marker.time + by)) if marker.time >= at - ROUNDING else marker
        for marker in document.markers
    )
    return replace(with_items(document, map(shifted, document.items)), markers=markers)
