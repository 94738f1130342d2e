from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from project_documents import PHOTO, VIDEO, VOICE, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.check import check
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.timeline import Clip, Lane, Marker, Segment
from talkface_studio.project.edit import clipboard, items, lanes, marks, segments
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.edit.limits import move_limits, trim_limits
from talkface_studio.project.edit.media import add_media, relink_media
from talkface_studio.project.edit.snapping import Snap, SnapPoint, snap, snap_points


def done(edit: Edit, document: Document | None = None) -> Document:
    after = edit.apply(story() if document is None else document)
    check(after)
    return after


def spans(document: Document, lane: str) -> list[tuple[float, float]]:
    return [(item.start, item.end) for item in document.on_lane(lane)]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (items.trim("a1", end=7.0), r"voice.wav at 6.00 s: would overlap the segment of voice.wav at 1.00 s, which"),
        (items.trim("a1", end=1.0), "would last 0.000 s; the shortest is 0.01 s"),
        (items.trim("a1", end=math.nan), "must be finite"),
        (items.trim("a1", start=0.5), "voice.wav: begins 0.50 s later than that"),
        (items.trim("a3", end=36.0), "voice.wav: lasts 12.00 s, not 15.00 s"),
        (items.move({"a1"}, -2.0), "before the timeline does"),
        (items.move({"a1"}, 3.0), "would overlap"),
        (items.move({"a1"}, 0.0, "nobody"), "its voice lane 'nobody' does not exist"),
        (items.slip("a1", 10.0), "lasts 12.00 s, not 13.00 s"),
        (items.delete({"gone"}), "there is no clip or segment 'gone'"),
        (items.duplicate({"gone"}), "nothing to duplicate"),
        (items.close_gap(3.5, 5.0), "the gap is not empty"),
        (items.add_items([Clip(media="voice", start=40, end=41)]), "voice.wav: has no picture"),
        (items.add_items([Segment(lane="ben", media="photo", start=40, end=41)]), "face.jpg: has no sound"),
        (items.add_items([Segment(lane="ben", media="gone", start=40, end=41)]), "no media file 'gone'"),
        (items.add_items([Clip(id="a1", media="photo", start=40, end=41)]), "id 'a1' is used twice"),
        (segments.assign_face({"a1"}, FaceChoice(-1)), "negative number or time; pick it again"),
        (segments.assign_voice({"a1"}, "photo"), "face.jpg: has no sound"),
        (segments.assign_voice({"a1"}, "voice", 11.0), "lasts 12.00 s, not 14.00 s"),
        (segments.set_seed({"first"}, 1), "there is no segment 'first'"),
        (segments.set_audio_offset({"a1"}, math.inf), "finite"),
        (lanes.change_lane("nobody", name="x"), "there is no voice lane 'nobody'"),
        (lanes.move_lane("anna", 2), "no place 2 among 2"),
        (marks.add_marker(Marker(time=-1.0)), "before the timeline"),
        (marks.remove_markers({"gone"}), "no marker 'gone'"),
        (marks.set_range(5.0, 5.0), "must lie behind the in point at 5.00 s"),
        (marks.set_range(-1.0, None), "must be 0 s or later"),
        (relink_media("voice", VIDEO.path), "talk.mp4: is in the project already"),
    ],
)
def test_what_is_impossible_is_said_in_one_line(edit: Edit, message: str) -> None:
    with pytest.raises(ProjectError, match=message) as raised:
        done(edit)
    assert "\n" not in str(raised.value)


def test_media_are_added_once() -> None:
    again = replace(VOICE, id="again")
    new = replace(VOICE, id="new", path=VOICE.path.with_name("new.wav"))
    assert [entry.id for entry in done(add_media([again, new, replace(new, id="twice")])).media][4:] == ["new"]
    with pytest.raises(ValueError, match="absolute"):
        add_media([replace(VOICE, path=VOICE.path.relative_to("/"))])


def test_ripple_closes_what_was_deleted_on_its_own_lane() -> None:
    after = done(items.delete({"first", "a1"}, ripple=True))
    assert spans(after, "picture") == [(0.0, 10.0), (10.0, 20.0)]
    assert spans(after, "anna") == [(3.0, 6.0), (18.0, 21.0)]
    assert spans(after, "ben") == [(3.0, 9.0)]


def test_gaps_move_all_lanes_and_markers() -> None:
    after = done(items.insert_gap(5.0, 2.0))
    assert spans(after, "anna") == [(1.0, 4.0), (8.0, 11.0), (23.0, 26.0)]
    assert spans(after, "ben") == [(3.0, 9.0)]
    assert after.markers[0].time == 7.0
    cleared = done(items.delete({"second"}), after)
    assert spans(done(items.close_gap(12.0, 14.0), cleared), "picture") == [(0.0, 10.0), (20.0, 30.0)]


