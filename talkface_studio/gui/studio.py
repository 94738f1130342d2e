"""What all places of the window share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from talkface_studio.api.errors import ProjectError, TalkFaceError
from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.protocol.questions import Making
from talkface_studio.gui.bridge import Bridge
from talkface_studio.gui.preferences import Preferences
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.project.commands.catalogue import COMMANDS
from talkface_studio.project.commands.context import Context
from talkface_studio.project.commands.registry import CommandRegistry
from talkface_studio.project.commands.shortcuts import load_keymap
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.project import Project
from talkface_studio.project.storage.media_index import MediaIndex
from talkface_studio.project.storage.recent import RecentProjects

Rank = Literal["info", "success", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the user that passes by; `action` is a button on it: its text and what it does."""

    text: str
    rank: Rank = "info"
    action: tuple[str, Callable[[], object]] | None = None


class Studio(QObject):
    """The open project, the engine, commands and preferences. Handed to each widget; there are no globals.

    A widget changes the project with `do`, asks the engine with `bridge.ask`, moves the playhead with
    `project.look(playhead=...)`, and hears of changes by the project's own signals (psygnal), which come in this
    thread. What it can do by menu or key it binds with `commands.bind(id, callback)`.
    """

    context_changed = Signal()
    """Commands may be enabled or checked differently now; comes once for many changes."""
    noticed = Signal(Notice)
    frame_made = Signal(Making)
    """A dubbed frame was made: by what, and how long it took."""
    models_changed = Signal()
    """A plugin was installed, updated, removed, or switched on or off."""
    closing = Signal()
    """The program ends, and the engine next: time to let go of what is in its hands."""

    def __init__(
        self,
        folders: Folders,
        theme: Theme,
        preferences: Preferences | None = None,
        engine: EngineClient | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Make it ready; no process is started and no project file is opened.

        Args:
            folders: where the user's files are.
            theme: what widgets draw with; it follows the preferences from now on.
            preferences: what the user chose, read from disk by default.
            engine: the client of an engine; one with the usual settings by default.
            parent: of this object.
        """
        super().__init__(parent)
        self.folders = folders
        self.theme = theme
        self.preferences = preferences or Preferences(folders.config / "preferences.json")
        self.project = Project()
        self.recent = RecentProjects(folders.data / "recent.json")
        self.media_index = MediaIndex(folders.cache / "media.json")
        self.commands = CommandRegistry(COMMANDS)
        self.keymap_file = folders.config / "shortcuts.json"
        self.keymap = load_keymap(COMMANDS, self.keymap_file)
        self.engine = engine or EngineClient()
        self.bridge = Bridge(self.engine, self)
        self._more: dict[str, Any] = {}
        self._coming = QTimer(self, singleShot=True, interval=0)
        self._coming.timeout.connect(self.context_changed)
        for signal in (self.project.changed, self.project.history_changed, self.project.selection_changed):
            signal.connect(self._context_moved)
        self.project.view_changed.connect(self._context_moved)
        self.preferences.changed.connect(self._preferred)

    @property
    def context(self) -> Context:
        """What decides which commands can be used at this moment."""
        values = self.preferences.values
        known = {"snapping": values.snapping, "looping": values.looping, "faces_shown": values.show_faces}
        return Context.of(self.project, **known, **self._more)

    def add_to_context(self, **facts: Any) -> None:
        """Say what the project does not know: faces shown, jobs running; fields of `Context`."""
        if any(self._more.get(name) != value for name, value in facts.items()):
            self._more |= facts
            self._context_moved()

    def run(self, command_id: str) -> bool:
        """Do a command if it can be used now; an error of the user becomes a notice."""
        try:
            return self.commands.run(command_id, self.context)
        except TalkFaceError as error:
            self.tell(str(error), "error")
            return False

    def do(self, edit: Edit) -> bool:
        """Change the project; where that is impossible a notice says why, and False is returned."""
        try:
            self.project.do(edit)
        except ProjectError as error:
            self.tell(str(error), "error")
            return False
        return True

    def tell(self, text: str, rank: Rank = "info", action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show a line that passes by."""
        self.noticed.emit(Notice(text, rank, action))

    def close(self) -> None:
        """End the engine and what runs in the background; keeps preferences and what is known of media."""
        self.closing.emit()
        self.bridge.close()
        for keep in (self.preferences.save, self.media_index.save):
            try:
                keep()
            except ProjectError as error:
                # The window is gone: there is nobody left to show it to but the terminal.
                print(f"talkface studio: {error}")  # noqa: T201
        self.engine.close()

    def _preferred(self, name: str) -> None:
        if name in {"theme", "text_scale"}:
            values = self.preferences.values
            self.theme.wear(mode=values.theme, scale=values.text_scale)
        self._context_moved()

    def _context_moved(self) -> None:
        # Started anew it would never come while something changes all the time.
        if not self._coming.isActive():
            self._coming.start()


def translated(context: str, text: str) -> str:
    """A text of the project room, such as a command's title, in the user's language; see `project.texts`."""
    return QCoreApplication.translate(context, text)
