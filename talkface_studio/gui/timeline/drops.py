"""Media dragged onto the timeline: shows where they would land, and lays them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.timeline.drags import Here, Magnet
from talkface_studio.gui.timeline.placing import STILL, place
from talkface_studio.gui.timeline.pointer import PULL
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.media import Media, MediaFacts, guess_kind
from talkface_studio.project.edit.media import add_media
from talkface_studio.project.edit.snapping import snap_points
from talkface_studio.project.events import Changes

Scan = Callable[[Sequence[Path], Callable[[Sequence[Path]], object]], object]
"""Finds the media among files and in folders, without keeping the window waiting; calls back with what it found."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Files that were dropped before anybody looked into them."""

    ids: tuple[str, ...]
    time: float
    lane: str


class Drops(QObject):
    """Takes files, from the bin or from outside, and puts them on the lanes of a view.

    Files that the project does not have join its bin, and are laid down as soon as they were probed.
    """

    refused = Signal(str)

    def __init__(self, view: TimelineView, snapping: Callable[[], bool], scan: Scan) -> None:
        super().__init__(view)
        self._view, self._project, self._snapping, self._scan = view, view.project, snapping, scan
        self._waiting: list[_Waiting] = []
        view.viewport().setAcceptDrops(True)
        view.viewport().installEventFilter(self)
        self._project.changed.connect(self._changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear what is dragged over the view."""
        if isinstance(event, QDragLeaveEvent):
            self._clear()
            return True
        if isinstance(event, (QDragEnterEvent, QDragMoveEvent)):
            self._show(event)
            return True
        if isinstance(event, QDropEvent):
            self._drop(event)
            return True
        return False

    def lay(self, media: Sequence[Media], time: float, lane: str) -> bool:
        """Put media of the project on the timeline and select what came of them; False, and a reason, if impossible."""
        try:
            placement = place(media, Here(self._project.document, time, lane))
            self._project.do(placement.edit())
        except ProjectError as error:
            self.refused.emit(str(error))
            return False
        self._project.select(item.id for item in placement.items)
        return True

    def _show(self, event: QDragMoveEvent) -> None:
        media = self._guess(event.mimeData())
        if not media:
            event.ignore()
            return
        overlay, here = self._view.overlay, self._here(event.position())
        try:
            overlay.drop = place(media, here)
        except ProjectError as error:
            overlay.drop, overlay.refusal = None, (here.time, str(error))
            event.ignore()
        else:
            overlay.refusal = None
            overlay.guide = None if overlay.drop.guide is None else overlay.drop.guide.time
            overlay.names = {entry.id: entry.path.name for entry in media}
            event.acceptProposedAction()
        self._view.refresh()

    def _drop(self, event: QDropEvent) -> None:
        here = self._here(event.position())
        landed = self._view.overlay.drop
        paths = _paths(event.mimeData())
        self._clear()
        if not paths or landed is None:
            event.ignore()
            return
        event.acceptProposedAction()
        start = min(item.start for item in landed.items)
        self._scan(paths, lambda files: self._add(files, start, here.lane))

    def _add(self, files: Sequence[Path], time: float, lane: str) -> None:
        known = {entry.path for entry in self._project.document.media}
        new = [Media(path=path, kind=guess_kind(path) or "audio") for path in files if path not in known]
        if new:
            try:
                self._project.do(add_media(new))
            except ProjectError as error:
                self.refused.emit(str(error))
                return
        entries = {entry.path: entry for entry in self._project.document.media}
        self._waiting.append(_Waiting(tuple(entries[path].id for path in files), time, lane))
        self._lay_waiting()

    def _changed(self, changes: Changes) -> None:
        if self._waiting and changes.touches("media"):
            self._lay_waiting()

    def _lay_waiting(self) -> None:
        """Lay down what is known by now. What cannot be read stays in the bin, which says why."""
        media = {entry.id: entry for entry in self._project.document.media}
        waiting, self._waiting = self._waiting, []
        for drop in waiting:
            entries = [media[entry_id] for entry_id in drop.ids if entry_id in media]
            if any(entry.status == "unprobed" for entry in entries):
                self._waiting.append(drop)
            elif usable := [entry for entry in entries if entry.status == "ready"]:
                self.lay(usable, drop.time, drop.lane)

    def _guess(self, data: QMimeData) -> list[Media]:
        """The media that are dragged; of those that nobody looked into yet, what their names say."""
        known = {entry.path: entry for entry in self._project.document.media}
        found = []
        for path in _paths(data):
            entry, kind = known.get(path), guess_kind(path)
            if entry is not None and entry.facts is not None:
                found.append(entry)
            elif kind is not None or path.is_dir():
                guess = MediaFacts(duration=STILL, has_sound=kind != "photo")
                found.append(Media(path=path, kind=kind or "video", facts=guess))
        return found

    def _here(self, position: QPointF) -> Here:
        scene = self._view.scene
        points = snap_points(scene.document, playhead=scene.playhead) if self._snapping() else ()
        magnet = Magnet(points, PULL / scene.axis.zoom)
        return Here(scene.document, scene.axis.time(position.x()), scene.lane_at(position.y()), magnet)

    def _clear(self) -> None:
        overlay = self._view.overlay
        overlay.drop = overlay.guide = overlay.refusal = None
        self._view.refresh()


def _paths(data: QMimeData) -> list[Path]:
    urls: list[QUrl] = data.urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
