"""The timeline as a person uses it: mouse, keys, drops, menus."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from project_documents import story
from qt_widgets import delete_now
from talkface_studio.engine.protocol.questions import Probe
from talkface_studio.gui.timeline.paint import PLAYHEAD_REACH
from talkface_studio.gui.timeline.panel import TimelinePanel
from talkface_studio.gui.timeline.rows import Hit
from talkface_studio.project.document.media import MediaFacts
from talkface_studio.project.document.timeline import PICTURE
from talkface_studio.project.edit.media import learn
from talkface_studio.project.edit.segments import set_muted

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
LEFT, CTRL, SHIFT, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """A mouse and a keyboard over a timeline; places are instants on lanes."""

    def __init__(self, panel):
        self.view = panel.view
        self.port = panel.view.viewport()

    def at(self, lane, time):
        row = self.view.rows.row(lane)
        return QPoint(round(self.view.axis.x(time)), round(row.top + row.height / 2 - self.view.scene.scroll))

    def ruler(self, time, part=0.75):
        return QPoint(round(self.view.axis.x(time)), round(self.view.rows.ruler * part))

    def drag(self, start, *stops, keys=NONE, release=True):
        QTest.mousePress(self.port, LEFT, keys, start)
        QTest.mouseMove(self.port, start)
        for stop in stops:
            middle = (start + stop) / 2
            for place in (middle, stop):
                self.move(place, keys)
        if release:
            QTest.mouseRelease(self.port, LEFT, keys, stops[-1])

    def move(self, place, keys=NONE):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(self.port.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(self.port, event)

    def click(self, place, keys=NONE):
        QTest.mouseClick(self.port, LEFT, keys, place)

    def key(self, key, keys=NONE):
        QTest.keyClick(self.view, key, keys)


@pytest.fixture
def panel(studio, qtbot, monkeypatch):
    # The files of the story do not exist: no engine is started to say so.
    monkeypatch.setattr(studio.bridge, "ask", lambda *_, **__: None)
    studio.project.load(story())
    studio.preferences.set(snapping=False)
    made = TimelinePanel(studio)
    made.resize(1200, 360)
    made.show()
    qtbot.waitExposed(made)
    made.view.fit()
    yield made
    delete_now(made)


@pytest.fixture
def hand(panel):
    return Hand(panel)


@pytest.fixture
def project(studio):
    return studio.project


def test_an_edge_is_dragged_and_undone_in_one_step(project, hand):
    hand.drag(hand.at("anna", 4.0), hand.at("anna", 4.6), hand.at("anna", 5.0))

    assert project.document.segment("a1").end == pytest.approx(5.0, abs=0.05)
    project.undo()
    assert project.document == story()


def test_two_drags_are_two_steps(project, hand):
    hand.drag(hand.at("anna", 2.0), hand.at("anna", 2.5))
    hand.drag(hand.at("anna", 2.5), hand.at("anna", 2.9))

    project.undo()
    assert project.document.segment("a1").start == pytest.approx(1.5, abs=0.05)


def test_what_is_pressed_is_selected_and_several_move_together(project, hand):
    hand.click(hand.at("anna", 2.0))
    assert project.selection == {"a1"}
    hand.click(hand.at("ben", 5.0), CTRL)
    assert project.selection == {"a1", "b1"}

    hand.drag(hand.at("ben", 5.0), hand.at("ben", 5.5))

    assert project.document.segment("a1").start == pytest.approx(1.5, abs=0.05)
    assert project.document.segment("b1").start == pytest.approx(3.5, abs=0.05)
    hand.click(hand.at("ben", 5.5))
    assert project.selection == {"b1"}


def test_a_segment_is_dragged_to_another_lane(project, hand):
    hand.drag(hand.at("anna", 22.0), hand.at("ben", 22.0))

    assert project.document.segment("a3").lane == "ben"


def test_escape_takes_a_drag_back(project, hand):
    hand.drag(hand.at("anna", 2.0), hand.at("ben", 15.0), release=False)
    assert project.document.segment("a1").lane == "ben"

    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.port, LEFT, NONE, hand.at("ben", 15.0))

    assert project.document == story()
    assert project.undo_title is None


def test_snapping_draws_a_guide_and_shift_switches_it_off(studio, project, panel, hand):
    studio.preferences.set(snapping=True)
    beside = hand.at("anna", 5.0) + QPoint(4, 0)

    hand.drag(hand.at("anna", 4.0), beside, release=False)
    assert project.document.segment("a1").end == 5.0
    assert panel.view.overlay.guide == 5.0
    hand.move(beside, SHIFT)
    assert project.document.segment("a1").end > 5.0
    assert panel.view.overlay.guide is None
    QTest.mouseRelease(hand.port, LEFT, NONE, beside)
    assert panel.view.overlay.readout is None


def test_alt_slips_what_is_shown(project, hand):
    hand.drag(hand.at("anna", 7.0), hand.at("anna", 6.0), keys=ALT)

    assert project.document.segment("a2").offset == pytest.approx(5.0, abs=0.05)
    assert project.document.segment("a2").start == 6.0


def test_the_ruler_scrubs_and_marks_are_dragged(project, hand, qtbot, panel):
    with qtbot.waitSignal(panel.pointer.scrubbed):
        hand.drag(hand.ruler(3.0), hand.ruler(12.0))
    assert project.view.playhead == pytest.approx(12.0, abs=0.05)

    hand.drag(hand.ruler(14.0), hand.ruler(18.0), keys=SHIFT)
    assert project.document.range.start == pytest.approx(14.0, abs=0.05)
    hand.drag(hand.ruler(14.0, 0.2), hand.ruler(13.0, 0.2))
    assert project.document.range.start == pytest.approx(13.0, abs=0.1)
    hand.drag(hand.ruler(5.0, 0.2), hand.ruler(6.0, 0.2))
    assert project.document.markers[0].time == pytest.approx(6.0, abs=0.05)


def test_a_rubber_band_selects(project, hand):
    hand.drag(hand.at("anna", 5.0), hand.at("ben", 8.0))

    assert project.selection == {"a2", "b1"}
    hand.click(hand.at("anna", 5.0))
    assert not project.selection


def test_the_wheel_scrolls_and_with_ctrl_zooms_around_the_pointer(project, hand, panel):
    project.look(zoom=200.0, scroll=5.0)
    before = panel.view.axis.time(300)

    def turn(notches, keys=NONE):
        place = QPointF(300, 100)
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(hand.port, event)

    turn(2, CTRL)
    assert project.view.zoom > 200
    assert panel.view.axis.time(300) == pytest.approx(before)
    scroll = project.view.scroll
    turn(-1)
    assert project.view.scroll > scroll


def test_every_key_of_the_timeline(project, hand, panel):
    project.look(playhead=2.0)
    hand.key(Qt.Key.Key_PageDown)
    assert panel.view.lane == "anna"
    hand.key(Qt.Key.Key_Return)
    assert project.selection == {"a1"}
    hand.key(Qt.Key.Key_Period)
    assert project.selection == {"a2"}
    hand.key(Qt.Key.Key_Comma, SHIFT)
    assert project.selection == {"a1", "a2"}
    project.look(playhead=5.0)
    hand.key(Qt.Key.Key_PageUp)
    hand.key(Qt.Key.Key_Return)
    assert project.selection == {"first"}
    hand.key(Qt.Key.Key_Return)
    assert project.selection == {"here"}
    project.select({"a3"})
    hand.key(Qt.Key.Key_Down, ALT)
    assert project.document.segment("a3").lane == "ben"
    hand.key(Qt.Key.Key_Right, ALT | SHIFT)
    assert project.document.segment("a3").offset == pytest.approx(0.04)
    assert "voice" in panel.view.accessibleDescription()


def test_commands_of_the_timeline(studio, project, panel):
    project.look(playhead=2.5)
    project.select({"a1"})
    for command, check in {
        "timeline.split": lambda: len(project.document.on_lane("anna")) == 4,
        "edit.copy": lambda: studio.context.can_paste,
        "marks.set_in": lambda: project.document.range.start == 2.5,
        "marks.add_marker": lambda: len(project.document.markers) == 2,
        "playback.next_edge": lambda: project.view.playhead == 3.0,
        "playback.previous_marker": lambda: project.view.playhead == 2.5,
        "edit.select_all": lambda: len(project.selection) == 8,
        "segment.mute": lambda: all(segment.muted for segment in project.document.segments),
        "segment.voice_only": lambda: all(segment.face is None for segment in project.document.segments),
        "edit.delete": lambda: not project.document.items,
        "lane.add": lambda: len(project.document.lanes) == 3,
    }.items():
        assert studio.run(command), command
        assert check(), command
    assert {name for name in studio.commands.unbound() if name.split(".")[0] in {"marks", "segment", "lane"}} == set()


def test_a_refused_command_says_why_and_changes_nothing(studio, project, panel, qtbot):
    project.select({"a1"})
    project.look(playhead=15.0)

    with qtbot.waitSignal(studio.noticed) as noticed:
        assert not studio.run("timeline.close_gap")

    assert "no gap here" in noticed.args[0].text
    assert project.document == story()


def test_copies_are_pasted_at_the_playhead(studio, project, panel):
    project.select({"a1"})
    studio.run("edit.copy")
    project.look(playhead=12.0)

    studio.run("edit.paste")

    (pasted,) = project.selection
    assert project.document.segment(pasted).start == 12.0


def drop(panel, place, paths):
    port = panel.view.viewport()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    kinds = (QDragEnterEvent, QDragMoveEvent)
    for kind in kinds:
        event = kind(place, Qt.DropAction.CopyAction, data, LEFT, NONE)
        QApplication.sendEvent(port, event)
    preview = panel.view.overlay.drop
    event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(port, event)
    return preview, event.isAccepted()


def test_a_file_of_the_bin_lands_where_it_was_shown(project, panel, hand, wait):
    voice = project.document.media_of("voice")
    place = hand.at("anna", 12.0)
    panel.drops._scan = lambda paths, found: found(paths)

    preview, taken = drop(panel, place, [voice.path])

    assert taken
    assert panel.view.overlay.drop is None
    (landed,) = project.selection
    segment = project.document.segment(landed)
    assert (segment.lane, segment.start) == ("anna", preview.items[0].start)
    assert segment.end - segment.start == 12.0


def test_files_from_outside_join_the_bin_and_are_laid_when_they_are_known(
    studio, project, panel, hand, wait, tmp_path, monkeypatch
):
    new = tmp_path / "new.wav"
    shutil.copy(SAMPLES / "speech_b.wav", new)
    before = len(project.document.segments)

    drop(panel, hand.at("ben", 12.0), [new])
    wait(lambda: any(media.path == new for media in project.document.media))

    media = next(media for media in project.document.media if media.path == new)
    assert len(project.document.segments) == before
    monkeypatch.undo()
    studio.bridge.ask(
        Probe(path=new), lambda answer: project.amend(learn(media, facts=MediaFacts.from_probe(answer.content)))
    )
    wait(lambda: len(project.document.segments) > before)
    segment = next(segment for segment in project.document.segments if segment.media == media.id)
    assert (segment.lane, segment.end - segment.start) == ("ben", pytest.approx(3.09))


def test_what_is_no_media_is_not_taken(project, panel, hand, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no media")

    preview, taken = drop(panel, hand.at("ben", 12.0), [text])

    assert preview is None
    assert not taken
    assert project.document == story()


def test_the_menu_of_a_segment_assigns_voice_and_face(project, panel):
    project.select({"b1"})
    menu = panel.menus.build(Hit("body", 5.0, "b1", "ben"))
    submenus = {action.text(): action.menu() for action in menu.actions() if action.menu() is not None}

    next(action for action in submenus["Face"].actions() if action.text() == "Face 1").trigger()
    next(action for action in submenus["Voice"].actions() if action.text() == "voice.wav").trigger()

    segment = project.document.segment("b1")
    assert (segment.face.index, segment.media) == (0, "voice")


def test_lanes_are_muted_and_renamed_at_their_heads(project, panel, qtbot):
    panel.headers.header("anna").mute.click()

    assert project.document.lane("anna").muted
    assert panel.headers.header("anna").mute.isChecked()
    project.undo()
    assert not panel.headers.header("anna").mute.isChecked()
    assert panel.headers.header("ben").accessibleName() == "Ben"


def grab(panel):
    view = panel.view.viewport()
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


def test_selection_mute_and_playhead_are_seen(project, panel, hand, theme):
    plain = grab(panel)

    project.select({"a1"})
    selected = grab(panel)
    frame = hand.at("anna", 1.0) + QPoint(1, 0)
    assert QColor(selected.pixel(frame)).lightness() > QColor(plain.pixel(frame)).lightness() + 60
    project.do(set_muted({"a1"}, muted=True))
    assert grab(panel) != selected
    project.look(playhead=12.0)
    line = hand.at(PICTURE, 12.0) + QPoint(0, -20)
    near = {grab(panel).pixelColor(line + QPoint(dx, 0)).name() for dx in (-1, 0, 1)}
    assert theme.colors.accent in near


def test_a_moving_playhead_repaints_only_a_strip(project, panel, qtbot):
    areas = []
    paint = panel.view.paintEvent
    panel.view.paintEvent = lambda event: (areas.append(event.region().boundingRect()), paint(event))[1]
    project.look(playhead=3.0)
    panel.view.viewport().repaint()
    areas.clear()

    project.look(playhead=3.04)
    qtbot.waitUntil(lambda: bool(areas), timeout=5000)

    assert all(area.width() <= 4 * PLAYHEAD_REACH for area in areas), areas


def test_what_comes_first_onto_an_empty_timeline_is_shown_whole(studio, project, panel):
    project.load(replace(story(), clips=(), segments=()))
    assert panel._empty.isVisible()
    project.look(zoom=900.0)

    panel.drops.lay([project.document.media_of("video")], 0.0, PICTURE)

    assert not panel._empty.isVisible()
    assert panel.view.axis.end > 20.0
    project.undo()
    assert panel._empty.isVisible()


def test_a_playhead_out_of_view_turns_the_page(project, panel):
    project.look(zoom=200.0, scroll=0.0)

    project.look(playhead=25.0)

    assert panel.view.axis.scroll <= 25.0 <= panel.view.axis.end


def test_screen_readers_are_told_what_is_selected(project, panel):
    interface = QAccessible.queryAccessibleInterface(panel.view)

    project.select({"a1"})

    assert interface.text(QAccessible.Text.Name) == "Timeline"
    assert interface.text(QAccessible.Text.Description) == "voice → Face 1, from 0:01.00 to 0:04.00, on Anna"


def test_sounds_film_and_faces_come_from_the_engine(studio, film, qtbot, wait):
    studio.project.load(film)
    panel = TimelinePanel(studio)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    panel.view.fit()
    (segment,) = film.segments
    voice, video = film.media_of(segment.media).path, film.clips[0]

    wait(lambda: panel.view.sounds.get(voice, 10).regions and panel.view.sounds.get(voice, 10).outline)
    wait(lambda: panel.view.faces.get(film.media_of(video.media).path, segment.face).pixmap is not None)
    wait(lambda: not panel.view.strip._asked and not panel.view.strip._wanted)

    sound = panel.view.sounds.get(voice, 10)
    assert sound.outline.duration == pytest.approx(7.95, abs=0.01)
    assert all(0 <= start < end <= 8 for start, end in sound.regions)
    panel.view.zoom_by(50)
    wait(lambda: panel.view.sounds.get(voice, 500).outline.rate == 400)
    loud = sum(QColor(grab(panel).pixel(x, y)).lightness() > 120 for x in range(0, 700, 5) for y in range(140, 165, 3))
    assert loud > 20
