"""Edits that the timeline and the inspector make out of several smaller ones; no Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, ROUNDING, Segment
from talkface_studio.project.edit.edit import Edit, Title
from talkface_studio.project.edit.items import change_items, close_gap
from talkface_studio.project.edit.segments import assign_voice, change_segments


def speak_with(ids: Collection[str], voice: str) -> Edit:
    """Let another voice speak in these segments, from its beginning; those that are longer end with it."""
    assigned = assign_voice(ids, voice)

    def apply(document: Document) -> Document:
        length = document.media_of(voice).length
        if length is not None:
            document = change_items(document, ids, lambda item: replace(item, end=min(item.end, item.start + length)))
        return assigned.apply(document)

    return Edit(Title.ASSIGN_VOICE, apply)


def set_preset(ids: Collection[str], preset: str) -> Edit:
    """Choose the size of the model; model and options stay."""

    def apply(document: Document) -> Document:
        return change_segments(document, ids, lambda segment: replace(segment, preset=preset))

    return Edit(Title.SET_MODEL, apply)


def shift_speech(ids: Collection[str], seconds: float) -> Edit:
    """Move the speech of segments against the picture, each from where it is. Repeated, it becomes one step."""

    def apply(document: Document) -> Document:
        # Whole microseconds: many small steps there and back are to end where they began.
        return change_segments(
            document, ids, lambda segment: replace(segment, audio_offset=round(segment.audio_offset + seconds, 6))
        )

    return Edit(Title.SET_AUDIO_OFFSET, apply, ("shift_speech", frozenset(ids)))


def gap_at(document: Document, time: float) -> Edit:
    """Close the gap of all lanes that an instant lies in.

    Raises:
        ProjectError: there is none.
    """
    if any(item.start < time < item.end for item in document.items):
        raise ProjectError("there is no gap here: put the playhead where no lane has a clip or segment")
    start = max((item.end for item in document.items if item.end <= time), default=0.0)
    end = min((item.start for item in document.items if item.start >= time), default=None)
    if end is None or end - start < ROUNDING:
        raise ProjectError("there is no gap here: nothing follows on any lane")
    return close_gap(start, end)


def frame_length(document: Document, time: float) -> float:
    """Seconds that a frame lasts at an instant: of the video that is shown, else 1/25."""
    clip = document.clip_at(time)
    facts = None if clip is None else document.media_of(clip.media).facts
    return float(1 / facts.frame_rate) if facts is not None and facts.frame_rate else 1 / 25


def edges(document: Document) -> tuple[float, ...]:
    """Where clips and segments begin and end, in the order of time."""
    return tuple(sorted({time for item in document.items for time in (item.start, item.end)}))


def neighbour(document: Document, lane: str, steps: int) -> str:
    """The lane so many places below another one, the picture being the topmost; stops at both ends."""
    lanes = [PICTURE, *(entry.id for entry in document.lanes)]
    return lanes[min(max(lanes.index(lane) + steps, 0), len(lanes) - 1)]


def chosen_segments(document: Document, selection: Collection[str]) -> tuple[Segment, ...]:
    """The segments among what is selected, in the order of time."""
    return tuple(segment for segment in document.segments if segment.id in selection)
