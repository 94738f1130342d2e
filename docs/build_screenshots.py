"""Write docs/pictures/editor: every place of the editor, in both themes, in every language.

    .venv/bin/python docs/build_screenshots.py [--language en] [--scale 1.5] [--out FOLDER]

Needs no screen. The pictures are of the real window with the sample project and a real engine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from talkface_studio.gui.app import Start, make_window
from talkface_studio.gui.pages.palette import Palette
from talkface_studio.gui.parts.question import QuestionDialog
from talkface_studio.gui.places import PLACES
from talkface_studio.gui.translations.loader import LANGUAGES

if TYPE_CHECKING:
    from talkface_studio.gui.window import StudioWindow

OUTPUT = Path(__file__).parent / "pictures" / "editor"
THEMES = ("dark", "light")
SIZE = (1440, 900)
QUALITY = 88
PATIENCE_MS = 180_000
SETTLE_MS = 1500
"""For thumbnails and waveforms, of which nobody tells when the last one has come."""


def main() -> None:
    """Make the pictures; each language in a process of its own, since it is chosen where the program starts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=OUTPUT)
    chosen = parser.parse_args()
    if chosen.language is None:
        for language in LANGUAGES:
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--language", language], check=True)
        return
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for name, theme, widget in pictures(Path(home), chosen.language, chosen.scale):
            path = chosen.out / f"{name}-{theme}-{chosen.language}.jpg"
            widget.grab().save(str(path), "JPG", QUALITY)
            print(path)


def pictures(home: Path, language: str, scale: float) -> Iterator[tuple[str, str, QWidget]]:
    """Bring the window into each state and show it in both themes."""
    app = QApplication([])
    from talkface_studio.gui.preferences import Preferences

    preferences = Preferences(home / "config" / "preferences.json")
    preferences.set(language=language, text_scale=scale, theme="dark")
    preferences.save()
    window = make_window(app, Start(home=home))
    window.resize(*SIZE)
    window.show()
    settle(app)
    for name, show in states(app, window):
        for theme in THEMES:
            window.studio.preferences.set(theme=theme)
            widget = show()
            settle(app)
            yield name, theme, widget
            for dialog in (*window.findChildren(Palette), *window.findChildren(QuestionDialog)):
                dialog.close()
    window.projects.leave = lambda then: then()  # type: ignore[method-assign]
    window.close()


def states(app: QApplication, window: StudioWindow) -> Iterator[tuple[str, Callable[[], QWidget]]]:
    """The names of the pictures, and what brings the window there."""

    def page(name: str) -> Callable[[], QWidget]:
        def show() -> QWidget:
            window.show_place(name)
            return window

        return show

    yield "start", page("start")
    open_sample(app, window)
    yield "editor", page("viewer")
    window.studio.run("viewer.wipe")
    window.studio.run("viewer.compare_models")
    strip = window.editor.viewer.strip
    wait(app, lambda: strip.complete)
    yield "compare", page("viewer")
    window.studio.run("viewer.single")
    window.studio.run("viewer.compare_models")

    def palette() -> QWidget:
        window.studio.run("palette.open")
        return next(palette for palette in window.findChildren(Palette) if palette.isVisible())

    yield "palette", palette
    for place in PLACES:
        if place.id == "queue" or (place.area == "page" and place.id != "start"):
            yield place.id, page(place.id)


def open_sample(app: QApplication, window: StudioWindow) -> None:
    """Open the sample project, with a voice selected and the dubbed frame in the viewer."""
    studio, viewer = window.studio, window.editor.viewer
    window.projects.open_sample()
    wait(app, lambda: studio.project.document.segments)
    studio.project.look(playhead=3.08)
    studio.project.select([studio.project.document.segments[0].id])
    wait(app, lambda: viewer.canvas.complete)


def wait(app: QApplication, condition: Callable[[], object]) -> None:
    """Let the window live until something is true.

    Raises:
        TimeoutError: it never is.
    """
    timer = QElapsedTimer()
    timer.start()
    while not condition():
        if timer.hasExpired(PATIENCE_MS):
            raise TimeoutError
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def settle(app: QApplication) -> None:
    """Let the window live for a moment."""
    timer = QElapsedTimer()
    timer.start()
    while not timer.hasExpired(SETTLE_MS):
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


if __name__ == "__main__":
    main()
