"""What the timeline shows, and tells who cannot see it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible, QColor, QImage

from project_documents import story
from talkface_studio.gui.timeline.paint import PLAYHEAD_REACH
from talkface_studio.gui.timeline.panel import TimelinePanel
from talkface_studio.project.document.timeline import PICTURE
from talkface_studio.project.edit.segments import set_muted


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
