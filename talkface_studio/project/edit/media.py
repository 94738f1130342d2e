"""Edits of the media bin, and what is learnt of its files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path

from talkface_studio.api.errors import ProjectError
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Fingerprint, Media, MediaFacts, MediaKind, MediaProblem
from talkface_studio.project.edit.edit import Edit, Title


def add_media(entries: Iterable[Media]) -> Edit:
    """Put files into the bin. A file that is there already is left as it is."""
    added = tuple(entries)
    for entry in added:
        if not entry.path.is_absolute():
            raise ValueError(f"media paths are absolute in memory: {entry.path}")

    def apply(document: Document) -> Document:
        known = {entry.path for entry in document.media}
        new = {entry.path: entry for entry in reversed(added) if entry.path not in known}
        return replace(document, media=(*document.media, *reversed(new.values())))

    return Edit(Title.ADD_MEDIA, apply)


def remove_media(ids: Collection[str]) -> Edit:
    """Take files out of the bin, with the clips and segments made of them. The files themselves stay."""

    def apply(document: Document) -> Document:
        for media_id in ids:
            document.media_of(media_id)
        return replace(
            document,
            media=tuple(entry for entry in document.media if entry.id not in ids),
            clips=tuple(clip for clip in document.clips if clip.media not in ids),
            segments=tuple(segment for segment in document.segments if segment.media not in ids),
        )

    return Edit(Title.REMOVE_MEDIA, apply)


def relink_media(media_id: str, path: Path, fingerprint: Fingerprint | None = None) -> Edit:
    """Take another file in the place of one that is missing or was replaced. It waits to be probed again.

    The edit raises ProjectError where another entry already has this file.
    """

    def relinked(media: Media) -> Media:
        return replace(media, path=path, fingerprint=fingerprint, facts=None, problem=None)

    def apply(document: Document) -> Document:
        other = next((entry for entry in document.media if entry.path == path and entry.id != media_id), None)
        if other is not None:
            raise ProjectError(f"{path}: is in the project already; use that entry")
        document.media_of(media_id)
        return _with_media(document, lambda media: media.id == media_id, relinked)

    return Edit(Title.RELINK_MEDIA, apply)


def learn(
    media: Media,
    *,
    kind: MediaKind | None = None,
    fingerprint: Fingerprint | None = None,
    facts: MediaFacts | None = None,
    problem: MediaProblem | None = None,
) -> Callable[[Document], Document]:
    """What a probe found, for `Project.amend`. What is not given is kept, but for a problem, which is gone.

    Nothing happens where the entry is gone or has another file by now: the probe may answer late.
    """

    def learnt(entry: Media) -> Media:
        return replace(
            entry,
            kind=kind or entry.kind,
            fingerprint=fingerprint or entry.fingerprint,
            facts=facts or entry.facts,
            problem=problem,
        )

    # All documents of a history share one bin, mostly; they are to share the changed one as well.
    known: dict[int, tuple[tuple[Media, ...], Document]] = {}

    def apply(document: Document) -> Document:
        if id(document.media) not in known:
            changed = _with_media(document, lambda entry: entry.id == media.id and entry.path == media.path, learnt)
            known[id(document.media)] = document.media, changed
        return replace(document, media=known[id(document.media)][1].media)

    return apply


def _with_media(document: Document, chosen: Callable[[Media], bool], change: Callable[[Media], Media]) -> Document:
    return replace(document, media=tuple(change(entry) if chosen(entry) else entry for entry in document.media))
