"""The application: from its start to the end of its window."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from talkface_studio.gui.window import StudioWindow

USER_ERROR = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """How the application is started."""

    files: tuple[Path, ...] = ()
    """A project to open, or media to begin with."""
    home: Path | None = None
    """Keep weights, caches and settings in this folder."""
    safe_mode: bool = False
    """Start with the bundled models only; so does who holds Shift meanwhile."""


def run(start: Start, arguments: Sequence[str] = ()) -> int:
    """Show the window until it is closed; gives the exit code.

    Args:
        start: what to open.
        arguments: for Qt, such as ["-style", "fusion"].
    """
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from talkface_studio.gui.collector import Collector

    app = cast("QApplication", QApplication.instance() or QApplication(["talkface-studio", *arguments]))
    if QApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
        start = replace(start, safe_mode=True)
    window = make_window(app, start)
    # Who quits the application by other ways than closing the window is asked the same questions first.
    window.closed.connect(app.exit, Qt.ConnectionType.QueuedConnection)
    window.show()
    collector = Collector(app)
    try:
        return app.exec()
    finally:
        collector.stop()


def make_window(app: QApplication, start: Start) -> StudioWindow:
    """The window, not shown yet; the engine is started when it was painted for the first time."""
    from talkface_studio.engine.client.client import EngineClient
    from talkface_studio.engine.client.settings import EngineSettings
    from talkface_studio.gui.keys import KeysFirst
    from talkface_studio.gui.places import load_places
    from talkface_studio.gui.preferences import Preferences
    from talkface_studio.gui.studio import Studio
    from talkface_studio.gui.theme.theme import Theme
    from talkface_studio.gui.translations.loader import wear_language
    from talkface_studio.gui.window import EDITOR, StudioWindow
    from talkface_studio.plugin_host.folders import find_folders

    app.setApplicationName("talkface-studio")
    app.setApplicationDisplayName("TalkFace Studio")
    folders = find_folders(start.home)
    preferences = Preferences(folders.config / "preferences.json")
    values = preferences.values
    wear_language(app, values.language)
    theme = Theme(app, values.theme, values.text_scale)
    app.setWindowIcon(theme.icon("logo", "accent"))
    KeysFirst(app)
    settings = EngineSettings(home=start.home, safe_mode=start.safe_mode, load_ahead=values.load_ahead)
    studio = Studio(folders, theme, preferences, EngineClient(settings), app)
    window = StudioWindow(studio)
    window.show_page(EDITOR if start.files else "start")
    window.painted.connect(studio.engine.start)
    window.painted.connect(lambda: studio.bridge.run(load_places))
    # What is there now stays: counting through it again and again would make the window stutter.
    window.painted.connect(gc.freeze)
    if start.files:
        window.painted.connect(lambda: window.take([path.absolute() for path in start.files]))
    return window
