"""Files on their way into the project: found, added, and looked at by the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Document as Answer
from talkface_studio.engine.protocol.questions import Probe
from talkface_studio.gui.studio import Studio
from talkface_studio.project.document.media import Fingerprint, Media, MediaFacts, MediaKind, MediaProblem, guess_kind
from talkface_studio.project.edit.edit import Title
from talkface_studio.project.edit.media import add_media, learn, relink_media
from talkface_studio.project.events import Changes
from talkface_studio.project.storage.fingerprint import fingerprint
from talkface_studio.project.storage.media_index import Known
from talkface_studio.project.storage.relink import Match, find_media
from talkface_studio.project.storage.scan import media_files


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    kind: MediaKind
    known: Known | None


class Intake(QObject):
    """Adds files and folders to the project, and learns what each is. Nothing of it waits in the window's thread."""

    added = Signal(tuple)
    """Ids of the media entries that files were dropped as, new ones and those that were there."""
    learnt = Signal(str)
    """Id of a media entry of which everything is known now, or why it cannot be used."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._asked: set[tuple[str, Path]] = set()
        studio.project.changed.connect(self._changed)

    def add(self, paths: Iterable[Path]) -> None:
        """Add files, and the media in folders; `added` tells of them."""
        wanted = tuple(paths)
        self._studio.bridge.run(lambda: self._look(wanted), self._add, self._complain, owner=self)

    def relink(self, folder: Path) -> None:
        """Look for all missing media in a folder and below it."""
        missing = [media for media in self._studio.project.document.media if media.status == "missing"]
        self._studio.bridge.run(lambda: find_media(missing, [folder]), self._relink, self._complain, owner=self)

    def _look(self, paths: tuple[Path, ...]) -> tuple[_Found, ...]:
        # The index is only read and noted in; whole entries are swapped, so that another thread sees old or new.
        find = self._studio.media_index.find
        return tuple(_Found(path, guess_kind(path) or "video", find(path)) for path in media_files(paths))

    def _add(self, found: tuple[_Found, ...]) -> None:
        if not found:
            self._studio.tell(self.tr("There are no media in what was dropped."), "warning")
            return
        entries = [
            Media(path=each.path, kind=each.kind)
            if each.known is None
            else Media(path=each.path, kind=each.known.kind, facts=each.known.facts, fingerprint=each.known.fingerprint)
            for each in found
        ]
        if self._studio.do(add_media(entries)):
            paths = {each.path for each in found}
            self.added.emit(tuple(media.id for media in self._studio.project.document.media if media.path in paths))

    def _changed(self, changes: Changes) -> None:
        if changes.touches("media"):
            for media in self._studio.project.document.media:
                if media.status == "unprobed" and (media.id, media.path) not in self._asked:
                    self._probe(media)

    def _probe(self, media: Media) -> None:
        self._asked.add((media.id, media.path))

        def known(answer: Answer) -> None:
            self._studio.bridge.run(
                lambda: fingerprint(media.path),
                lambda print_: self._learn(media, answer.content, print_),
                refused,
                owner=self,
            )

        def refused(error: TalkFaceError) -> None:
            self._asked.discard((media.id, media.path))
            there = media.path.exists()
            self._know(media, problem=MediaProblem(status="unreadable" if there else "missing", reason=str(error)))

        self._studio.bridge.ask(Probe(path=media.path), known, refused, owner=self)

    def _learn(self, media: Media, content: dict[str, Any], print_: Fingerprint) -> None:
        self._asked.discard((media.id, media.path))
        facts = MediaFacts.from_probe(content)
        kind: MediaKind = content["kind"]
        try:
            self._studio.media_index.learn(media.path, kind, facts, print_)
        except OSError as error:
            self._know(media, problem=MediaProblem(status="missing", reason=f"{media.path.name}: {error.strerror}"))
            return
        self._know(media, kind=kind, facts=facts, fingerprint=print_)

    def _know(self, media: Media, **what: Any) -> None:
        self._studio.project.amend(learn(media, **what))
        self.learnt.emit(media.id)

    def _relink(self, found: dict[str, Match]) -> None:
        missing = [media for media in self._studio.project.document.media if media.status == "missing"]
        with self._studio.project.transaction(str(Title.RELINK_MEDIA)):
            for media in missing:
                if media.id in found:
                    match = found[media.id]
                    self._studio.project.do(relink_media(media.id, match.path, match.fingerprint))
        left = len(missing) - len(found)
        if found:
            self._studio.tell(self.tr("Found {0} of {1} files.").format(len(found), len(missing)), "success")
        elif left:
            self._studio.tell(self.tr("None of the missing files is in that folder."), "warning")

    def _complain(self, error: TalkFaceError) -> None:
        self._studio.tell(str(error), "error")
