"""What a document looks and sounds like at an instant, before anything is exported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from talkface_studio.dubbing.documents import document_of
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import ROUNDING, Clip, Segment
from talkface_studio.project.export.plan import photo_export
from talkface_studio.project.export.planned import PlannedExport
from talkface_studio.project.export.request import dub_request


@dataclass(frozen=True, slots=True)
class SourceMoment:
    """A frame of a file; `time` counts in the file, in seconds."""

    media: str
    path: Path
    time: float


@dataclass(frozen=True, slots=True)
class DubMoment:
    """A dubbed frame: `dub` holds the fields of a `DubRequest` but for its output, `time` counts in that output."""

    segment: str
    dub: dict[str, Any]
    time: float


@dataclass(frozen=True, slots=True)
class SoundStretch:
    """A stretch of a file that is heard from `start` to `end`, beginning `offset` seconds into the file."""

    path: Path
    start: float
    end: float
    offset: float


def source_moment(document: Document, time: float) -> SourceMoment | None:
    """The source's frame that is shown at an instant; None where no clip lies."""
    clip = document.clip_at(time)
    if clip is None:
        return None
    media = document.media_of(clip.media)
    return SourceMoment(media.id, media.path, 0.0 if media.kind == "photo" else _in_media(clip, time))


def dub_moment(document: Document, time: float, prefer: frozenset[str] = frozenset()) -> DubMoment | None:
    """The dubbed frame that is shown at an instant; None where nothing is dubbed.

    Args:
        document: what is edited.
        time: seconds on the timeline.
        prefer: ids of segments; where several are heard, the first of these is the one that is dubbed.
    """
    planned = photo_export(document, time)
    if planned is not None:
        return _photo_moment(document, *planned)
    heard = sorted(document.segments_at(time), key=lambda segment: segment.id not in prefer)
    clip = document.clip_at(time)
    segment = next((each for each in heard if each.face is None or clip is not None), None)
    if segment is None:
        return None
    picture = document.media_of(clip.media) if clip is not None and segment.face is not None else None
    dub = _dub(document, segment, picture.path if picture is not None else None)
    if picture is None or picture.kind == "photo" or clip is None:
        return DubMoment(segment.id, dub, time - segment.start)
    begins = _in_media(clip, segment.start)
    start = max(begins, 0.0)
    # The speech goes on before a range that is cut off at the front of the video.
    dub |= {"start": start, "end": _in_media(clip, segment.end), "audio_offset": dub["audio_offset"] + begins - start}
    return DubMoment(segment.id, dub, _in_media(clip, time))


def with_model(dub: Mapping[str, Any], model: str, preset: str) -> dict[str, Any]:
    """The same dub by another model; the options of one model mean nothing to another."""
    parts = [with_model(part, model, preset) for part in dub.get("parts", ())]
    options = dub["options"] if dub["model"] == model else {}
    return {**dub, "model": model, "preset": preset, "options": options, **({"parts": parts} if parts else {})}


def timeline_time(document: Document, dub: Mapping[str, Any], time: float) -> float | None:
    """Where on the timeline a frame of a dub's output is shown; None where its picture does not lie there any more."""
    face, inside = dub.get("face"), time + (dub.get("trim_start") or 0.0)
    for clip in document.clips:
        media = document.media_of(clip.media)
        at = clip.start + inside - (0.0 if media.kind == "photo" else clip.offset)
        if face is not None and media.path == Path(face) and clip.start <= at < clip.end:
            return at
    return None


def sound(document: Document) -> tuple[SoundStretch, ...]:
    """All that is heard: the voices, and the clips' own sound where no voice dubs their picture."""
    quiet = {lane.id for lane in document.lanes if lane.muted}
    heard = [segment for segment in document.segments if not segment.muted and segment.lane not in quiet]
    voices = [_voice(document, segment) for segment in heard]
    over = sorted((segment.start, segment.end) for segment in heard if segment.face is not None)
    return (*voices, *(stretch for clip in document.clips for stretch in _own_sound(document, clip, over)))


def _photo_moment(document: Document, export: PlannedExport, time: float) -> DubMoment:
    """Of a photo, whose head goes on moving between its lines: what is said before and after shows in a frame."""
    entry = next((each for each in reversed(export.entries) if each.start <= time), export.entries[0])
    dub = document_of(dub_request(export, document))
    del dub["output"]
    # Of a plan too, the model is asked for by these names.
    dub |= {"model": entry.model, "options": dict(entry.options), "preset": entry.preset}
    return DubMoment(entry.segment or "", dub, time)


def _in_media(clip: Clip, time: float) -> float:
    return clip.offset + time - clip.start


def _dub(document: Document, segment: Segment, face: Path | None) -> dict[str, Any]:
    return {
        "face": None if face is None else str(face),
        "speech": str(document.media_of(segment.media).path),
        "model": segment.model,
        "options": dict(segment.options),
        "preset": segment.preset,
        **({} if segment.face is None else {"face_choice": _plain_choice(asdict(segment.face))}),
        "audio_offset": segment.audio_offset - segment.offset,
        "fit": document.export.fit,
        "device": document.export.device,
        "precision": document.export.precision,
        "seed": segment.seed,
    }


def _plain_choice(choice: dict[str, Any]) -> dict[str, Any]:
    return {**choice, "point": None if choice["point"] is None else list(choice["point"])}


def _voice(document: Document, segment: Segment) -> SoundStretch:
    path = document.media_of(segment.media).path
    begins = segment.offset - segment.audio_offset
    late = max(0.0, -begins)
    return SoundStretch(path, segment.start + late, segment.end, begins + late)


def _own_sound(document: Document, clip: Clip, over: list[tuple[float, float]]) -> Iterator[SoundStretch]:
    media = document.media_of(clip.media)
    if media.facts is None or not media.facts.has_sound:
        return
    position = clip.start
    for start, end in [*over, (clip.end, clip.end)]:
        stop = min(start, clip.end)
        if stop > position + ROUNDING:
            yield SoundStretch(media.path, position, stop, _in_media(clip, position))
        position = max(position, end)
