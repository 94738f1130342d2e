"""What is done by keys that only the timeline hears: from item to item and from lane to lane."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.timeline.changes import chosen_segments, frame_length, neighbour
from talkface_studio.gui.timeline.view import TimelineView
from talkface_studio.project.document.timeline import PICTURE, Item, Marker
from talkface_studio.project.edit.items import move, slip


class Keys(QObject):
    """Does the commands of the timeline's own scope, and hears their keys while the view has the focus."""

    refused = Signal(str)
    rename_wanted = Signal()
    """Of the marker that is selected, else of the lane."""

    def __init__(self, view: TimelineView, studio: Studio) -> None:
        super().__init__(view)
        self._view, self._project, self._studio = view, view.project, studio
        self._own = [command.id for command in studio.commands if command.scope == "timeline"]
        for name, act in self._actions().items():
            studio.commands.bind(name, partial(self._try, act))
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear keys of the view."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(QKeyCombination(held, Qt.Key(event.key())))
        keymap = self._studio.keymap
        command = next((name for name in self._own if pressed in map(QKeySequence, keymap.keys(name))), None)
        return command is not None and self._studio.run(command)

    def _actions(self) -> dict[str, Callable[[], object]]:
        return {
            "timeline.previous_lane": lambda: self._change_lane(-1),
            "timeline.next_lane": lambda: self._change_lane(1),
            "timeline.select_previous": lambda: self._select_next(-1, adding=False),
            "timeline.select_next": lambda: self._select_next(1, adding=False),
            "timeline.add_previous": lambda: self._select_next(-1, adding=True),
            "timeline.add_next": lambda: self._select_next(1, adding=True),
            "timeline.select_here": lambda: self._select_here(adding=False),
            "timeline.add_here": lambda: self._select_here(adding=True),
            "timeline.rename": self.rename_wanted.emit,
            "timeline.lane_up": lambda: self._move_to_lane(-1),
            "timeline.lane_down": lambda: self._move_to_lane(1),
            "timeline.slip_earlier": lambda: self._slip(-1),
            "timeline.slip_later": lambda: self._slip(1),
        }

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except ProjectError as error:
            self.refused.emit(str(error))

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
