"""The document as exports: one for each stretch of one picture, with its segments on the picture's own time."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import ROUNDING, Clip, Item, Segment
from talkface_studio.project.export.planned import DubEntry, PlannedExport, free_name

_Cut = TypeVar("_Cut", Clip, Segment)


@dataclass(frozen=True, slots=True)
class ExportProblem:
    """What stands in the way of an export, in one line; `id` is the segment or media to select, empty for none."""

    id: str
    reason: str
    blocking: bool = True
    """False for what is only to be known: the export is made all the same."""


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What a document is exported as. With problems, the exports are what would be left without their cause."""

    exports: tuple[PlannedExport, ...]
    problems: tuple[ExportProblem, ...]


def plan_exports(document: Document, folder: Path, *, taken: Collection[Path] = ()) -> ExportPlan:
    """The exports of a document, within its in and out points. Looks at no file.

    Clips that follow each other on the timeline as they do in their media are one stretch, so a split alone changes no
    output. A stretch in which nothing is dubbed is not exported.

    Args:
        document: what to export.
        folder: where outputs go when the settings name no folder.
        taken: outputs that must not be used again.
    """
    clips, segments, problems = _usable(document)
    used = set(taken)
    target = document.export.folder or folder

    def output_for(path: Path) -> Path:
        return free_name(target, f"{path.stem}-dub", document.export.suffix, used)

    exports = [*_pictured(document, clips, segments, output_for), *_voice_only(document, segments, output_for)]
    return ExportPlan(tuple(exports), problems)


def photo_export(document: Document, time: float) -> tuple[PlannedExport, float] | None:
    """The export of the photo that is shown at an instant, and where in it that is, in seconds.

    None where no photo is shown, or nothing of it is dubbed.
    """
    clip = document.clip_at(time)
    if clip is None or document.media_of(clip.media).kind != "photo":
        return None
    clips, segments, _ = _usable(document)
    shown = [clip for clip in clips if clip.start <= time < clip.end]
    export = next(_pictured(document, shown, segments, lambda path: path), None)
    return None if export is None else (export, time - shown[0].start)


def _usable(document: Document) -> tuple[list[Clip], list[Segment], tuple[ExportProblem, ...]]:
    """What is exported of a document, and what stands in the way of the rest."""
    clips, segments = _in_range(document)
    problems = tuple(_problems(document, clips, segments))
    bad = {problem.id for problem in problems if problem.blocking}
    clips = [clip for clip in clips if clip.media not in bad]
    return clips, [segment for segment in segments if not {segment.id, segment.media} & bad], problems


def _in_range(document: Document) -> tuple[list[Clip], list[Segment]]:
    """The stretches of picture and the segments that are heard, cut to the in and out points."""
    start = document.range.start or 0.0
    end = math.inf if document.range.end is None else document.range.end
    quiet = {lane.id for lane in document.lanes if lane.muted}
    photos = {media.id for media in document.media if media.kind == "photo"}
    clips = [_cut(clip, start, end) for clip in _stretches(document.clips, photos) if _meet(clip, start, end)]
    clips = [replace(clip, offset=0.0) if clip.media in photos else clip for clip in clips]
    segments = [segment for segment in document.segments if not segment.muted and segment.lane not in quiet]
    return clips, [_cut(segment, start, end) for segment in segments if _meet(segment, start, end)]


def _pictured(
    document: Document, clips: list[Clip], segments: list[Segment], output_for: Callable[[Path], Path]
) -> Iterator[PlannedExport]:
    for clip in clips:
        over = [segment for segment in segments if segment.face is not None and _meet(segment, clip.start, clip.end)]
        if not over:
            continue
        media = document.media_of(clip.media)
        end = clip.offset + clip.end - clip.start
        yield PlannedExport(
            picture=media.path,
            start=clip.offset,
            end=None if media.length is not None and end >= media.length - ROUNDING else end,
            entries=tuple(_entry(document, clip, segment) for segment in over),
            output=output_for(media.path),
            settings=document.export,
        )


def _voice_only(
    document: Document, segments: list[Segment], output_for: Callable[[Path], Path]
) -> Iterator[PlannedExport]:
    for segment in segments:
        if segment.face is None:
            alone = Clip(media=segment.media, start=segment.start, end=segment.end)
            entry = _entry(document, alone, segment)
            output = output_for(entry.speech)
            settings = document.export
            yield PlannedExport(picture=None, end=entry.end, entries=(entry,), output=output, settings=settings)


