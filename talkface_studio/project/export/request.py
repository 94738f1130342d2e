"""A planned export as the request of one dub."""

from __future__ import annotations

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.encoding import Encoding
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import ROUNDING
from talkface_studio.project.export.planned import DubEntry, PlannedExport


def dub_request(export: PlannedExport, document: Document | None = None) -> DubRequest:
    """The request that makes this export, encoded by the codec and the quality of its settings.

    One voice for a whole picture is asked for as the command line asks for it; anything else is a plan, trimmed to the
    stretch that is exported.

    Args:
        export: what to make.
        document: where the lengths of its files are known; not needed for what `pairs` gives.

    Raises:
        ProjectError: a face is to be made from a part of a voice.
    """
    media = {} if document is None else {known.path: known for known in document.media}
    picture = media.get(export.picture) if export.picture is not None else None
    moving = export.picture is not None and (picture is None or picture.kind == "video")
    whole = export.start <= ROUNDING and export.end is None
    first = export.entries[0]
    if len(export.entries) == 1 and (whole if moving else _to_its_end(export, first, media.get(first.speech))):
        return _simple(export, first, moving=moving)
    if export.picture is None:
        raise ProjectError(f"{export.output.name}: a face made from a voice alone takes all of it; use the whole file")
    return _plan(export)


def _simple(export: PlannedExport, entry: DubEntry, *, moving: bool) -> DubRequest:
    settings = export.settings
    return DubRequest(
        face=export.picture,
        speech=entry.speech,
        output=export.output,
        model=entry.model,
        options=dict(entry.options),
        preset=entry.preset,
        face_choice=entry.face or FaceChoice(),
        start=entry.start if moving and entry.start > 0 else None,
        end=entry.end if moving else None,
        audio_offset=_offset(entry),
        fit=settings.fit,
        device=settings.device,
        precision=settings.precision,
        seed=entry.seed,
        encoding=Encoding(codec=settings.codec, crf=settings.crf),
        label=settings.label,
    )


def _plan(export: PlannedExport) -> DubRequest:
    settings = export.settings
    return DubRequest(
        face=export.picture,
        speech=export.entries[0].speech,
        output=export.output,
        parts=tuple(
            Part(
                speech=entry.speech,
                face_choice=entry.face or FaceChoice(),
                start=entry.start,
                end=entry.end,
                audio_offset=_offset(entry),
                model=entry.model,
                options=dict(entry.options),
                preset=entry.preset,
                seed=entry.seed,
            )
            for entry in export.entries
        ),
        trim_start=export.start if export.start > ROUNDING else None,
        trim_end=export.end,
        device=settings.device,
        precision=settings.precision,
        encoding=Encoding(codec=settings.codec, crf=settings.crf),
        label=settings.label,
    )


def _offset(entry: DubEntry) -> float:
    # A dub hears the speech from its first sample on, so what is left out at the front is an earlier speech.
    return entry.audio_offset - entry.offset


def _to_its_end(export: PlannedExport, entry: DubEntry, speech: Media | None) -> bool:
    """Whether a photo, or no picture, lasts exactly as long as the voice."""
    if entry.end is None:
        return True
    if speech is None or speech.length is None or entry.start > export.start + ROUNDING:
        return False
    lasts = export.end is None or export.end <= entry.end + ROUNDING
    return lasts and entry.end + entry.offset >= speech.length - ROUNDING
