"""What keys, commands and menus do on the timeline."""

import pytest
from PySide6.QtCore import Qt

from project_documents import story
from talkface_studio.gui.timeline.rows import Hit
from timeline_hand import ALT, SHIFT


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