def test_a_duplicate_goes_where_all_of_it_fits() -> None:
    after = done(items.duplicate({"a1", "a2"}))
    assert spans(after, "anna") == [(1.0, 4.0), (6.0, 9.0), (9.0, 12.0), (14.0, 17.0), (21.0, 24.0)]
    alone = done(items.duplicate({"a1"}))
    assert spans(alone, "anna")[2] == (9.0, 12.0)
    assert alone.on_lane("anna")[2].offset == 0.0


def test_moves_change_the_lane_of_segments_only() -> None:
    after = done(items.move({"a3", "still"}, 1.0, "ben"))
    assert spans(after, "ben") == [(3.0, 9.0), (22.0, 25.0)]
    assert spans(after, "picture")[2] == (21.0, 31.0)


def test_options_belong_to_their_model() -> None:
    after = done(segments.set_option({"a3"}, "steps", None))
    assert after.segment("a3").options == {}
    after = done(segments.set_model({"a3"}, "ltfg-gan", {"adapt": 10}), after)
    assert (after.segment("a3").model, after.segment("a3").options) == ("ltfg-gan", {"adapt": 10})


def test_edges_can_be_dragged_exactly_as_far_as_the_limits_say() -> None:
    document = story()
    for item_id in ("a1", "a2", "a3", "b1", "first", "still"):
        limits = trim_limits(document, item_id)
        probes: list[tuple[Callable[[float], Edit], float, float]] = [
            (lambda t, i=item_id: items.trim(i, start=t), limits.first_start, limits.last_start),
            (lambda t, i=item_id: items.trim(i, end=t), limits.first_end, limits.last_end),
        ]
        for edit, low, high in probes:
            for inside, outside in ((low, low - 0.01), (high, high + 0.01)):
                if math.isfinite(inside):
                    done(edit(inside))
                    with pytest.raises(ProjectError):
                        done(edit(outside))
    assert move_limits(document, {"a1", "a2"}) == (-1.0, 12.0)
    assert move_limits(document, {"second"}) == (0.0, 0.0)
    assert move_limits(document, {"still"}) == (0.0, math.inf)


def test_what_is_heard_and_shown_at_an_instant() -> None:
    document = done(lanes.change_lane("ben", muted=True))
    assert [segment.id for segment in document.segments_at(3.5)] == ["a1"]
    assert [segment.id for segment in story().segments_at(3.5)] == ["a1", "b1"]
    clip = document.clip_at(10.0)
    assert clip is not None
    assert clip.id == "second"
    assert document.clip_at(30.0) is None


def test_the_nearest_edge_snaps() -> None:
    points = snap_points(done(marks.set_range(12.5, None)), playhead=7.0, without={"a1", "first"})
    assert points[0] == SnapPoint(0.0, "begin")
    assert SnapPoint(12.5, "range") in points
    assert not any(point.id in {"a1", "first"} for point in points)
    assert snap([4.8, 7.05], points, 0.3) == Snap(pytest.approx(-0.05), SnapPoint(7.0, "playhead"))
    assert snap([4.95, 7.2], points, 0.3) == Snap(pytest.approx(0.05), SnapPoint(5.0, "marker", "here"))
    assert snap([14.0], points, 0.3) is None


def test_paste_reuses_media_and_finds_room() -> None:
    text = clipboard.copy(story(), {"a1", "b1", "still"})
    after = done(clipboard.paste(text, 40.0))
    assert after.media == story().media
    assert spans(after, "anna")[-1] == (40.0, 43.0)
    assert spans(after, "ben")[-1] == (42.0, 48.0)
    assert spans(after, "picture")[-1] == (59.0, 69.0)
    crowded = done(clipboard.paste(clipboard.copy(story(), {"a1"}), 2.0))
    assert spans(crowded, "anna") == spans(story(), "anna")
    assert spans(crowded, crowded.lanes[-1].id) == [(2.0, 5.0)]


def test_paste_into_another_project_brings_the_media() -> None:
    text = clipboard.copy(story(), {"a1", "still"})
    taken = Document(media=(replace(PHOTO, id="voice", path=PHOTO.path.with_name("x.jpg")),), lanes=(Lane(id="own"),))
    after = done(clipboard.paste(text, 0.0), taken)
    assert [entry.path.name for entry in after.media] == ["x.jpg", "face.jpg", "voice.wav"]
    assert len({entry.id for entry in after.media}) == 3
    assert [len(after.on_lane(lane.id)) for lane in after.lanes] == [0, 1]


@pytest.mark.parametrize("text", ["", "hello", "[1]", "{}", '{"media": []}', '{"media": 3, "clips": []}'])
def test_other_text_is_not_pasted(text: str) -> None:
    with pytest.raises(ProjectError, match="the clipboard holds no clips or segments"):
        clipboard.paste(text, 0.0)


def test_text_of_a_newer_version_is_not_pasted() -> None:
    with pytest.raises(ProjectError, match="newer version"):
        clipboard.paste('{"version": 99}', 0.0)
