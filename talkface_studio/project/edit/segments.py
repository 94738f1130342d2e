"""Edits of what a segment says and how: voice, face, model, options, offset, mute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from talkface_studio.api.card import OptionValue
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import Segment
from talkface_studio.project.edit.edit import Edit, Title
from talkface_studio.project.edit.items import check_source


def assign_face(ids: Collection[str], face: FaceChoice | None) -> Edit:
    """Say which face these segments dub; None has a model make one from the voice."""
    return Edit(Title.ASSIGN_FACE, _changing(ids, lambda segment: replace(segment, face=face)))


def assign_voice(ids: Collection[str], media_id: str, offset: float = 0.0) -> Edit:
    """Let another voice speak in these segments, from `offset` seconds of it on."""

    def assigned(document: Document) -> Document:
        changed = change_segments(document, ids, lambda segment: replace(segment, media=media_id, offset=offset))
        for segment_id in ids:
            check_source(changed, changed.segment(segment_id))
        return changed

    return Edit(Title.ASSIGN_VOICE, assigned)


def set_model(
    ids: Collection[str],
    model: str | None,
    options: Mapping[str, OptionValue] | None = None,
    preset: str = "compact",
) -> Edit:
    """Choose the model; options belong to their model, so those of the old one are dropped."""
    given = dict(options or {})
    return Edit(
        Title.SET_MODEL, _changing(ids, lambda segment: replace(segment, model=model, options=given, preset=preset))
    )


def set_option(ids: Collection[str], name: str, value: OptionValue | None) -> Edit:
    """Set an option of the model, or with None put it back to its default. A slider's many values become one step."""

    def changed(segment: Segment) -> Segment:
        options = {key: old for key, old in segment.options.items() if key != name}
        return replace(segment, options=options if value is None else {**options, name: value})

    return Edit(Title.SET_OPTION, _changing(ids, changed), ("option", frozenset(ids), name))


def set_seed(ids: Collection[str], seed: int) -> Edit:
    """Set what the model's randomness starts from."""
    return Edit(Title.SET_SEED, _changing(ids, lambda s: replace(s, seed=seed)), ("seed", frozenset(ids)))


def set_audio_offset(ids: Collection[str], seconds: float) -> Edit:
    """Move the speech later (positive) or earlier against the picture."""
    return Edit(
        Title.SET_AUDIO_OFFSET,
        _changing(ids, lambda segment: replace(segment, audio_offset=seconds)),
        ("audio_offset", frozenset(ids)),
    )


def set_muted(ids: Collection[str], *, muted: bool) -> Edit:
    """Leave these segments out, or take them in again."""
    title = Title.MUTE_SEGMENT if muted else Title.UNMUTE_SEGMENT
    return Edit(title, _changing(ids, lambda segment: replace(segment, muted=muted)))


def change_segments(document: Document, ids: Collection[str], change: Callable[[Segment], Segment]) -> Document:
    """The document with some segments changed in what is no time and no lane.

    Raises:
        ProjectError: one of the ids is no segment.
    """
    for segment_id in ids:
        document.segment(segment_id)
    return replace(document, segments=tuple(change(s) if s.id in ids else s for s in document.segments))


def _changing(ids: Collection[str], change: Callable[[Segment], Segment]) -> Callable[[Document], Document]:
    return lambda document: change_segments(document, ids, change)
