"""Write docs/pictures/editor: every place of the editor, in both themes, in every language.

    .venv/bin/python docs/build_screenshots.py [--language en] [--scale 1.5] [--out FOLDER] [--png]

Needs no screen. The pictures are of the real window with the sample project and a real engine. They are written small,
as WebP; with --png, to look at closely, as they are.
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

from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, QProcess, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from talkface_studio.gui.app import Start, make_window
from talkface_studio.gui.exports.dialog import ExportDialog
from talkface_studio.gui.pages.palette import Palette
from talkface_studio.gui.parts.question import QuestionDialog
from talkface_studio.gui.places import PLACES
from talkface_studio.gui.translations.loader import LANGUAGES

if TYPE_CHECKING:
    from talkface_studio.gui.window import StudioWindow

OUTPUT = Path(__file__).parent / "pictures" / "editor"
THEMES = ("dark", "light")
SIZE = (1440, 900)
SMALL = 1152
"""Pixels that a picture is wide in the documentation."""
QUALITY = 68
PATIENCE_MS = 180_000
SETTLE_MS = 1500
"""For thumbnails and waveforms, of which nobody tells when the last one has come."""


def main() -> None:
    """Make the pictures; each language in a process of its own, since it is chosen where the program starts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=OUTPUT)
    parser.add_argument("--png", action="store_true")
    chosen = parser.parse_args()
    if chosen.language is None:
        for language in LANGUAGES:
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--language", language], check=True)
        return
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for name, theme, picture in pictures(Path(home), chosen.language, chosen.scale):
            path = chosen.out / f"{name}-{theme}-{chosen.language}"
            if chosen.png:
                picture.save(f"{path}.png")
            else:
                small = picture.scaledToWidth(SMALL, Qt.TransformationMode.SmoothTransformation)
                small.save(f"{path}.webp", "WEBP", QUALITY)
            print(path)


def pictures(home: Path, language: str, scale: float) -> Iterator[tuple[str, str, QPixmap]]:
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
    for name, show in states(app, window, home):
        for theme in THEMES:
            window.studio.preferences.set(theme=theme)
            dialog = show()
            settle(app)
            if any(map(at_work, beside(window))):
                wait(app, lambda: not any(map(at_work, beside(window))))
                settle(app)
            yield name, theme, photograph(window, dialog)
            if dialog is not None:
                dialog.close()
    queue = window.editor.docks["queue"].widget().queue
    queue.cancel([job.id for job in queue.jobs])
    wait(app, lambda: not any(job.state in {"running", "waiting"} for job in queue.jobs))
    window.projects.leave = lambda then: then()  # type: ignore[method-assign]
    window.close()


def beside(window: StudioWindow) -> list[QProcess]:
    """The processes that pages wait for."""
    return window.findChildren(QProcess)


def at_work(process: QProcess) -> bool:
    """Whether it runs."""
    return process.state() != QProcess.ProcessState.NotRunning


def photograph(window: StudioWindow, dialog: QWidget | None) -> QPixmap:
    """The window, with a dialog in the middle of it."""
    picture = window.grab()
    if dialog is not None:
        painter = QPainter(picture)
        painter.fillRect(window.rect(), QColor(0, 0, 0, 90))
        place = QPoint((window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 3)
        painter.drawPixmap(place, dialog.grab())
        painter.end()
    return picture


def states(app: QApplication, window: StudioWindow, home: Path) -> Iterator[tuple[str, Callable[[], QWidget | None]]]:
    """The names of the pictures, and what brings the window there; gives the dialog that is shown, if one is."""

    def page(name: str) -> Callable[[], None]:
        def show() -> None:
            window.show_place(name)

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

    def export() -> QWidget:
        window.studio.run("export.start")
        dialog = next(dialog for dialog in window.findChildren(ExportDialog) if dialog.isVisible())
        dialog.form.folder.setText("/home/anna/Videos")
        dialog.refresh()
        return dialog

    yield "export", export
    queue_exports(app, window, export(), home)
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


def queue_exports(app: QApplication, window: StudioWindow, dialog: QWidget, home: Path) -> None:
    """Put the exports of the project into the queue, and wait until the first one is under way."""
    assert isinstance(dialog, ExportDialog)
    dialog.form.folder.setText(str(home / "out"))
    dialog.refresh()
    dialog.go.click()
    question = dialog.findChild(QuestionDialog)
    question.findChildren(QPushButton)[-1].click()
    queue = window.editor.docks["queue"].widget().queue
    wait(app, lambda: any(job.done > 10 for job in queue.live.values()))


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
