"""The window: files come in, projects are kept, commands and keys, closing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from talkface_studio.engine.protocol.questions import StartJob
from talkface_studio.gui.keys import KeysFirst
from talkface_studio.gui.pages.palette import Palette
from talkface_studio.gui.parts.question import QuestionDialog
from talkface_studio.gui.parts.toast import Toast
from talkface_studio.gui.window import StudioWindow
from talkface_studio.project.document.timeline import Marker
from talkface_studio.project.edit.marks import add_marker

from .conftest import SAMPLES


def drop(window: StudioWindow, *paths: Path) -> None:
    """Drop files on the window, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(window.rect().center(), *how)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(window.rect().center()), *how)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def question(window: StudioWindow) -> QuestionDialog | None:
    """The question that is asked now."""
    return next((dialog for dialog in window.findChildren(QuestionDialog) if dialog.isVisible()), None)


def press(qtbot, dialog: QuestionDialog, text: str) -> None:
    """Answer it."""
    from PySide6.QtWidgets import QPushButton

    (button,) = [made for made in dialog.findChildren(QPushButton) if made.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def statuses(window: StudioWindow) -> list[str]:
    return [media.status for media in window.studio.project.document.media]


def test_a_clip_and_a_voice_that_are_dropped_stand_on_the_timeline(window, wait, tmp_path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    drop(window, SAMPLES / "portrait.jpg", SAMPLES / "speech.wav", broken)
    project = window.studio.project
    wait(lambda: statuses(window) == ["ready", "ready", "unreadable"])
    assert window.page == "editor"
    (clip,), (segment,) = project.document.clips, project.document.segments
    assert (clip.end, segment.end) == (pytest.approx(7.9, abs=0.1), clip.end)
    assert "broken.mp4" in project.document.media[2].problem.reason
    # Two steps: the files, and where they were laid.
    window.studio.run("edit.undo")
    assert not project.document.clips
    assert len(project.document.media) == 3
    window.studio.run("edit.undo")
    assert not project.document.media


def test_a_folder_that_is_dropped_is_searched(window, wait) -> None:
    drop(window, SAMPLES)
    wait(lambda: statuses(window) == ["ready"] * 4)
    names = {media.path.name for media in window.studio.project.document.media}
    assert names == {"portrait.jpg", "speech.wav", "speech_b.wav", "video.mp4"}


def test_what_was_probed_once_is_known(window, wait) -> None:
    drop(window, SAMPLES / "video.mp4")
    wait(lambda: statuses(window) == ["ready"])
    window.studio.run("edit.undo")
    window.studio.run("edit.undo")
    drop(window, SAMPLES / "video.mp4")
    wait(lambda: statuses(window))
    assert statuses(window) == ["ready"]


def test_a_picture_of_the_clipboard_becomes_a_photo(window, wait) -> None:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill("#336699")
    QGuiApplication.clipboard().setImage(image)
    wait(lambda: window.studio.context.can_paste_media)
    assert window.studio.run("edit.paste")
    wait(lambda: statuses(window) == ["ready"])
    (media,) = window.studio.project.document.media
    assert (media.kind, media.facts.width, media.facts.height) == ("photo", 64, 48)
    QGuiApplication.clipboard().clear()


def test_the_bin_lists_searches_and_selects(window, wait, film) -> None:
    window.studio.project.load(film)
    bin_ = window.editor.docks["bin"].widget()
    assert bin_.model.rowCount() == 2
    bin_.search.setText("SPEECH wav")
    assert [bin_.model.index(row).data() for row in range(bin_.model.rowCount())] == ["speech.wav"]
    bin_.list.selectAll()
    assert window.studio.project.selection == {film.media[1].id}
    bin_.search.setText("")
    window.studio.project.select([film.media[0].id])
    assert [index.data() for index in bin_.list.selectionModel().selectedIndexes()] == ["video.mp4"]
    wait(lambda: bin_.pictures.image(film.media[0]) is not None and bin_.pictures.peaks(film.media[1]) is not None)


def test_the_sample_project_plays(window, wait) -> None:
    assert window.studio.run("project.open_sample")
    viewer = window.editor.viewer
    wait(lambda: viewer.player.speed == 1.0)
    wait(lambda: window.studio.project.view.playhead > 0.5 and viewer.canvas._source is not None)
    assert window.page == "editor"
    assert not window.studio.project.modified
    window.studio.run("playback.stop")


def test_every_page_and_place_can_be_shown(window) -> None:
    window.show_page("start")
    assert window.page == "start"
    for name, dock in window.editor.docks.items():
        dock.close()
        assert window.studio.run(f"place.{name}")
        assert dock.isVisible()
        assert window.page == "editor"


def test_other_colours_leave_every_place_its_room(window, studio, wait, qtbot) -> None:
    window.show_page("editor")
    bin_ = window.editor.docks["bin"]
    wait(lambda: bin_.width() == studio.theme.px(270))
    for mode in ("light", "dark"):
        studio.preferences.set(theme=mode)
        qtbot.waitExposed(window)
        for _ in range(5):
            QApplication.processEvents()
        assert bin_.width() == studio.theme.px(270)


def test_the_palette_finds_and_does(window, qtbot) -> None:
    window.studio.run("palette.open")
    (palette,) = window.findChildren(Palette)
    qtbot.keyClicks(palette._field, "lrg txt")
    assert palette._list.item(0).text() == "Larger text"
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert window.studio.preferences.values.text_scale == 1.1
    assert window.studio.theme.scale == 1.1
    assert window.studio.preferences.values.recent_commands == ("view.text_larger",)


def test_a_focused_button_keeps_its_space(window, qtbot, film, wait) -> None:
    keys = KeysFirst(QApplication.instance())
    window.studio.project.load(film)
    player = window.editor.viewer.player
    button = window.editor.viewer.transport._buttons["viewer.faces"]
    before = window.studio.preferences.values.show_faces
    window.activateWindow()
    wait(lambda: window.isActiveWindow() and window.actions_["playback.toggle"].isEnabled())
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert window.studio.preferences.values.show_faces is not before
    assert player.speed == 0
    window.editor.viewer.canvas.setFocus()
    qtbot.keyClick(window.editor.viewer.canvas, Qt.Key.Key_Space)
    assert player.speed == 1.0
    player.stop()
    keys.deleteLater()


def test_errors_pass_by_as_notices(window, wait) -> None:
    window.studio.tell("the disk is full", "error")
    window.studio.tell("the disk is full", "error")
    wait(
        lambda: [toast.notice.text for toast in window.findChildren(Toast) if toast.isVisible()] == ["the disk is full"]
    )


def test_save_reopen_and_the_list_of_recent_projects(window, studio, film, tmp_path) -> None:
    path = tmp_path / "film.talkface"
    studio.project.load(film)
    studio.project.do(add_marker(Marker(time=1.0)))
    assert window.isWindowModified()
    window.projects.save_to(path)
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("film[*]")
    window.projects.new()
    assert not studio.project.document.media
    window.projects.open(path)
    assert len(studio.project.document.markers) == 1
    assert [entry.path for entry in studio.recent.entries()] == [path]


def test_unsaved_work_is_asked_about_and_can_be_kept(window, studio, film, tmp_path, qtbot) -> None:
    path = tmp_path / "film.talkface"
    window.projects.save_to(path)
    studio.project.do(add_marker(Marker(time=1.0)))
    window.close()
    assert window.isVisible()
    press(qtbot, question(window), "Cancel")
    assert window.isVisible()
    studio.run("project.new")
    press(qtbot, question(window), "Save")
    assert not studio.project.document.markers
    assert '"time": 1.0' in path.read_text(encoding="utf-8")


def test_work_of_a_process_that_ended_is_recovered(window, studio, film, tmp_path, qtbot) -> None:
    path = tmp_path / "film.talkface"
    window.projects.save_to(path)
    program = """
import sys, time
from pathlib import Path
from talkface_studio.project.edit.marks import add_marker
from talkface_studio.project.document.timeline import Marker
from talkface_studio.project.storage.session import Session
session = Session.open(Path(sys.argv[1]), Path(sys.argv[2]), time.monotonic)
session.project.do(add_marker(Marker(time=4.5)))
session._write_recovery()
import os; os._exit(9)
"""
    window.projects.new()
    subprocess.run([sys.executable, "-c", program, str(path), str(tmp_path)], check=False)
    window.projects.open(path)
    press(qtbot, question(window), "Recover it")
    assert [marker.time for marker in studio.project.document.markers] == [4.5]
    assert studio.project.modified


def test_changes_are_kept_by_themselves(window, studio, film, wait, tmp_path) -> None:
    path = tmp_path / "film.talkface"
    window.projects.save_to(path)
    studio.project.do(add_marker(Marker(time=1.0)))
    recovery = tmp_path / ".film.talkface.recovery"
    wait(recovery.exists)
    assert '"time": 1.0' in recovery.read_text(encoding="utf-8")


def test_media_that_were_moved_are_found(window, studio, film, wait, tmp_path, qtbot) -> None:
    there = tmp_path / "there"
    there.mkdir()
    voice = there / "voice.wav"
    voice.write_bytes((SAMPLES / "speech_b.wav").read_bytes())
    drop(window, voice)
    wait(lambda: statuses(window) == ["ready"])
    window.projects.save_to(tmp_path / "film.talkface")
    window.projects.new()
    voice.rename(tmp_path / "renamed.wav")
    window.projects.open(tmp_path / "film.talkface")
    assert statuses(window) == ["missing"]
    assert studio.context.missing_media == 1
    window.intake.relink(tmp_path)
    wait(lambda: statuses(window) == ["ready"])
    assert studio.project.document.media[0].path.name == "renamed.wav"


def test_closing_while_an_export_runs_is_a_question(theme, own_studio, tmp_path, wait, qtbot) -> None:
    window = StudioWindow(own_studio)
    window.show()
    output = tmp_path / "out.mp4"
    dub = {
        "face": str(SAMPLES / "portrait.jpg"),
        "speech": str(SAMPLES / "speech.wav"),
        "output": str(output),
        "model": "atvg",
    }
    own_studio.engine.ask(StartJob(job="one", dub=dub))
    wait(lambda: own_studio.engine.jobs["one"].state == "running")
    window.close()
    assert window.isVisible()
    press(qtbot, question(window), "Keep working")
    assert own_studio.engine.jobs["one"].state == "running"
    window.close()
    press(qtbot, question(window), "Stop them and close")
    assert not window.isVisible()
    assert own_studio.engine.pid is None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == []


def test_layout_and_preferences_are_remembered(theme, tmp_path, own_studio, wait) -> None:
    window = StudioWindow(own_studio)
    window.show()
    window.editor.docks["bin"].close()
    own_studio.preferences.set(volume=0.25)
    window.close()
    written = json.loads((own_studio.folders.config / "preferences.json").read_text())
    assert written["volume"] == 0.25
    again = StudioWindow(own_studio)
    again.show()
    assert not again.editor.docks["bin"].isVisible()
    assert again.editor.docks["timeline"].isVisible()
    again.projects.close()
    again.hide()


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from talkface_studio.gui.app import Start, make_window
app = QApplication([])
window = make_window(app, Start(home=Path(sys.argv[1]), files=(Path(sys.argv[2]), Path(sys.argv[3]))))
window.show()

def look():
    if window.editor.viewer.canvas._source is not None and window.studio.project.document.segments:
        heavy = {"torch", "transformers", "cv2", "av", "mediapipe", "scipy", "onnxruntime", "PIL", "sounddevice"}
        print("HEAVY", sorted(heavy & set(sys.modules)))
        window.projects.leave = lambda then: then()
        window.close()

timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
app.exec()
print("ENGINE", window.studio.engine.pid)
"""


def test_the_process_of_the_window_loads_nothing_heavy_and_takes_its_engine_along(tmp_path) -> None:
    arguments = [str(tmp_path), str(SAMPLES / "video.mp4"), str(SAMPLES / "speech.wav")]
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=200, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "HEAVY []" in result.stdout
    assert "ENGINE None" in result.stdout
