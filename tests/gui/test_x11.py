"""On a real X server: the program starts, and files are dragged onto it from another program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import SAMPLES

TOOLS = ("Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {' and '.join(TOOLS)}")
PATIENCE = 120.0
"""Seconds."""

EDITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from talkface_studio.gui.app import Start, make_window
app = QApplication([])
window = make_window(app, Start(home=Path(sys.argv[1])))
window.setGeometry(100, 0, 1300, 900)
window.painted.connect(lambda: print("painted", app.platformName(), flush=True))
window.closed.connect(app.quit)
window.projects.leave = lambda then: then()

def look():
    document = window.studio.project.document
    if document.clips and document.segments:
        print("dropped", *(media.path.name for media in document.media), flush=True)
        window.close()

timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
window.show()
app.exec()
"""
STARTED = """
import sys
from pathlib import Path
from talkface_studio.gui import app

def shown(application, start):
    window = make_window(application, start)
    window.painted.connect(lambda: print("safe" if start.safe_mode else "all", flush=True))
    window.painted.connect(window.close)
    return window

make_window, app.make_window = app.make_window, shown
app.run(app.Start(home=Path(sys.argv[1])))
"""
FILES = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Files(QLabel):
    def mousePressEvent(self, event): pass
    def mouseMoveEvent(self, event):
        drag, data = QDrag(self), QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

app = QApplication([])
files = Files("files", windowFlags=Qt.WindowType.FramelessWindowHint)
files.setGeometry(0, 0, 80, 80)
files.show()
print("shown", flush=True)
app.exec()
"""


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a program prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def display():
    """The name of an X server of our own, which remembers what is held down while no program is there."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(writer), "-screen", "0", "1440x900x24"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


def test_shift_at_the_start_leaves_plugins_of_others_out(display, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"} | {"DISPLAY": display}
    for keys, expected in (("keyup", "all\n"), ("keydown", "safe\n")):
        subprocess.run(["xdotool", keys, "shift"], env=environment, check=True)
        command = [sys.executable, "-c", STARTED, str(tmp_path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.stdout == expected, done.stderr[-600:]


def test_files_of_another_program_are_dropped(display, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"} | {"DISPLAY": display}

    def program(text: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", text, *map(str, arguments)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def mouse(*words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env=environment, check=True)
        # A hand is not faster; a drag begins only after it was seen to move.
        time.sleep(0.1)

    with (
        program(EDITOR, tmp_path) as editor,
        program(FILES, SAMPLES / "portrait.jpg", SAMPLES / "speech_b.wav") as files,
    ):
        try:
            assert line(editor) == "painted xcb"
            assert line(files) == "shown"
            mouse("mousemove", 30, 30, "mousedown", 1)
            for x in (40, 60, 200, 400, 700, 705, 710):
                mouse("mousemove", x, 30 + x // 2)
            mouse("mouseup", 1)
            assert line(editor) == "dropped portrait.jpg speech_b.wav"
            assert editor.wait(PATIENCE) == 0
        finally:
            editor.kill()
            files.kill()
