"""The export queue: from its dialogs to files, through an engine that is killed on the way."""

from __future__ import annotations

import os
import signal
import wave
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from talkface_studio.engine.protocol.questions import Job, Probe
from talkface_studio.gui.exports.choices import ExportChoices, Format, with_encoding
from talkface_studio.gui.exports.dialog import ExportDialog
from talkface_studio.gui.exports.everything import EverythingDialog
from talkface_studio.gui.exports.panel import QueuePanel
from talkface_studio.gui.exports.queue import ExportQueue
from talkface_studio.gui.exports.wording import state_line
from talkface_studio.gui.inspector.facts import Account
from talkface_studio.gui.parts.question import QuestionDialog
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts
from talkface_studio.project.queue.job import QueuedJob
from talkface_studio.project.queue.store import FILE_NAME, JobQueue

from .conftest import SAMPLES


@pytest.fixture
def voices(tmp_path) -> list[Path]:
    """Three voices of about a second."""
    made = []
    with wave.open(str(SAMPLES / "speech.wav")) as speech:
        for number in range(3):
            path = tmp_path / f"voice{number}.wav"
            with wave.open(str(path), "wb") as file:
                file.setparams(speech.getparams())
                file.writeframes(speech.readframes(int(1.2 * speech.getframerate())))
            made.append(path)
    return made


def project_of(studio, voices) -> None:
    """A photo and voices in the bin."""
    photo = Media(path=SAMPLES / "portrait.jpg", kind="photo", facts=MediaFacts(duration=0.0, width=512, height=512))
    spoken = [Media(path=path, kind="audio", facts=MediaFacts(duration=1.2, has_sound=True)) for path in voices]
    studio.project.load(Document(media=(photo, *spoken)))


def states(queue) -> list[str]:
    return [job.state for job in queue.jobs]


def agree(dialog) -> None:
    """Answer the question about consent."""
    question = dialog.findChild(QuestionDialog)
    next(each for each in question.findChildren(QPushButton) if each.text() == "They agreed").click()


@pytest.fixture
def idle(studio, qtbot, wait):
    """A queue that is paused: nothing is made of what is put into it."""
    with JobQueue(studio.folders.data / FILE_NAME) as store:
        store.hold()
    panel = QueuePanel(studio)
    qtbot.addWidget(panel)
    wait(lambda: panel.queue.snapshot.held)
    yield panel
    panel.queue.close()


def test_everything_with_everything_survives_a_cancel_and_a_killed_engine(own_studio, voices, tmp_path, qtbot, wait):
    studio = own_studio
    project_of(studio, voices)
    panel = QueuePanel(studio)
    qtbot.addWidget(panel)
    dialog = EverythingDialog(studio, panel.queue, ExportChoices(studio, panel))
    qtbot.addWidget(dialog)
    dialog.form.folder.setText(str(tmp_path / "out"))
    dialog.refresh()
    assert len(dialog.exports()) == 3
    dialog.go.click()
    assert not panel.queue.jobs, "asked first"
    agree(dialog)
    assert [consent.answer for consent in studio.project.document.consents] == ["given"]
    wait(lambda: len(panel.queue.jobs) == 3)
    first, _, third = (job.id for job in panel.queue.jobs)
    panel.select([third])
    assert studio.run("queue.cancel")
    wait(lambda: panel.queue.job(third).state == "cancelled")
    wait(lambda: first in panel.queue.live and panel.queue.live[first].done > 2)
    os.kill(studio.engine.pid, signal.SIGKILL)
    wait(lambda: states(panel.queue) == ["done", "done", "cancelled"])
    for job in panel.queue.jobs[:2]:
        found = studio.engine.ask(Probe(path=Path(job.output))).result(60).content
        assert abs(found["duration"] - 1.2) < 0.1
        assert job.result["frames"] == 30
    assert not Path(panel.queue.job(third).output).exists()
    panel.select([third])
    assert not studio.run("queue.account")
    panel.select([first])
    assert studio.run("queue.account")
    account = panel.findChild(QuestionDialog).findChild(Account)
    assert "30" in {made.text() for made in account.findChildren(QLabel)}
    panel.findChild(QuestionDialog).reject()
    assert studio.run("queue.clear")
    wait(lambda: not panel.queue.jobs)
    panel.queue.close()


