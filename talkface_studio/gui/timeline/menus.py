"""The menus of the timeline: of an item, a marker, a lane, the ruler."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.studio import Studio, translated
from talkface_studio.gui.timeline.changes import chosen_segments, speak_with
from talkface_studio.gui.timeline.rows import Hit
from talkface_studio.gui.timeline.texts import Texts
from talkface_studio.project.document.timeline import Clip, MarkerColor
from talkface_studio.project.edit import lanes, marks, segments
from talkface_studio.project.edit.edit import Edit

_MARKER_COLORS: tuple[MarkerColor, ...] = ("blue", "green", "yellow", "red")
_FACES = 4
"""Faces that are offered before the viewer has counted them."""


class Menus(QObject):
    """Builds menus of commands, and of what is there to choose from, and shows them."""

    def __init__(self, studio: Studio, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._texts, self._widget = studio, texts, parent

    def show(self, found: Hit, place: QPoint) -> None:
        """Show the menu of what lies under the pointer."""
        menu = self.build(found)
        menu.popup(place)

    def build(self, found: Hit) -> QMenu:
        """The menu of what lies under the pointer."""
        menu = QMenu(self._widget)
        menu.aboutToHide.connect(menu.deleteLater)
        match found.part:
            case "marker":
                self._marker(menu, found.id)
            case "ruler" | "playhead" | "in" | "out":
                self._commands(menu, "marks.set_in", "marks.set_out", "marks.clear_range", "", "marks.add_marker")
            case "start" | "end" | "body":
                self._item(menu, found)
            case _:
                self._commands(menu, "edit.paste", "timeline.close_gap", "")
                self.lane(menu, found.lane)
        return menu

    def lane(self, menu: QMenu, lane_id: str) -> None:
        """What can be done with a lane, or beside one."""
        document = self._studio.project.document
        ids = [lane.id for lane in document.lanes]
        if lane_id in ids:
            index, lane = ids.index(lane_id), document.lane(lane_id)
            menu.addAction(self.tr("Rename the lane…"), partial(self.rename_lane, lane_id))
            self._toggle(menu, self.tr("Mute the lane"), lane.muted, lanes.change_lane(lane_id, muted=not lane.muted))
            self._edit(menu, self.tr("Move up"), lanes.move_lane(lane_id, index - 1), enabled=index > 0)
            down = lanes.move_lane(lane_id, index + 1)
            self._edit(menu, self.tr("Move down"), down, enabled=index < len(ids) - 1)
            self._edit(menu, self.tr("Remove the lane"), lanes.remove_lane(lane_id))
            menu.addSeparator()
        self._commands(menu, "lane.add")

    def rename_lane(self, lane_id: str) -> None:
        """Ask for a name."""
        document = self._studio.project.document
        name = self._ask(self.tr("Name of the voice lane"), self._texts.lane(document, lane_id))
        if name is not None:
            self._studio.do(lanes.change_lane(lane_id, name=name))

    def rename_marker(self, marker_id: str) -> None:
        """Ask for a name."""
        marker = next(entry for entry in self._studio.project.document.markers if entry.id == marker_id)
        name = self._ask(self.tr("Name of the marker"), marker.name)
        if name is not None:
            self._studio.do(marks.change_marker(marker_id, name=name))
            self._studio.project.seal()

    def choose_voice(self, place: QPoint) -> None:
        """Let one of the voices be chosen for what is selected."""
        menu = QMenu(self._widget)
        menu.aboutToHide.connect(menu.deleteLater)
        self._voices(menu)
        menu.popup(place)

    def _item(self, menu: QMenu, found: Hit) -> None:
        item = self._studio.project.document.item(found.id)
        self._commands(menu, "timeline.split", "edit.cut", "edit.copy", "edit.duplicate", "")
        if not isinstance(item, Clip):
            self._commands(menu, "segment.mute")
            self._voices(menu.addMenu(self._icon("voice"), self.tr("Voice")))
            self._faces(menu.addMenu(self._icon("face"), self.tr("Face")))
            self._commands(menu, "media.imagine")
            self._commands(menu, "segment.speech_earlier", "segment.speech_later", "")
        self._commands(menu, "timeline.trim_start", "timeline.trim_end", "", "edit.delete", "edit.ripple_delete")

    def _voices(self, menu: QMenu) -> None:
        document = self._studio.project.document
        chosen = chosen_segments(document, self._studio.project.selection)
        ids = {segment.id for segment in chosen}
        for entry in document.media:
            if entry.speaks and entry.problem is None:
                current = all(segment.media == entry.id for segment in chosen)
                self._toggle(menu, entry.path.name, current, speak_with(ids, entry.id))
        if menu.isEmpty():
            menu.addAction(self.tr("There is no voice in the bin yet")).setEnabled(False)

    def _faces(self, menu: QMenu) -> None:
        chosen = chosen_segments(self._studio.project.document, self._studio.project.selection)
        ids = {segment.id for segment in chosen}
        for index in range(self._studio.context.faces or _FACES):
            face = FaceChoice(index)
            current = all(segment.face == face for segment in chosen)
            self._toggle(menu, self._texts.face(face), current, segments.assign_face(ids, face))
        menu.addSeparator()
        self._commands(menu, "segment.voice_only")

    def _marker(self, menu: QMenu, marker_id: str) -> None:
        menu.addAction(self.tr("Rename the marker…"), partial(self.rename_marker, marker_id))
        colors = menu.addMenu(self.tr("Colour"))
        names = {
            "blue": self.tr("Blue"), "green": self.tr("Green"), "yellow": self.tr("Yellow"), "red": self.tr("Red"),
        }  # fmt: skip
        for color in _MARKER_COLORS:
            action = self._edit(colors, names[color], marks.change_marker(marker_id, color=color))
            patch = QPixmap(12, 12)
            patch.fill(self._studio.theme.colors.markers[color])
            action.setIcon(QIcon(patch))
        self._edit(menu, self.tr("Remove the marker"), marks.remove_markers({marker_id}))

    def _commands(self, menu: QMenu, *names: str) -> None:
        studio = self._studio
        for name in names:
            if not name:
                menu.addSeparator()
                continue
            command = studio.commands[name]
            action = menu.addAction(translated("command", command.title), partial(studio.run, name))
            if command.icon:
                action.setIcon(self._icon(command.icon))
            action.setEnabled(studio.commands.can_run(name, studio.context))

    def _edit(self, menu: QMenu, text: str, edit: Edit, *, enabled: bool = True) -> QAction:
        action = menu.addAction(text, self._doing(edit))
        action.setEnabled(enabled)
        return action

    def _toggle(self, menu: QMenu, text: str, checked: bool, edit: Edit) -> None:
        action = self._edit(menu, text, edit)
        action.setCheckable(True)
        action.setChecked(checked)

    def _doing(self, edit: Edit) -> Callable[[], object]:
        def do() -> None:
            self._studio.do(edit)
            self._studio.project.seal()

        return do

    def _icon(self, name: str) -> QIcon:
        return self._studio.theme.icon(name)

    def _ask(self, question: str, text: str) -> str | None:
        answer, given = QInputDialog.getText(self._widget, question, question, text=text)
        return answer.strip() if given else None
