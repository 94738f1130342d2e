"""Where things lie on the timeline, and what lies under the pointer."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_documents import story
from talkface_studio.engine.protocol.questions import Peaks
from talkface_studio.gui.timeline.axis import NEAREST, Axis
from talkface_studio.gui.timeline.outline import Outline, spoken
from talkface_studio.gui.timeline.rows import GRIP, Rows, Scene, hit, items_between
from talkface_studio.gui.timeline.ruler import clock, ticks
from talkface_studio.project.document.timeline import PICTURE, TimeRange

ROWS = {"ruler": 30.0, "picture": 60.0, "voice": 50.0, "gap": 2.0}
numbers = st.floats(0, 3600)


@given(zoom=st.floats(0.1, NEAREST), scroll=numbers, time=numbers)
def test_a_place_leads_back_to_its_time(zoom, scroll, time):
    axis = Axis(zoom, scroll, 1600)

    assert axis.time(axis.x(time)) == pytest.approx(time, abs=1e-6)


@given(zoom=st.floats(1, 500), scroll=st.floats(0, 100), x=st.floats(0, 1600), factor=st.floats(0.5, 2))
def test_zooming_keeps_the_instant_under_the_pointer(zoom, scroll, x, factor):
    axis = Axis(zoom, scroll, 1600)

    zoomed = axis.zoomed(factor, x, 3600.0)

    assert axis.furthest(3600.0) <= zoomed.zoom <= NEAREST
    if zoomed.scroll > 0:
        assert zoomed.time(x) == pytest.approx(axis.time(x), abs=1e-6)


def test_fitting_shows_all_of_it():
    axis = Axis(100, 50, 1600).fitted(0.0, 3600.0)

    assert axis.scroll == 0
    assert axis.end > 3600
    assert Axis(100, 50, 1600).fitted(10.0, 12.0).scroll < 10


def test_an_instant_out_of_view_turns_the_page():
    axis = Axis(100, 0, 1000)

    assert axis.showing(5) is axis
    assert axis.showing(30).scroll == pytest.approx(30 - 0.4)


@pytest.mark.parametrize("zoom", [0.2, 1, 7, 33, 120, 999])
def test_labels_of_the_ruler_never_touch(zoom):
    axis = Axis(zoom, 12.3, 1600)

    shown = list(ticks(axis, 70))

    labels = [tick.time for tick in shown if tick.label]
    assert 2 <= len(labels) <= 1600 / 70 + 3
    assert min(np.diff(labels)) * zoom >= 70 - 1e-6
    assert labels[0] <= axis.scroll + 1600 / zoom
    assert len({tick.label for tick in shown if tick.label}) == len(labels)


@pytest.mark.parametrize(
    ("time", "step", "text"),
    [(0, 1, "0:00"), (59.999, 0.1, "1:00.0"), (3600, 60, "1:00:00"), (61.25, 0.01, "1:01.25"), (-0.001, 1, "0:00")],
)
def test_instants_are_written_like_clocks(time, step, text):
    assert clock(time, step) == text


def scene(zoom=50.0, scroll=0.0, **changes):
    document = replace(story(), **changes)
    return Scene(document, Axis(zoom, scroll, 1600), Rows.of(document, **ROWS), playhead=2.0)


def test_what_lies_under_the_pointer():
    shown = scene(range=TimeRange(start=1.0, end=8.0))
    x, rows = shown.axis.x, shown.rows
    picture, anna = rows.row(PICTURE).top + 5, rows.row("anna").top + 5

    assert hit(shown, x(5), picture).id == "first"
    assert (hit(shown, x(10) - 1, picture).part, hit(shown, x(10) - 1, picture).id) == ("end", "first")
    assert (hit(shown, x(10) + 1, picture).part, hit(shown, x(10) + 1, picture).id) == ("start", "second")
    assert hit(shown, x(1) - GRIP / 2, anna).part == "start"
    assert hit(shown, x(5), anna).part == "lane"
    assert hit(shown, x(2), anna).part == "body"
    assert hit(shown, 5, rows.bottom + 1).part == "below"
    assert hit(shown, x(5), 3).part == "marker"
    assert hit(shown, x(1), 3).part == "in"
    assert hit(shown, x(8) + 2, 3).part == "out"
    assert hit(shown, x(2), 28).part == "playhead"
    assert hit(shown, x(6), 28).part == "ruler"


def test_a_narrow_item_can_still_be_moved():
    shown = scene(zoom=2.0)
    item = shown.document.item("a1")
    middle = shown.axis.x((item.start + item.end) / 2)

    assert hit(shown, middle, shown.rows.row("anna").top + 5).part == "body"


def test_scrolled_lanes_stay_below_the_ruler():
    shown = replace(scene(), scroll=62.0)

    assert hit(shown, shown.axis.x(2), 40).lane == "anna"
    assert hit(shown, shown.axis.x(3), 10).part == "ruler"


def test_the_items_of_a_stretch_are_those_that_touch_it():
    items = story().on_lane("anna")
    chance = random.Random(1)
    for _ in range(200):
        start = chance.uniform(0, 30)
        end = start + chance.uniform(0, 5)
        expected = [item.id for item in items if item.end > start and item.start < end]
        assert [item.id for item in items_between(items, start, end)] == expected


def peaks(high, rate=50.0):
    values = np.asarray(high, np.int8)
    return Peaks(rate=rate, duration=len(values) / rate, low=(-values).tobytes(), high=values.tobytes())


@pytest.mark.parametrize("step", [0.02, 0.05, 0.33, 2.0, 9.0])
def test_no_zoom_loses_the_loudest_sample(step):
    values = np.zeros(5000, np.int8)
    values[[0, 1234, 4999]] = 127

    low, high = Outline(peaks(values)).columns(0.0, step, int(100 / step) + 2)

    for loud in (0, 1234, 4999):
        column = int(loud / 50 / step + 1e-9)
        assert high[max(column - 1, 0) : column + 2].max() == pytest.approx(0.95)
        assert low[max(column - 1, 0) : column + 2].min() == pytest.approx(-0.95)


def test_nothing_is_heard_outside_of_a_sound():
    outline = Outline(peaks([100] * 100))

    for step in (0.001, 0.1):
        low, high = outline.columns(-5.0, step, 10)
        assert not low.any()
        assert not high.any()
        assert not outline.columns(50.0, step, 10)[1].any()
    assert not Outline(peaks([])).columns(0.0, 0.1, 5)[0].any()


def test_a_close_view_draws_lines_between_samples():
    _, high = Outline(peaks([0, 100, 0, 100])).columns(0.0, 0.005, 16)

    assert len(set(np.round(high, 4))) > 4


def test_where_somebody_speaks():
    times = np.asarray([0.5, 1.0, 1.9, 2.0, 5.0])

    assert spoken(((1.0, 2.0), (4.0, 6.0)), times).tolist() == [False, True, True, False, True]
