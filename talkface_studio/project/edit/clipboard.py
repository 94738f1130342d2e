"""Copy and paste of clips and segments, as JSON text that other windows understand."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.plain import from_plain, to_json
from talkface_studio.project.document.timeline import ROUNDING, Clip, Item, Lane, Segment
from talkface_studio.project.document.value import Value, new_id
from talkface_studio.project.edit.edit import Edit, Title
from talkface_studio.project.edit.items import with_items

CLIPBOARD_TYPE = "application/x-talkface-items+json"
"""The mime type under which a window offers the text."""
_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Copied(Value):
    media: tuple[Media, ...]
    clips: tuple[Clip, ...] = ()
    segments: tuple[Segment, ...] = ()
    version: int = _VERSION

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.clips, *self.segments)


def copy(document: Document, ids: Collection[str]) -> str:
    """Clips and segments as text, with the media that they are made of."""
    used = {item.media for item in document.items if item.id in ids}
    copied = _Copied(
        media=tuple(entry for entry in document.media if entry.id in used),
        clips=tuple(clip for clip in document.clips if clip.id in ids),
        segments=tuple(segment for segment in document.segments if segment.id in ids),
    )
    return to_json(copied)


def paste(text: str, at: float) -> Edit:
    """Put copied clips and segments where the first of them begins at `at` seconds.

    Media of the same path are used again, others join the bin. A segment goes to its own lane; where there is none, or
    no room, to a new one. The edit raises ProjectError where a clip would overlap another.

    Raises:
        ProjectError: the text is no copy of clips and segments.
    """
    copied = _read(text)
    by = at - min(item.start for item in copied.items)

    def apply(document: Document) -> Document:
        document, renamed = _with_pasted_media(document, copied.media)
        segments = [_placed(segment, by, renamed) for segment in copied.segments]
        lanes = {segment.lane: _lane_for(document, segment.lane, segments) for segment in segments}
        new = tuple(lane for lane in lanes.values() if lane not in document.lanes)
        pasted: Iterable[Item] = (
            *(_placed(clip, by, renamed) for clip in copied.clips),
            *(replace(segment, lane=lanes[segment.lane].id) for segment in segments),
        )
        return with_items(replace(document, lanes=(*document.lanes, *new)), (*document.items, *pasted))

    return Edit(Title.PASTE, apply)


def _read(text: str) -> _Copied:
    try:
        document: Any = json.loads(text)
        if isinstance(document, Mapping) and document.get("version", 0) > _VERSION:
            raise ProjectError("the clipboard was filled by a newer version of TalkFace Studio; update this one")
        copied = from_plain(_Copied, document)
    except (ValueError, TypeError) as error:
        raise ProjectError("the clipboard holds no clips or segments; copy some first") from error
    if not copied.items:
        raise ProjectError("the clipboard holds no clips or segments; copy some first")
    return copied


def _with_pasted_media(document: Document, media: Iterable[Media]) -> tuple[Document, dict[str, str]]:
    known = {entry.path: entry.id for entry in document.media}
    ids = {entry.id for entry in document.media}
    renamed: dict[str, str] = {}
    added = []
    for entry in media:
        if entry.path in known:
            renamed[entry.id] = known[entry.path]
            continue
        renamed[entry.id] = entry.id if entry.id not in ids else new_id()
        added.append(replace(entry, id=renamed[entry.id]))
    return replace(document, media=(*document.media, *added)), renamed


def _placed(item: Any, by: float, renamed: Mapping[str, str]) -> Any:
    start = item.start + by
    # The length is computed once, so that neighbours that touched still touch.
    return replace(item, id=new_id(), media=renamed[item.media], start=start, end=item.end + by)


def _lane_for(document: Document, lane_id: str, segments: Iterable[Segment]) -> Lane:
    lane = next((lane for lane in document.lanes if lane.id == lane_id), None)
    others = document.on_lane(lane_id)
    crowded = any(
        other.start < segment.end - ROUNDING and other.end > segment.start + ROUNDING
        for segment in segments
        if segment.lane == lane_id
        for other in others
    )
    return Lane() if lane is None or crowded else lane