def test_what_cannot_be_made_says_why_in_its_row_and_can_be_tried_again(studio, tmp_path, qtbot, wait):
    panel = QueuePanel(studio)
    qtbot.addWidget(panel)
    request = {"face": str(tmp_path / "gone.jpg"), "speech": str(SAMPLES / "speech.wav")}
    panel.queue.add([{**request, "output": str(tmp_path / "a.mp4")}], lambda _: None, pytest.fail)
    wait(lambda: states(panel.queue) == ["failed"])
    (job,) = panel.queue.jobs
    assert "gone.jpg" in job.error
    assert "\n" not in job.error
    assert "gone.jpg" in panel.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    panel.select([job.id])
    assert studio.run("queue.retry")
    wait(lambda: panel.queue.job(job.id).attempts == 1 and states(panel.queue) == ["failed"])
    panel.queue.close()


def test_jobs_are_moved_paused_and_kept_for_the_next_start(idle, studio, tmp_path, wait):
    queue = idle.queue
    requests = [{"face": None, "speech": "a.wav", "output": str(tmp_path / f"{name}.mp4")} for name in "abc"]
    queue.add(requests, lambda _: None, pytest.fail)
    wait(lambda: len(queue.jobs) == 3)
    first, second, third = (job.id for job in queue.jobs)
    queue.move(third, -1)
    wait(lambda: [job.id for job in queue.jobs] == [first, third, second])
    queue.move(first, 1)
    wait(lambda: [job.id for job in queue.jobs] == [third, first, second])
    idle.select([second])
    assert idle.selected() == [second]
    assert studio.run("queue.pause")
    wait(lambda: queue.job(second).state == "paused")
    queue.add(requests[:1], pytest.fail, lambda reason: tmp_path.joinpath("said").write_text(reason))
    wait(tmp_path.joinpath("said").exists)
    assert "a.mp4" in tmp_path.joinpath("said").read_text()
    other = ExportQueue(studio)
    wait(lambda: [job.id for job in other.jobs] == [third, first, second])
    other.close()


def test_the_dialog_shows_files_and_what_stands_in_the_way(idle, studio, tmp_path, qtbot, film):
    studio.project.load(film)
    dialog = ExportDialog(studio, idle.queue, ExportChoices(studio, idle))
    qtbot.addWidget(dialog)
    dialog.form.folder.setText(str(tmp_path))
    dialog.refresh()
    assert [export.output.name for export in dialog.exports()] == ["video-dub.mp4"]
    (tmp_path / "video-dub.mp4").touch()
    dialog.refresh()
    assert [export.output.name for export in dialog.exports()] == ["video-dub-2.mp4"], "nothing is overwritten"
    studio.project.load(Document())
    dialog.refresh()
    assert not dialog.go.isEnabled()


def test_presets_are_offered_and_written_into_requests(studio, qtbot, wait):
    choices = ExportChoices(studio)
    choices.load()
    wait(lambda: choices.presets)
    youtube = next(each for each in choices.presets if each.name == "youtube-1080p")
    assert youtube.describe() == "MP4 · H.264 · at most 1920 × 1080 · AAC"
    encoding = with_encoding({"encoding": {}}, youtube, None)["encoding"]
    assert (encoding["codec"], encoding["size"], encoding["audio_bitrate"]) == ("h264", [1920, 1080], 320_000)
    assert with_encoding({"encoding": {}}, youtube, "h264_nvenc")["encoding"]["codec"] == "h264_nvenc"
    plain = Format(None, "", ".mp4", {"codec": "h264"})
    assert with_encoding({"encoding": {"crf": 20}}, plain, None)["encoding"] == {"crf": 20}


def test_what_a_job_says():
    job = QueuedJob(id=1, state="running", request={}, output="a.mp4", done=5, total=100)
    live = Job(job="queue-1", state="running", done=61, total=200, fps=12.4, seconds_left=71.2)
    assert state_line(job, live, held=False) == "Frame 61 of 200 · 12.4 frames/s · 1:11 left"
