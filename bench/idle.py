"""What the editor takes while nobody does anything: a project open, the dubbed frame shown, playback stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from report import Table

SECONDS = 20
WINDOW = f"""
import os, sys
from pathlib import Path
import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from talkface_studio.gui.app import Start, make_window
from talkface_studio.gui.collector import Collector

def spent(pid):
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system

def when(condition, act):
    timer = QTimer(app, interval=100)
    def look():
        if condition():
            timer.stop()
            act()
    timer.timeout.connect(look)
    timer.start()

def begin():
    pids = os.getpid(), studio.engine.pid
    began = [spent(pid) for pid in pids]
    def end():
        print(*(spent(pid) - before for pid, before in zip(pids, began)), flush=True)
        window.projects.leave = lambda then: then()
        window.close()
    QTimer.singleShot({SECONDS * 1000}, end)

def rest():
    viewer.player.stop()
    studio.project.look(playhead=3.08)
    when(lambda: viewer.canvas.complete, lambda: QTimer.singleShot(3000, begin))

app = QApplication([])
window = make_window(app, Start(home=Path(sys.argv[1])))
studio, viewer = window.studio, window.editor.viewer
collector = Collector(app)
window.closed.connect(app.quit)
window.show()
window.open_sample()
when(lambda: viewer.player.speed and studio.project.view.playhead > 0.5, rest)
app.exec()
"""


def measure() -> Table:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        words = [sys.executable, "-c", WINDOW, home]
        said = subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout
    window, engine = (float(word) for word in said.split()[-2:])
    rows = (("the window", share(window)), ("the engine", share(engine)))
    note = (
        f"Processor time over {SECONDS} s of a sample project that was played and stopped, as a share of one core; "
        "time of the process, so that other programs do not count."
    )
    return Table("Idle", note, ("process", "of a core"), rows)


def share(seconds: float) -> str:
    return f"{100 * seconds / SECONDS:.1f} %"


if __name__ == "__main__":
    print(measure().markdown())