def _stretches(clips: Iterable[Clip], photos: Collection[str]) -> list[Clip]:
    """The clips, those joined that a split parted."""
    joined: list[Clip] = []
    for clip in clips:
        last = joined[-1] if joined else None
        if last is not None and _continues(last, clip, still=clip.media in photos):
            joined[-1] = replace(last, end=clip.end)
        else:
            joined.append(clip)
    return joined


def _continues(last: Clip, clip: Clip, *, still: bool) -> bool:
    if last.media != clip.media or abs(clip.start - last.end) > ROUNDING:
        return False
    return still or abs(last.offset + last.end - last.start - clip.offset) <= ROUNDING


def _cut(item: _Cut, start: float, end: float) -> _Cut:
    begins = max(item.start, start)
    return replace(item, start=begins, end=min(item.end, end), offset=item.offset + begins - item.start)


def _meet(item: Item, start: float, end: float) -> bool:
    return item.start < end - ROUNDING and item.end > start + ROUNDING


def _entry(document: Document, clip: Clip, segment: Segment) -> DubEntry:
    part = _cut(segment, clip.start, clip.end)
    return DubEntry(
        face=segment.face,
        speech=document.media_of(segment.media).path,
        start=part.start - clip.start + clip.offset,
        end=part.end - clip.start + clip.offset,
        offset=part.offset,
        audio_offset=segment.audio_offset,
        model=segment.model,
        options=dict(segment.options),
        preset=segment.preset,
        seed=segment.seed,
        segment=segment.id,
    )


def _problems(document: Document, clips: list[Clip], spoken: list[Segment]) -> Iterator[ExportProblem]:
    if not spoken:
        yield ExportProblem("", "nothing is dubbed here; put a voice on a lane, or take the in and out points away")
    faced = [segment for segment in spoken if segment.face is not None]
    shown = {clip.media for clip in clips if any(_meet(segment, clip.start, clip.end) for segment in faced)}
    heard = {segment.media for segment in spoken}
    for media in document.media:
        yield from _media_problems(media, shown=media.id in shown, heard=media.id in heard)
    for segment in faced:
        under = [clip for clip in clips if _meet(clip, segment.start, segment.end)]
        yield from _picture_problems(document, segment, under)
    items: tuple[Item, ...] = (*clips, *spoken)
    for item in items:
        yield from _length_problems(document, item)
    faced.sort(key=lambda segment: (repr(segment.face), segment.start))
    for before, after in pairwise(faced):
        if before.face == after.face and after.start < before.end - ROUNDING:
            yield ExportProblem(
                after.id,
                f"{document.describe(after)}: dubs the same face as the {document.describe(before)} does at that time; "
                "pick another face for one of them, or mute it",
            )


def _media_problems(media: Media, *, shown: bool, heard: bool) -> Iterator[ExportProblem]:
    if not (shown or heard):
        return
    if media.problem is not None:
        yield ExportProblem(media.id, media.problem.reason)
    elif shown and media.kind == "audio":
        yield ExportProblem(media.id, f"{media.path.name}: has no picture; take it off the picture lane")
    elif heard and not media.speaks:
        yield ExportProblem(media.id, f"{media.path.name}: has no sound; take another voice for its segments")


def _length_problems(document: Document, item: Item) -> Iterator[ExportProblem]:
    """A file that was replaced by a shorter one."""
    length = document.media_of(item.media).length
    wanted = item.offset + item.end - item.start
    if length is not None and wanted > length + ROUNDING:
        reason = f"{document.describe(item)}: its file ends {wanted - length:.2f} s before it does; trim it"
        yield ExportProblem(item.id, reason, blocking=False)


def _picture_problems(document: Document, segment: Segment, under: list[Clip]) -> Iterator[ExportProblem]:
    covered = sum(min(clip.end, segment.end) - max(clip.start, segment.start) for clip in under)
    bare = segment.end - segment.start - covered
    blocking = True
    if not under:
        reason = "there is no picture below it; put a clip there or move it"
    elif segment.face is not None and segment.face.point is not None and len({clip.media for clip in under}) > 1:
        reason = "its face was picked in one of the clips below; split it between them"
    elif bare > ROUNDING:
        reason = f"{bare:.2f} s of it have no picture below and are left out"
        blocking = False
    else:
        return
    yield ExportProblem(segment.id, f"{document.describe(segment)}: {reason}", blocking=blocking)
