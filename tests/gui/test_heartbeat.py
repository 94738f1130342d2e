"""The thread of the window is never busy for long, whatever the engine does."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer

from talkface_studio.engine.protocol.questions import CancelJob, StartJob

from .conftest import SAMPLES

LONGEST = 0.050
"""Seconds."""


class Heart(QObject):
    """Beats every few milliseconds, and notes how much of this thread's own time went by between two beats.

    Not the time of the clock: what other programs take from us is not our doing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.beats = 0
        self._last = time.thread_time()
        self._timer = QTimer(self, interval=4, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.beats += 1


def test_a_heart_notices_work_in_its_thread(qapp, wait) -> None:
    heart = Heart()
    wait(lambda: heart.beats > 2)
    end = time.thread_time() + 0.1
    while time.thread_time() < end:
        pass
    beats = heart.beats
    wait(lambda: heart.beats > beats)
    assert heart.longest > 0.1


@pytest.mark.parametrize("doing", ["scrubbing", "playing"])
def test_while_exporting_the_window_stays_free(window, studio, film, wait, qtbot, tmp_path: Path, doing: str) -> None:
    studio.project.load(film)
    viewer = window.editor.viewer
    wait(lambda: viewer.canvas.complete)
    dub = {
        "face": str(SAMPLES / "portrait.jpg"),
        "speech": str(SAMPLES / "speech.wav"),
        "output": str(tmp_path / "out.mp4"),
        "model": "atvg",
    }
    studio.engine.ask(StartJob(job=doing, dub=dub))
    wait(lambda: studio.engine.jobs[doing].done)
    # What earlier tests left behind is not to be counted through in the middle of this one.
    gc.collect()
    heart = Heart()
    if doing == "playing":
        viewer.player.play()
    for step in range(60):
        if doing == "scrubbing":
            studio.project.look(playhead=step * 0.11 % 8)
        qtbot.wait(15)
    assert studio.engine.jobs[doing].state == "running"
    assert heart.beats > 30
    assert heart.longest < LONGEST
    viewer.player.stop()
    studio.engine.ask(CancelJob(job=doing))
    wait(lambda: studio.engine.jobs[doing].state == "cancelled")
