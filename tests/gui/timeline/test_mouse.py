"""The timeline under the mouse."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from project_documents import story
from timeline_hand import ALT, CTRL, LEFT, NONE, SHIFT


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
