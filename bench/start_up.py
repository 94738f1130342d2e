"""How long the commands take that must open at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from report import SAMPLES, Table, best

WINDOW = """
import os, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from talkface_studio.gui.app import Start, make_window
app = QApplication([])
window = make_window(app, Start(home=Path(sys.argv[1])))
window.painted.disconnect()
window.painted.connect(lambda: os._exit(0))
window.show()
app.exec()
"""


def measure() -> Table:
    program = Path(sys.executable).with_name("talkface")
    rows = []
    for arguments in (["--help"], ["models"], ["dub", "--help"], ["probe", "--no-faces", str(SAMPLES / "video.mp4")]):

        def run(arguments: list[str] = arguments) -> None:
            subprocess.run([program, *arguments], check=True, capture_output=True)

        shown = " ".join(Path(word).name if "/" in word else word for word in arguments)
        rows.append((f"`talkface {shown}`", f"{best(run):.2f} s"))
    rows.append(("`talkface studio`, until its window was painted", f"{best(open_window):.2f} s"))
    return Table("Start-up", "The fastest of five runs, process start included.", ("command", "time"), tuple(rows))


def open_window() -> None:
    """Start the editor as its command does, without a screen, and end it at the first paint."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        subprocess.run([sys.executable, "-c", WINDOW, home], check=True, capture_output=True, env=environment)
