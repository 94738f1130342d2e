"""What is true of every document; asked after every edit and after reading a file."""

from __future__ import annotations

import math
from itertools import chain, groupby, pairwise

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import PICTURE, ROUNDING, SHORTEST, Item, Segment


def check(document: Document) -> None:
    """Refuse a document that contradicts itself.

    Raises:
        ProjectError: an id is used twice or leads nowhere, a time is impossible, or two entries of a lane overlap.
    """
    _check_ids(document)
    media = {entry.id: entry for entry in document.media}
    lanes = {lane.id for lane in document.lanes}
    for item in document.items:
        _check_times(document, item)
        _check_media(document, item, media.get(item.media))
    for segment in document.segments:
        if segment.lane not in lanes:
            raise ProjectError(f"{document.describe(segment)}: its voice lane {segment.lane!r} does not exist")
        _check_face(document, segment)
    _check_overlap(document)
    _check_marks(document)


def _check_ids(document: Document) -> None:
    entries = chain(document.media, document.items, document.lanes, document.markers, document.consents)
    ids = [PICTURE, *(entry.id for entry in entries)]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise ProjectError(f"the id {twice!r} is used twice; every entry of a project needs its own")


def _check_times(document: Document, item: Item) -> None:
    if not all(map(math.isfinite, (item.start, item.end, item.offset))):
        raise ProjectError(f"{document.describe(item)}: its times must be finite numbers")
    if item.start < 0:
        raise ProjectError(f"{document.describe(item)}: would begin before the timeline does; move it to 0 s or later")
    if item.end - item.start < SHORTEST - ROUNDING:
        length = item.end - item.start
        raise ProjectError(f"{document.describe(item)}: would last {length:.3f} s; the shortest is {SHORTEST} s")
    if item.offset < 0:
        raise ProjectError(f"{document.describe(item)}: would begin before its media does")


def _check_media(document: Document, item: Item, media: Media | None) -> None:
    # What the file turns out to be is no matter of the document: a probe may find no picture where one was expected.
    if media is None:
        raise ProjectError(f"{document.describe(item)}: its media {item.media!r} is not in the project")


def _check_face(document: Document, segment: Segment) -> None:
    face = segment.face
    if face is not None and (face.index < 0 or not math.isfinite(face.time) or face.time < 0):
        raise ProjectError(f"{document.describe(segment)}: its face has a negative number or time; pick it again")
    if not math.isfinite(segment.audio_offset):
        raise ProjectError(f"{document.describe(segment)}: its audio offset must be a finite number")


def _check_overlap(document: Document) -> None:
    by_lane = sorted(document.items, key=lambda item: (item.lane, item.start))
    for _, items in groupby(by_lane, key=lambda item: item.lane):
        for before, after in pairwise(items):
            if after.start < before.end - ROUNDING:
                raise ProjectError(
                    f"{document.describe(after)}: would overlap the {document.describe(before)}, which ends at "
                    f"{before.end:.2f} s; move or trim one of them"
                )


def _check_marks(document: Document) -> None:
    for marker in document.markers:
        if not (math.isfinite(marker.time) and marker.time >= 0):
            raise ProjectError(f"marker {marker.name!r}: lies before the timeline begins")
    start, end = document.range.start, document.range.end
    if any(point is not None and not (math.isfinite(point) and point >= 0) for point in (start, end)):
        raise ProjectError("the in and out points must be 0 s or later")
    if start is not None and end is not None and end - start < SHORTEST - ROUNDING:
        raise ProjectError(f"the out point at {end:.2f} s must lie behind the in point at {start:.2f} s")
