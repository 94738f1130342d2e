"""What the editor asks of the engine beside frames: the quality of an export, and faces of a voice."""

from __future__ import annotations

from dataclasses import replace

from talkface_studio.gui.bin.imagine_dialog import ImagineDialog
from talkface_studio.gui.exports.quality import QualityReport
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter
from talkface_studio.project.document.timeline import Clip

from .conftest import SAMPLES


def test_the_quality_of_an_export_is_measured_and_its_worst_frame_is_jumped_to(
    window, studio, film, qtbot, wait, tmp_path
):
    path = tmp_path / "made.mp4"
    with (
        VideoReader(SAMPLES / "video.mp4") as video,
        MediaWriter(path, VideoSettings.like(video.info), None, Encoding(crf=18)) as writer,
    ):
        for frame in video.frames(0.0, 1.0):
            writer.write_frame(frame)
    (clip,) = film.clips
    studio.project.load(replace(film, clips=(Clip(media=clip.media, start=2.0, end=9.0, offset=1.0),)))
    report = QualityReport(studio)
    qtbot.addWidget(report)
    # What was made begins 2 s into the film, which is shown 3 s into the timeline.
    report.show_export(path, {"face": str(SAMPLES / "video.mp4"), "trim_start": 2.0})
    assert not report.facts.isVisibleTo(report)
    report.measure.click()
    wait(lambda: report.picture.has_image)
    assert report.facts.isVisibleTo(report)
    report.jump.click()
    assert 3.0 <= studio.project.view.playhead < 4.0


def test_a_file_that_is_gone_says_so(studio, qtbot, wait, tmp_path):
    report = QualityReport(studio)
    qtbot.addWidget(report)
    report.show_export(tmp_path / "gone.mp4", {})
    report.measure.click()
    wait(report.problem.text)
    assert "gone.mp4" in report.problem.text()
    assert report.measure.isEnabled()


def test_a_face_that_is_imagined_becomes_a_photo(window, studio, film, wait):
    studio.project.load(film)
    studio.project.select([film.segments[0].id])
    assert studio.run("media.imagine")
    (dialog,) = window.findChildren(ImagineDialog)
    assert not dialog.take.isEnabled()
    wait(lambda: dialog.complete)
    paths = [candidate.path for candidate in dialog.candidates]
    assert len(set(paths)) == len({path.read_bytes() for path in paths}) == 4
    assert all("about" in candidate.words.text() for candidate in dialog.candidates)
    dialog.candidates[2].pressed.emit()
    dialog.take.click()
    wait(lambda: len(studio.project.document.media) == 3)
    photo = studio.project.document.media[-1]
    wait(lambda: studio.project.document.media[-1].status == "ready")
    assert (photo.path, photo.kind) == (paths[2], "photo")
