"""A planned export as the request of one dub, where one dub can make it."""

from __future__ import annotations

from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.encoding import Encoding
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media
from talkface_studio.project.document.timeline import ROUNDING
from talkface_studio.project.export.planned import DubEntry, PlannedExport


def dub_request(export: PlannedExport, document: Document | None = None) -> DubRequest:
    """The request that makes this export.

    One dub has one voice, keeps a whole video, and plays a voice over a photo to its end.

    Args:
        export: what to make.
        document: where the lengths of its files are known; not needed for what `pairs` gives.

    Raises:
        ProjectError: one dub cannot make it.
    """
    if len(export.entries) != 1:
        raise ProjectError(f"{export.output.name}: one dub has one voice; this has {len(export.entries)}")
    (entry,) = export.entries
    media = {} if document is None else {known.path: known for known in document.media}
    picture = media.get(export.picture) if export.picture is not None else None
    moving = export.picture is not None and (picture is None or picture.kind == "video")
    if moving and (export.start > ROUNDING or export.end is not None):
        raise ProjectError(f"{export.output.name}: one dub keeps the whole video; this is a part of it")
    if not moving and not _to_its_end(export, entry, media.get(entry.speech)):
        raise ProjectError(f"{export.output.name}: over a photo, one dub lasts from the voice's start to its end")
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
        # A dub hears the speech from its first sample on, so what is left out at the front is an earlier speech.
        audio_offset=entry.audio_offset - entry.offset,
        fit=settings.fit,
        device=settings.device,
        precision=settings.precision,
        seed=entry.seed,
        encoding=Encoding(codec=settings.codec, crf=settings.crf),
    )


def _to_its_end(export: PlannedExport, entry: DubEntry, speech: Media | None) -> bool:
    if entry.end is None:
        return True
    if speech is None or speech.length is None or entry.start > export.start + ROUNDING:
        return False
    lasts = export.end is None or export.end <= entry.end + ROUNDING
    return lasts and entry.end + entry.offset >= speech.length - ROUNDING
