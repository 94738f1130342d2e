"""Where media land that are dropped on the timeline; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.timeline.drags import Here, nearest_free
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import PICTURE, ROUNDING, Clip, Item, Lane, Segment
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.edit.items import add_items, change_items
from talkface_studio.project.edit.snapping import SnapPoint

STILL = 5.0
"""Seconds that a photo lasts until a voice speaks over it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What would lie where. `lane` is one to be added first, None where there is one already."""

    items: tuple[Item, ...]
    lane: Lane | None = None
    guide: SnapPoint | None = None

    def edit(self) -> Edit:
        """The edit that puts it there, one step with the lane; a photo lasts as long as the first voice over it."""
        added = add_items(self.items)

        def apply(document: Document) -> Document:
            if self.lane is not None:
                document = replace(document, lanes=(*document.lanes, self.lane))
            document = added.apply(document)
            for item in self.items:
                if isinstance(item, Segment):
                    document = _fit_still(document, item)
            return document

        return Edit(added.title, apply)


def place(media: Sequence[Media], here: Here) -> Placement:
    """Lay media one behind the other from an instant on, each kind on its lane, at the nearest free place.

    Pictures go to the picture lane. Sounds, and a video that is dropped on a voice lane, go to the lane under the
    pointer, the first one where it is no voice lane, or a new one where there is none.

    Args:
        media: files that were probed.
        here: where to; no lane, which is below all of them, asks for a new one.

    Raises:
        ProjectError: there is nothing that can be placed; the message says why.
    """
    usable = [entry for entry in media if entry.facts is not None and entry.problem is None]
    if not usable:
        raise ProjectError(_why_not(media))
    document, lane = here.document, here.lane
    over_voice = lane not in {"", PICTURE}
    pictures = [m for m in usable if m.kind == "photo" or (m.kind == "video" and not (over_voice and m.speaks))]
    voices = [m for m in usable if m not in pictures]
    new = None
    if voices and not over_voice:
        new = Lane() if not document.lanes or not lane else None
        lane = new.id if new is not None else document.lanes[0].id
    ends = [here.time + sum(map(_length, group)) for group in (pictures, voices) if group]
    shift, guide = here.magnet.pull([here.time, *ends])
    start = here.time + shift
    clips = [Clip(media=m.id, start=s, end=e) for m, s, e in _in_a_row(pictures, start)]
    segments = [Segment(lane=lane, media=m.id, start=s, end=e) for m, s, e in _in_a_row(voices, start)]
    placed = [item for group in (clips, segments) for item in _at_free_place(document, group)]
    edges = [edge for item in placed for edge in (item.start, item.end)]
    snapped = guide is not None and any(abs(edge - guide.time) < ROUNDING for edge in edges)
    return Placement(tuple(placed), new, guide if snapped else None)


def _length(media: Media) -> float:
    return STILL if media.length is None else media.length


def _in_a_row(media: Sequence[Media], time: float) -> list[tuple[Media, float, float]]:
    row = []
    for entry in media:
        end = time + _length(entry)
        row.append((entry, time, end))
        time = end
    return row


def _at_free_place(document: Document, items: Sequence[Item]) -> Sequence[Item]:
    if not items:
        return items
    by = nearest_free(document, items, 0.0)
    return [replace(item, start=max(item.start + by, 0.0), end=item.end + by) for item in items]


def _fit_still(document: Document, voice: Segment) -> Document:
    """Let a photo that only this voice speaks over last as long, up to the next clip."""
    clip = document.clip_at(voice.start)
    if clip is None or document.media_of(clip.media).kind != "photo":
        return document
    others = [s for s in document.segments if s.id != voice.id and s.start < clip.end and s.end > clip.start]
    untouched = abs(clip.end - clip.start - STILL) < ROUNDING and not others
    following = next((other.start for other in document.clips if other.start >= clip.end - ROUNDING), voice.end)
    end = min(voice.end if untouched else max(voice.end, clip.end), max(following, clip.end))
    return change_items(document, {clip.id}, lambda item: replace(item, end=end))


def _why_not(media: Sequence[Media]) -> str:
    for entry in media:
        if entry.problem is not None:
            return entry.problem.reason
    if media:
        return f"{media[0].path.name}: is still being looked at; try again in a moment"
    return "there is nothing to put on the timeline; select media in the bin"
