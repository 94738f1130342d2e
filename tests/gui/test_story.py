"""The whole story: files that are dropped become files that are made, through all that can break on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from editor_hands import answer
from talkface_studio.api.values import AudioClip
from talkface_studio.engine.protocol.questions import Probe
from talkface_studio.gui.exports.dialog import ExportDialog
from talkface_studio.gui.window import StudioWindow
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter
from talkface_studio.project.edit.marks import set_range
from two_people import HEIGHT, RATE, WIDTH, beside, people

from .conftest import SAMPLES

FIRST_ACT = Path(__file__).parents[1] / "support" / "editor_first_act.py"
LENGTH = 2.4
SOUND = 16_000


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Path:
    """A folder with a photo, a video of two people, and three voices."""
    folder = tmp_path_factory.mktemp("media")
    portrait = np.ascontiguousarray(people()[0])
    height, width, _ = portrait.shape
    QImage(portrait.data, width, height, 3 * width, QImage.Format.Format_RGB888).save(str(folder / "photo.png"))
    settings = VideoSettings(width=WIDTH, height=HEIGHT)
    with MediaWriter(folder / "two.mp4", settings, AudioSettings(rate=SOUND), Encoding(crf=12)) as writer:
        for frame in beside(LENGTH):
            writer.write_frame(frame)
        writer.write_audio(AudioClip(np.zeros((1, round(SOUND * LENGTH)), np.float32), SOUND))
    for name, source, seconds in (
        ("short", "speech_b.wav", 1.2), ("anna", "speech.wav", LENGTH), ("ben", "speech_b.wav", 1.6)
    ):  # fmt: skip
        with wave.open(str(SAMPLES / source)) as speech, wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams(speech.getparams())
            file.writeframes(speech.readframes(round(seconds * speech.getframerate())))
    return folder


def export(window: StudioWindow, folder: Path, *, ask: bool) -> None:
    """Put the exports of the project into the queue."""
    window.studio.run("export.start")
    (dialog,) = [made for made in window.findChildren(ExportDialog) if made.isVisible()]
    dialog.form.folder.setText(str(folder))
    dialog.refresh()
    dialog.go.click()
    if ask:
        answer(dialog, "They agreed")


def changed_halves(source: Path, output: Path, skipped: float = 0.0) -> tuple[int, int]:
    """In how many frames the left and the right half were dubbed."""
    with VideoReader(source) as before, VideoReader(output) as after:
        counts = [0, 0]
        frames = list(before.frames(skipped))
        for old, new in zip(frames, after.frames(), strict=False):
            apart = np.abs(old.pixels.astype(np.int16) - new.pixels).max(axis=(0, 2))
            counts[0] += int(apart[: WIDTH // 2].max() > 40)
            counts[1] += int(apart[WIDTH // 2 :].max() > 40)
    return counts[0], counts[1]


def finished_segments(output: Path) -> int:
    journal = output.with_name(f"{output.name}.talkface") / "segments.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_the_whole_story(theme, own_studio, media, tmp_path, wait) -> None:
    studio, path, out = own_studio, tmp_path / "story.talkface", tmp_path / "out"
    home = studio.folders.data.parent
    support = os.pathsep.join([str(FIRST_ACT.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, str(FIRST_ACT), str(home), str(media), str(path)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": support},
    ) as editor:  # fmt: skip
        try:
            assert editor.stdout is not None
            assert editor.stdout.readline() == "edited\n"
        finally:
            editor.send_signal(signal.SIGKILL)

    window = StudioWindow(studio)
    window.show()
    window.projects.open(path)
    document = studio.project.document
    assert (len(document.clips), len(document.segments), len(document.markers)) == (2, 4, 0)
    answer(window, "Recover it")
    assert len(studio.project.document.markers) == 1
    assert studio.project.modified

    queue = window.editor.docks["queue"].widget().queue
    export(window, out, ask=True)
    wait(lambda: len(queue.jobs) == 2)
    still, video = queue.jobs
    queue.cancel([still.id])
    begin = document.clips[1].start
    studio.do(set_range(begin + 1.0, begin + 2.0))
    export(window, out, ask=False)
    wait(lambda: len(queue.jobs) == 3)
    part = queue.jobs[2]
    assert [Path(job.output).name for job in queue.jobs] == ["photo-dub.mp4", "two-dub.mp4", "two-dub-2.mp4"]

    wait(lambda: finished_segments(Path(video.output)))
    assert queue.job(video.id).state == "running"
    os.kill(studio.engine.pid, signal.SIGKILL)
    wait(lambda: [job.state for job in queue.jobs] == ["cancelled", "done", "done"])

    assert sorted(made.name for made in out.iterdir()) == ["two-dub-2.mp4", "two-dub.mp4"]
    assert queue.job(video.id).result["resumed_segments"] >= 1
    for job, frames in ((video, round(LENGTH * RATE)), (part, RATE)):
        assert queue.job(job.id).result["frames"] == frames
        found = studio.engine.ask(Probe(path=Path(job.output))).result(60).content
        assert found["duration"] == pytest.approx(frames / RATE, abs=0.07)
        assert found["audios"]
    left, right = changed_halves(media / "two.mp4", Path(video.output))
    assert left > 30
    assert 15 < right < left
    assert min(changed_halves(media / "two.mp4", Path(part.output), 1.0)) > 12
    window.projects.close()
    window.hide()
