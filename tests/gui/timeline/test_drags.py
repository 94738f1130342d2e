"""What drags and drops do to a document, without a window."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_documents import PHOTO, UNPROBED, VIDEO, VOICE, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.gui.timeline.casting import casting
from talkface_studio.gui.timeline.changes import edges, gap_at, shift_speech, speak_with
from talkface_studio.gui.timeline.drags import (
    Band,
    Here,
    Magnet,
    MarkerDrag,
    MoveDrag,
    RangeDrag,
    SlipDrag,
    TrimDrag,
    nearest_free,
)
from talkface_studio.gui.timeline.placing import STILL, place
from talkface_studio.project.document.check import check
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import PICTURE, Clip, Lane, Segment
from talkface_studio.project.edit.snapping import snap_points
from talkface_studio.project.project import Project


@pytest.fixture
def project():
    return Project(story())


def pull(project, drag, *times, lane="", magnet=None):
    """Drag over these instants; the last step."""
    for time in times:
        step = drag.to(Here(project.document, time, lane, magnet or Magnet()))
        if step.edit is not None:
            project.do(step.edit)
    return step


def test_a_drag_is_one_step_to_undo(project):
    before = project.document

    pull(project, TrimDrag.of(before, "a1", "end", 4.0), 4.2, 4.5, 5.0)

    assert project.document.segment("a1").end == 5.0
    project.undo()
    assert project.document == before


def test_a_drag_there_and_back_leaves_no_step(project):
    drag = MoveDrag.of(project.document, {"a1"}, 2.0)

    pull(project, drag, 2.3, 2.6, drag.home)

    assert project.undo_title is None


def test_an_edge_stops_at_its_neighbour_and_at_the_end_of_its_media(project):
    pull(project, TrimDrag.of(project.document, "a1", "end", 4.0), 9.0)
    assert project.document.segment("a1").end == 6.0

    pull(project, TrimDrag.of(project.document, "a3", "end", 24.0), 99.0)
    assert project.document.segment("a3").end == 33.0


def test_an_edge_taken_beside_its_line_does_not_jump(project):
    step = pull(project, TrimDrag.of(project.document, "a1", "start", 1.05), 1.05)

    assert step.readout == 1.0
    assert project.undo_title is None


def test_edges_snap_and_say_where(project):
    points = snap_points(project.document, without={"a1"})

    step = pull(project, TrimDrag.of(project.document, "a1", "end", 4.0), 4.96, magnet=Magnet(points, 0.1))

    assert step.guide.id == "here"
    assert project.document.segment("a1").end == 5.0


def test_a_move_hops_over_a_neighbour_to_the_nearest_room(project):
    drag = MoveDrag.of(project.document, {"a1"}, 2.0)

    pull(project, drag, 8.5)
    assert project.document.segment("a1").start in {3.0, 9.0}
    pull(project, drag, 12.0)
    assert project.document.segment("a1").start == 11.0
    pull(project, drag, -50.0)
    assert project.document.segment("a1").start == 0.0


def test_a_segment_goes_to_the_lane_under_the_pointer_and_comes_back(project):
    before = project.document
    drag = MoveDrag.of(before, {"a3"}, 22.0)

    pull(project, drag, 22.5, lane="ben")
    assert project.document.segment("a3").lane == "ben"
    pull(project, drag, 22.0, lane="anna")

    assert project.document == before
    assert project.undo_title is None


def test_items_of_several_lanes_keep_theirs(project):
    pull(project, MoveDrag.of(project.document, {"a3", "b1"}, 22.0), 22.5, lane="ben")

    assert project.document.segment("a3").lane == "anna"
    assert project.document.segment("b1").start == 3.5


@given(st.randoms(use_true_random=False))
def test_wherever_things_are_dragged_the_document_holds(chance):
    project = Project(story())
    for _ in range(6):
        item = chance.choice(project.document.items)
        home = chance.uniform(item.start, item.end)
        kind = chance.choice([MoveDrag, TrimDrag, SlipDrag])
        edge = [chance.choice(["start", "end"])] if kind is TrimDrag else []
        drag = kind.of(project.document, {item.id} if kind is MoveDrag else item.id, *edge, home)
        magnet = Magnet(snap_points(project.document, without={item.id}), 0.3)
        lane = chance.choice(["", PICTURE, "anna", "ben"])
        pull(project, drag, *(chance.uniform(-5, 40) for _ in range(3)), lane=lane, magnet=magnet)
        project.seal()
    check(project.document)


def test_what_an_item_shows_slips_within_its_media(project):
    pull(project, SlipDrag.of(project.document, "a2", 7.0), 6.0)
    assert project.document.segment("a2").offset == 5.0
    pull(project, SlipDrag.of(project.document, "a2", 7.0), 99.0)
    assert project.document.segment("a2").offset == 0.0


def test_marks_are_dragged(project):
    pull(project, MarkerDrag("here", 5.0), 6.0, 7.5)
    assert project.document.markers[0].time == 7.5

    pull(project, RangeDrag("new", 8.0), 8.0, 3.0)
    assert (project.document.range.start, project.document.range.end) == (3.0, 8.0)
    pull(project, RangeDrag("in", 3.0), 20.0)
    assert project.document.range.start < 8.0


def test_a_band_selects_what_it_touches_of_its_lanes(project):
    band = Band(2.0, "anna", frozenset({"still"}))

    assert band.touched(project.document, 7.0, {"anna"}) == {"a1", "a2", "still"}
    assert band.touched(project.document, 0.0, {"ben"}) == {"still"}


def test_room_is_looked_for_on_both_sides():
    document = story()
    rng = random.Random(3)
    for _ in range(200):
        by = rng.uniform(-30, 30)
        item = document.item(rng.choice(["a1", "a2", "a3", "b1", "first"]))
        found = nearest_free(document, [item], by)
        others = [other for other in document.on_lane(item.lane) if other.id != item.id]
        assert item.start + found >= -1e-9
        assert all(o.end <= item.start + found + 1e-6 or o.start >= item.end + found - 1e-6 for o in others)


def test_many_segments_find_room_together():
    lane = Lane(id="anna")
    many = [Segment(id=f"s{i}", lane="anna", media="voice", start=i * 2.0, end=i * 2 + 1.5) for i in range(400)]
    document = Document(media=(VOICE,), lanes=(lane,), segments=tuple(many))

    by = nearest_free(document, many[::2], 0.3)

    assert by == 0.3
    assert nearest_free(document, many[:200], 1.0) == 0.5
    assert nearest_free(document, many[:200], 700.0) == 800.0 - 0.5


EMPTY = Document(media=(VIDEO, PHOTO, VOICE))


def land(document, media, time, lane=PICTURE, magnet=None):
    project = Project(document)
    placement = place(media, Here(document, time, lane, magnet or Magnet()))
    project.do(placement.edit())
    project.undo()
    assert project.document == document
    project.redo()
    return project.document


def test_a_photo_lasts_as_long_as_the_voice_that_is_dropped_on_it():
    document = land(EMPTY, [PHOTO], 0.0)
    assert document.clips[0].end == STILL

    document = land(document, [VOICE], 0.0)

    assert len(document.lanes) == 1
    assert (document.clips[0].end, document.segments[0].end) == (12.0, 12.0)


def test_a_video_and_a_voice_together_begin_together():
    document = land(EMPTY, [VIDEO, VOICE], 3.0)

    assert document.clips[0].start == document.segments[0].start == 3.0


def test_a_video_dropped_on_a_voice_lane_is_a_voice():
    document = land(replace(EMPTY, lanes=(Lane(id="anna"),)), [VIDEO], 1.0, lane="anna")

    assert document.segments[0].media == "video"
    assert not document.clips


def test_below_the_lanes_a_new_one_is_made_and_elsewhere_the_first_is_taken():
    one = replace(EMPTY, lanes=(Lane(id="anna"),))

    assert len(land(one, [VOICE], 0.0, lane="").lanes) == 2
    assert land(one, [VOICE], 0.0, lane=PICTURE).segments[0].lane == "anna"


def test_what_is_dropped_finds_room_and_snaps():
    document = story()

    landed = land(document, [VOICE], 7.0, lane="anna")

    new = next(s for s in landed.segments if s.id not in {"a1", "a2", "a3", "b1"})
    assert new.start == 9.0
    points = snap_points(document)
    assert place([VOICE], Here(document, 29.95, "ben", Magnet(points, 0.2))).items[0].start == 30.0


def test_what_was_not_probed_cannot_be_placed_and_says_so():
    with pytest.raises(ProjectError, match=r"other\.wav: is still being looked at"):
        place([UNPROBED], Here(story(), 0.0, "anna"))


def test_each_segment_knows_its_picture():
    cast = casting(story())

    assert {name: media.id for name, media in cast.items()} == {
        "a1": "video", "b1": "video", "a2": "video", "a3": "photo",
    }  # fmt: skip


def test_another_voice_shortens_what_it_cannot_fill():
    document = story()
    short = replace(VOICE, id="short", path=VOICE.path.with_name("short.wav"), facts=replace(VOICE.facts, duration=2.0))
    project = Project(replace(document, media=(*document.media, short)))

    project.do(speak_with({"a1", "a2"}, "short"))

    assert [s.end - s.start for s in project.document.segments if s.media == "short"] == [2.0, 2.0]
    project.undo()
    assert project.document.segment("a1").end == 4.0


def test_repeated_shifts_of_the_speech_are_one_step(project):
    for _ in range(3):
        project.do(shift_speech({"a1"}, 0.01))
    assert project.document.segment("a1").audio_offset == 0.03

    for _ in range(3):
        project.do(shift_speech({"a1"}, -0.01))
    assert project.undo_title is None


def test_a_gap_of_all_lanes_is_closed():
    document = Document(
        media=(VIDEO, VOICE),
        lanes=(Lane(id="anna"),),
        clips=(Clip(id="one", media="video", start=4.0, end=6.0),),
        segments=(Segment(id="two", lane="anna", media="voice", start=8.0, end=9.0),),
    )
    project = Project(document)

    project.do(gap_at(project.document, 7.0))
    project.do(gap_at(project.document, 1.0))

    assert edges(project.document) == (0.0, 2.0, 3.0)
    with pytest.raises(ProjectError, match="no gap here"):
        gap_at(project.document, 1.0)
