"""The commands that work on the timeline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from talkface_studio.api.errors import ProjectError
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.timeline.changes import chosen_segments, edges, frame_length, gap_at, shift_speech
from talkface_studio.gui.timeline.drops import Drops
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, SHORTEST, Lane, Marker
from talkface_studio.project.edit import clipboard, items, lanes, marks, segments
from talkface_studio.project.edit.edit import Title
from talkface_studio.project.edit.media import remove_media

SPEECH_STEP = 0.01
"""Seconds by which a key moves the speech against the picture."""
ZOOM_STEP = 1.5
_NEAR = 1e-4
"""Seconds below which the playhead stands on an edge: going on from there means the next one."""


class TimelineActions(QObject):
    """Does the commands of `project.commands.catalogue` that change or move along the timeline."""

    def __init__(self, studio: Studio, view: TimelineView, drops: Drops) -> None:
        super().__init__(view)
        self._studio, self._project, self._view, self._drops = studio, studio.project, view, drops
        QGuiApplication.clipboard().dataChanged.connect(self._look_at_clipboard)
        self._look_at_clipboard()
        for name, action in self._actions().items():
            studio.commands.bind(name, action)

    def _actions(self) -> dict[str, Callable[[], object]]:
        do, view = self._project.do, self._view
        return {
            "edit.cut": self.cut,
            "edit.copy": self.copy,
            "edit.paste": self.paste,
            "edit.duplicate": lambda: do(items.duplicate(self._items())),
            "edit.delete": self.delete,
            "edit.ripple_delete": lambda: do(items.delete(self._items(), ripple=True)),
            "edit.select_all": lambda: self._project.select(item.id for item in self._document.items),
            "edit.select_none": lambda: self._project.select(()),
            "timeline.insert": self.insert,
            "timeline.split": self.split,
            "timeline.split_all": lambda: do(items.split({i.id for i in self._document.items}, self._playhead)),
            "timeline.trim_start": lambda: do(items.trim(self._items()[0], start=self._playhead)),
            "timeline.trim_end": lambda: do(items.trim(self._items()[0], end=self._playhead)),
            "timeline.close_gap": lambda: do(gap_at(self._document, self._playhead)),
            "timeline.nudge_earlier": lambda: self.nudge(-1),
            "timeline.nudge_later": lambda: self.nudge(1),
            "timeline.zoom_in": lambda: view.zoom_by(ZOOM_STEP),
            "timeline.zoom_out": lambda: view.zoom_by(1 / ZOOM_STEP),
            "timeline.zoom_fit": view.fit,
            "segment.speech_earlier": lambda: do(shift_speech(self._segments(), -SPEECH_STEP)),
            "segment.speech_later": lambda: do(shift_speech(self._segments(), SPEECH_STEP)),
            "segment.mute": self.toggle_mute,
            "segment.next_face": self.next_face,
            "segment.voice_only": lambda: do(segments.assign_face(self._segments(), None)),
            "lane.add": lambda: do(lanes.add_lane(Lane())),
            "lane.mute": self.toggle_lane,
            "lane.remove": lambda: do(lanes.remove_lane(self._lane().id)),
            "marks.set_in": lambda: self.set_range(start=self._playhead),
            "marks.set_out": lambda: self.set_range(end=self._playhead),
            "marks.clear_range": lambda: do(marks.set_range(None, None)),
            "marks.add_marker": self.add_marker,
            "playback.previous_edge": lambda: self._go_before(edges(self._document)),
            "playback.next_edge": lambda: self._go_behind(edges(self._document)),
            "playback.previous_marker": lambda: self._go_before([m.time for m in self._document.markers]),
            "playback.next_marker": lambda: self._go_behind([m.time for m in self._document.markers]),
            "playback.go_in": lambda: self._go(self._document.range.start or 0.0),
            "playback.go_out": self._go_out,
        }

    @property
    def _document(self) -> Document:
        return self._project.document

    @property
    def _playhead(self) -> float:
        return self._project.view.playhead

    def copy(self) -> None:
        """Put what is selected on the clipboard."""
        data = QMimeData()
        data.setData(clipboard.CLIPBOARD_TYPE, clipboard.copy(self._document, self._items()).encode())
        QGuiApplication.clipboard().setMimeData(data)

    def cut(self) -> None:
        """Put what is selected on the clipboard, and take it away."""
        self.copy()
        with self._project.transaction(Title.CUT):
            self._project.do(items.delete(self._items()))

    def paste(self) -> None:
        """Put what is on the clipboard where the playhead is, and select it."""
        data = QGuiApplication.clipboard().mimeData()
        before = {item.id for item in self._document.items}
        text = bytes(data.data(clipboard.CLIPBOARD_TYPE).data()).decode()
        self._project.do(clipboard.paste(text, self._playhead))
        self._project.select(item.id for item in self._document.items if item.id not in before)

    def delete(self) -> None:
        """Take away what is selected, whatever it is."""
        chosen, document = self._project.selection, self._document
        parts = {
            items.delete: self._items(),
            marks.remove_markers: [marker.id for marker in document.markers if marker.id in chosen],
            remove_media: [entry.id for entry in document.media if entry.id in chosen],
        }
        given = {make: ids for make, ids in parts.items() if ids}
        if len(given) == 1:
            ((make, ids),) = given.items()
            self._project.do(make(ids))
            return
        with self._project.transaction(Title.DELETE):
            for make, ids in given.items():
                self._project.do(make(ids))

    def insert(self) -> None:
        """Put the media that are selected in the bin where the playhead is."""
        media = [entry for entry in self._document.media if entry.id in self._project.selection]
        self._drops.lay(media, self._playhead, self._view.lane)

    def split(self) -> None:
        """Cut what is selected and under the playhead, or all that is under it if nothing of it is selected."""
        time = self._playhead
        under = {item.id for item in self._document.items if item.start < time < item.end}
        self._project.do(items.split(under & self._project.selection or under, time))

    def nudge(self, frames: int) -> None:
        """Move what is selected by frames."""
        self._project.do(items.move(self._items(), frames * frame_length(self._document, self._playhead)))

    def toggle_mute(self) -> None:
        """Mute the selected segments, or take them in again if all of them are muted."""
        chosen = chosen_segments(self._document, self._project.selection)
        muted = not all(segment.muted for segment in chosen)
        self._project.do(segments.set_muted({segment.id for segment in chosen}, muted=muted))

    def next_face(self) -> None:
        """Let the selected segments speak for the next one of the faces that the viewer shows."""
        chosen = chosen_segments(self._document, self._project.selection)
        face = chosen[0].face
        following = 0 if face is None else (face.index + 1) % self._studio.context.faces
        self._project.do(segments.assign_face({segment.id for segment in chosen}, FaceChoice(following)))

    def toggle_lane(self) -> None:
        """Mute the lane that keys move along, or take it in again."""
        lane = self._lane()
        self._project.do(lanes.change_lane(lane.id, muted=not lane.muted))

    def set_range(self, *, start: float | None = None, end: float | None = None) -> None:
        """Set the in or the out point; the other one goes where it would lie on the wrong side."""
        given = self._document.range
        if start is not None:
            end = given.end if given.end is not None and given.end > start + SHORTEST else None
        elif end is not None:
            start = given.start if given.start is not None and given.start < end - SHORTEST else None
        self._project.do(marks.set_range(start, end))
        self._project.seal()

    def add_marker(self) -> None:
        """Mark where the playhead is."""
        marker = Marker(time=self._playhead)
        self._project.do(marks.add_marker(marker))
        self._project.select({marker.id})

    def _items(self) -> list[str]:
        return [item.id for item in self._document.items if item.id in self._project.selection]

    def _segments(self) -> list[str]:
        return [segment.id for segment in chosen_segments(self._document, self._project.selection)]

    def _lane(self) -> Lane:
        if self._view.lane == PICTURE:
            raise ProjectError("no voice lane is chosen; press one on the timeline, or go there with Page Down")
        return self._document.lane(self._view.lane)

    def _go(self, time: float) -> None:
        self._project.look(playhead=time)

    def _go_before(self, times: Sequence[float]) -> None:
        index = bisect_left(times, self._playhead - _NEAR)
        self._go(times[index - 1] if index else 0.0)

    def _go_behind(self, times: Sequence[float]) -> None:
        index = bisect_right(times, self._playhead + _NEAR)
        if index < len(times):
            self._go(times[index])

    def _go_out(self) -> None:
        end = self._document.range.end
        self._go(self._document.duration if end is None else end)

    def _look_at_clipboard(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        self._studio.add_to_context(can_paste=data is not None and data.hasFormat(clipboard.CLIPBOARD_TYPE))
