"""Keys that only the timeline hears, beside the shortcuts of the commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.timeline.changes import chosen_segments, frame_length, neighbour
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.timeline import PICTURE, Item, Marker
from talkface_studio.project.edit.items import move, slip

_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Keys(QObject):
    """Page Up and Page Down change the lane, comma and full stop the item, Return selects what the playhead is on.

    Return again selects the marker there; F2 renames it, or the lane.

    With Shift, items are added to what is selected. Alt and Up or Down move segments to another lane; Alt, Shift and
    Left or Right show another part of the media.
    """

    refused = Signal(str)
    rename_wanted = Signal()
    """Of the marker that is selected, else of the lane."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view, self._project = view, view.project
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear keys of the view."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        action = self._action(event)
        if action is None:
            return False
        try:
            action()
        except ProjectError as error:
            self.refused.emit(str(error))
        return True

    def _action(self, event: QKeyEvent) -> Callable[[], object] | None:
        keys, key = event.modifiers(), Qt.Key
        adding = bool(keys & _SHIFT)
        table: dict[tuple[int, bool], Callable[[], object]] = {
            (key.Key_PageUp, False): lambda: self._change_lane(-1),
            (key.Key_PageDown, False): lambda: self._change_lane(1),
            (key.Key_Comma, False): lambda: self._select_next(-1, adding=adding),
            (key.Key_Less, False): lambda: self._select_next(-1, adding=True),
            (key.Key_Period, False): lambda: self._select_next(1, adding=adding),
            (key.Key_Greater, False): lambda: self._select_next(1, adding=True),
            (key.Key_Return, False): lambda: self._select_here(adding=adding),
            (key.Key_Enter, False): lambda: self._select_here(adding=adding),
            (key.Key_F2, False): self.rename_wanted.emit,
            (key.Key_Up, True): lambda: self._move_to_lane(-1),
            (key.Key_Down, True): lambda: self._move_to_lane(1),
        }
        if keys & _ALT and keys & _SHIFT:
            table[key.Key_Left, True] = lambda: self._slip(-1)
            table[key.Key_Right, True] = lambda: self._slip(1)
        return table.get((event.key(), bool(keys & _ALT)))

    def _change_lane(self, steps: int) -> None:
        view, document = self._view, self._project.document
        view.choose_lane(neighbour(document, view.lane, steps))
        view.say(view.texts.lane(document, view.lane))

    def _select_next(self, steps: int, *, adding: bool) -> None:
        items = self._project.document.on_lane(self._view.lane)
        chosen = [index for index, item in enumerate(items) if item.id in self._project.selection]
        if chosen:
            index = (chosen[0] if steps < 0 else chosen[-1]) + steps
        else:
            before = sum(item.start <= self._project.view.playhead for item in items)
            index = before - 1 if steps < 0 else before
        if 0 <= index < len(items):
            self._select(items[index], adding=adding)

    def _select_here(self, *, adding: bool) -> None:
        document, time = self._project.document, self._project.view.playhead
        here: list[Item | Marker] = [i for i in document.on_lane(self._view.lane) if i.start <= time < i.end]
        here += [marker for marker in document.markers if abs(marker.time - time) < frame_length(document, time) / 2]
        chosen = [index for index, entry in enumerate(here) if entry.id in self._project.selection]
        if here:
            self._select(here[(chosen[-1] + 1) % len(here) if chosen else 0], adding=adding)

    def _select(self, entry: Item | Marker, *, adding: bool) -> None:
        self._project.select((self._project.selection if adding else frozenset()) | {entry.id})
        self._view.show_time(entry.time if isinstance(entry, Marker) else entry.start)

    def _move_to_lane(self, steps: int) -> None:
        document = self._project.document
        chosen = chosen_segments(document, self._project.selection)
        if not chosen:
            return
        target = neighbour(document, chosen[0].lane, steps)
        if target not in {PICTURE, chosen[0].lane}:
            self._project.do(move({segment.id for segment in chosen}, 0.0, target))
            self._project.seal()
            self._view.choose_lane(target)

    def _slip(self, frames: int) -> None:
        document = self._project.document
        for item in document.items:
            if item.id in self._project.selection:
                by = frames * frame_length(document, item.start)
                self._project.do(slip(item.id, max(item.offset + by, 0.0)))
