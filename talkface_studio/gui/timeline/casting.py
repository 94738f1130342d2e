"""Which picture each segment speaks over; no Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media


def casting(document: Document) -> Mapping[str, Media]:
    """The media of the clip under each segment, by the segment's id; segments over no picture are left out."""
    media = {entry.id: entry for entry in document.media}
    ends = [clip.end for clip in document.clips]
    found = {}
    for segment in document.segments:
        index = bisect_right(ends, segment.start)
        if index < len(document.clips) and document.clips[index].start < segment.end:
            found[segment.id] = media[document.clips[index].media]
    return found
