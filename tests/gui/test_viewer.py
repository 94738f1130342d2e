"""Pictures, faces and comparisons in the viewer."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage

from talkface_studio.engine.protocol.questions import FaceBox, Faces, ShowSource
from talkface_studio.gui.viewer.canvas import Canvas, Window
from talkface_studio.gui.viewer.frames import Shown
from talkface_studio.gui.viewer.newest import Newest
from talkface_studio.gui.viewer.panel import ViewerPanel
from talkface_studio.gui.viewer.strip import fitting

from .conftest import SAMPLES


@pytest.fixture
def viewer(studio, film, qtbot):
    studio.project.load(film)
    made = ViewerPanel(studio)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.player.stop()


@pytest.fixture
def canvas(theme, qtbot):
    made = Canvas(theme)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    red, blue = (QImage(400, 200, QImage.Format.Format_RGB888) for _ in range(2))
    red.fill("#ff0000")
    blue.fill("#0000ff")
    made.show_source(Shown(red, 0.0, (400, 200)))
    made.show_dub(Shown(blue, 0.0, (400, 200)))
    return made


def colors(canvas: Canvas) -> tuple[str, str]:
    image = canvas.grab().toImage()
    return image.pixelColor(100, 150).name(), image.pixelColor(300, 150).name()


FACES = Faces(time=0.0, width=400, height=200, faces=(FaceBox(person=3, box=(100.0, 50.0, 180.0, 150.0), score=0.9),))


def test_dragging_asks_for_the_newest_and_ends_with_it(studio, wait) -> None:
    asked = Newest(studio.bridge, studio)
    shown, times = [], [number / 100 for number in range(80)]
    for time in times:
        question = ShowSource(path=SAMPLES / "video.mp4", time=time, longest=64)
        asked.want(question, lambda picture: shown.append(picture.frame.time), shown.append)
    wait(lambda: not asked.busy)
    assert shown == [0.0, pytest.approx(0.76)]


def test_source_faces_and_dub_of_the_instant_are_shown(viewer, studio, film, wait) -> None:
    studio.project.look(playhead=2.0)
    wait(lambda: viewer.canvas._source is not None and viewer.canvas._source.time == pytest.approx(2.0))
    wait(lambda: viewer._faces is not None)
    assert studio.context.faces == 1
    wait(lambda: viewer.canvas._dubbed is not None)
    assert viewer.canvas._dubbed.time == pytest.approx(2.0)
    assert "cpu" in viewer.canvas.caption or "cuda" in viewer.canvas.caption
    assert re.search(r"\d m?s  ·  \S+ × real time", viewer.canvas.caption)
    wait(lambda: viewer.canvas._chosen)
    # Outside the voice nothing is dubbed, and nothing of before is left.
    studio.project.look(playhead=7.0)
    wait(lambda: viewer.canvas._dubbed is None)
    assert viewer.canvas.caption == ""


def test_pressing_a_face_makes_the_voice_dub_it(viewer, studio, film, wait, qtbot) -> None:
    studio.project.look(playhead=1.0)
    wait(lambda: viewer._faces is not None)
    face = viewer._faces.faces[0]
    place = viewer.canvas._on_screen(face, viewer.canvas._place(viewer.canvas._cells()[0], viewer.canvas._source))
    qtbot.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    choice = studio.project.document.segments[0].face
    left, top, right, bottom = face.box
    assert choice.point == pytest.approx(((left + right) / 2, (top + bottom) / 2))
    assert choice.time == pytest.approx(1.0)
    studio.run("edit.undo")
    wait(lambda: viewer.canvas._chosen == {face.person})


def test_a_voice_that_is_missing_is_asked_for(viewer, studio, film) -> None:
    studio.project.load(replace(film, segments=()))
    said = []
    studio.noticed.connect(said.append)
    viewer.canvas.face_pressed.emit(FACES.faces[0])
    assert "voice" in said[0].text
    assert studio.project.undo_title is None


def test_a_file_that_cannot_be_shown_says_why_on_the_stage(viewer, studio, film, wait, tmp_path) -> None:
    gone = replace(film.media[0], path=tmp_path / "gone.mp4")
    studio.project.load(replace(film, media=(gone, film.media[1])))
    wait(lambda: "gone.mp4" in viewer.canvas.message)


def test_while_it_is_played_pictures_follow_the_playhead(viewer, studio, wait) -> None:
    seen = []
    viewer.frames.source_changed.connect(lambda shown: seen.append((shown.time, studio.project.view.playhead)))
    viewer.player.play(1.0)
    wait(lambda: viewer.player.position > 1.0)
    viewer.player.stop()
    assert len(seen) > 5
    assert all(time <= playhead + 0.05 for time, playhead in seen)


def test_comparing_models_gives_the_segment_the_one_that_is_pressed(viewer, studio, wait, qtbot) -> None:
    studio.project.look(playhead=2.0)
    studio.run("viewer.compare_models")
    wait(lambda: viewer.strip.complete)
    name, card = next(iter(viewer.strip._cards.items()))
    assert " s on " in card.detail.text()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert studio.project.document.segments[0].model == name
    wait(lambda: card.property("chosen"))


def test_models_that_do_not_fit_are_not_compared() -> None:
    models = [
        {"name": "a", "title": "A", "runnable": ["compact"], "takes": [["speech", "video"]], "gives": "video"},
        {"name": "b", "title": "B", "runnable": [], "takes": [["speech", "video"]], "gives": "video"},
        {"name": "c", "title": "C", "runnable": ["compact"], "takes": [["speech", "photo"]], "gives": "video"},
        {"name": "d", "title": "D", "runnable": ["compact"], "takes": [["speech"]], "gives": "portrait"},
        {"name": "e", "title": "E", "runnable": ["compact"], "takes": [["speech"]], "gives": "video"},
    ]
    assert [model.name for model in fitting(models, frozenset({"speech", "video"}))] == ["a"]


def test_layouts(canvas) -> None:
    red, blue = "#ff0000", "#0000ff"
    assert colors(canvas) == (blue, blue)
    canvas.hold_source = True
    assert colors(canvas) == (red, red)
    canvas.hold_source = False
    canvas.layout_ = "side"
    # Each half shows its whole picture, with the stage above and below it.
    image = canvas.grab().toImage()
    assert [image.pixelColor(x, 100).name() for x in (100, 300)] == [red, blue]
    canvas.layout_ = "wipe"
    assert colors(canvas) == (red, blue)


def test_the_wipe_is_dragged(canvas, qtbot) -> None:
    canvas.layout_ = "wipe"
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    qtbot.mouseMove(canvas, QPoint(380, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(380, 100))
    assert canvas.wipe == pytest.approx(0.95)
    assert colors(canvas) == ("#ff0000", "#ff0000")


def test_zoom_to_the_mouth_and_back(canvas) -> None:
    canvas.show_faces(FACES, frozenset({3}))
    canvas.look_at_mouth()
    window = canvas.window_
    assert window.zoom > 1.5
    place = canvas._place(canvas._cells()[0], canvas._source)
    mouth = QPointF(place.left() + 140 / 400 * place.width(), place.top() + 128 / 200 * place.height())
    assert (mouth - QPointF(200, 100)).manhattanLength() < 2
    canvas.look_at_mouth()
    assert canvas.window_ == Window()


def test_the_source_is_shown_while_the_key_is_held(viewer, studio, qtbot) -> None:
    studio.run("viewer.hold_source")
    assert viewer.canvas.hold_source
    qtbot.keyRelease(viewer.canvas, Qt.Key.Key_G)
    assert viewer.canvas.hold_source
    qtbot.keyRelease(viewer.canvas, Qt.Key.Key_H)
    assert not viewer.canvas.hold_source
