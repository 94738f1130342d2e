from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from project_documents import FOLDER, PHOTO, VIDEO, VOICE, story
from talkface_studio.api.errors import ProjectError
from talkface_studio.dubbing.soundtrack import Soundtrack, Voice
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.description import describe
from talkface_studio.media.probe import probe
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import MediaFacts, MediaProblem, guess_kind
from talkface_studio.project.document.settings import ExportSettings
from talkface_studio.project.document.timeline import Clip, Lane, Segment, TimeRange
from talkface_studio.project.edit import items, lanes, segments
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.edit.media import learn
from talkface_studio.project.export.pairs import pair_exports
from talkface_studio.project.export.plan import plan_exports
from talkface_studio.project.export.planned import DubEntry, PlannedExport
from talkface_studio.project.export.request import dub_request

OUT = Path("/out")
SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def document_of(clip: Clip, *spoken: Segment) -> Document:
    return Document(media=(VIDEO, PHOTO, VOICE), clips=(clip,), lanes=(Lane(id="one"),), segments=spoken)


def ranges(export: PlannedExport) -> list[tuple[str | None, float, float | None, float]]:
    return [(entry.segment, entry.start, entry.end, entry.offset) for entry in export.entries]


def test_segments_are_given_on_the_pictures_own_time() -> None:
    plan = plan_exports(story(), OUT)
    assert plan.problems == ()
    video, still = plan.exports
    # The two clips of the video are one stretch, since only a split parts them.
    assert (video.picture, video.start, video.end) == (VIDEO.path, 0.0, None)
    assert ranges(video) == [("a1", 1.0, 4.0, 0.0), ("b1", 3.0, 9.0, 0.0), ("a2", 6.0, 9.0, 4.0)]
    assert [entry.face for entry in video.entries] == [FaceChoice(0), FaceChoice(1), FaceChoice(0)]
    assert (still.picture, still.start, still.end) == (PHOTO.path, 0.0, 10.0)
    assert ranges(still) == [("a3", 1.0, 4.0, 0.0)]
    assert (still.entries[0].model, still.entries[0].options) == ("atvg", {"steps": 3})
    assert [export.output for export in plan.exports] == [OUT / "talk-dub.mp4", OUT / "face-dub.mp4"]


def test_a_split_alone_changes_no_export() -> None:
    split = items.split({"second", "still"}, 15.0).apply(items.split({"still"}, 22.0).apply(story()))
    assert len(split.clips) == 5
    assert len(plan_exports(split, OUT).exports) == 2


def test_a_segment_over_a_cut_is_parted_and_keeps_its_sound() -> None:
    # The second half of the film comes first, so the stretches do not follow each other in the media.
    clips = (
        Clip(id="late", media="video", start=0.0, end=5.0, offset=12.0),
        Clip(id="early", media="video", start=5.0, end=10.0),
    )
    segment = Segment(id="s", lane="one", media="voice", start=4.0, end=8.0, offset=1.0, audio_offset=0.25)
    document = replace(document_of(clips[0], segment), clips=clips)
    late, early = plan_exports(document, OUT, taken=[OUT / "talk-dub.mp4"]).exports
    assert (late.start, late.end, ranges(late)) == (12.0, 17.0, [("s", 16.0, 17.0, 1.0)])
    assert (early.start, early.end, ranges(early)) == (0.0, 5.0, [("s", 0.0, 3.0, 2.0)])
    assert [entry.audio_offset for entry in (*late.entries, *early.entries)] == [0.25, 0.25]
    assert [late.output.name, early.output.name] == ["talk-dub-2.mp4", "talk-dub-3.mp4"]


def test_in_and_out_points_cut_everything() -> None:
    plan = plan_exports(replace(story(), range=TimeRange(start=3.5, end=22.0)), OUT)
    video, still = plan.exports
    assert (video.start, video.end) == (3.5, None)
    assert ranges(video) == [("a1", 3.5, 4.0, 2.5), ("b1", 3.5, 9.0, 0.5), ("a2", 6.0, 9.0, 4.0)]
    assert (still.start, still.end, ranges(still)) == (0.0, 2.0, [("a3", 1.0, 2.0, 0.0)])
    inside_the_photo = plan_exports(replace(story(), range=TimeRange(start=21.5)), OUT).exports
    assert [ranges(export) for export in inside_the_photo] == [[("a3", 0.0, 2.5, 0.5)]]


def test_what_is_muted_is_left_out() -> None:
    document = lanes.change_lane("ben", muted=True).apply(segments.set_muted({"a1"}, muted=True).apply(story()))
    assert ranges(plan_exports(document, OUT).exports[0]) == [("a2", 6.0, 9.0, 4.0)]


def test_a_voice_alone_needs_no_picture() -> None:
    document = segments.assign_face({"a2"}, None).apply(story())
    alone = plan_exports(document, OUT).exports[-1]
    assert (alone.picture, alone.output.name) == (None, "voice-dub.mp4")
    assert ranges(alone) == [("a2", 0.0, 3.0, 4.0)]


@pytest.mark.parametrize(
    ("edit", "problem_id", "message", "left"),
    [
        (items.delete({"a1", "a2", "a3", "b1"}), "", "nothing is dubbed here", []),
        (items.delete({"still"}), "a3", "there is no picture below it", ["a1", "b1", "a2"]),
        (items.move({"a3"}, -2.5), "a3", "face was picked in one of the clips below", ["a1", "b1", "a2"]),
        (segments.assign_face({"b1"}, FaceChoice()), "b1", "dubs the same face as", ["a1"]),
    ],
)
def test_what_stands_in_the_way_is_said(edit: Edit, problem_id: str, message: str, left: list[str]) -> None:
    picked = segments.assign_face({"a3"}, FaceChoice(0, (5.0, 5.0), 3.0)).apply(story())
    plan = plan_exports(edit.apply(picked), OUT)
    assert problem_id in [problem.id for problem in plan.problems if problem.blocking]
    assert message in plan.problems[0].reason
    exported = [entry.segment for export in plan.exports for entry in export.entries]
    assert exported[: len(left)] == left
    assert problem_id not in exported


def test_a_segment_that_reaches_beyond_its_picture_is_exported_as_far_as_there_is_one() -> None:
    plan = plan_exports(items.trim("still", end=23.0).apply(story()), OUT)
    (problem,) = plan.problems
    assert (problem.id, problem.blocking) == ("a3", False)
    assert problem.reason == "segment of voice.wav at 21.00 s: 1.00 s of it have no picture below and are left out"
    assert ranges(plan.exports[-1]) == [("a3", 1.0, 3.0, 0.0)]


def test_a_file_that_became_shorter_is_named() -> None:
    shorter = learn(VOICE, facts=MediaFacts(duration=6.5, has_sound=True))(story())
    (problem,) = plan_exports(shorter, OUT).problems
    assert problem.reason == "segment of voice.wav at 6.00 s: its file ends 0.50 s before it does; trim it"
    assert (problem.id, problem.blocking) == ("a2", False)


def test_files_that_turn_out_otherwise_are_named() -> None:
    document = learn(VIDEO, kind="audio")(story())
    plan = plan_exports(document, OUT)
    assert [problem.reason for problem in plan.problems] == [
        "talk.mp4: has no picture; take it off the picture lane",
    ]
    assert [export.picture for export in plan.exports] == [PHOTO.path]
    gone = learn(VOICE, problem=MediaProblem(status="missing", reason="voice.wav is gone"))(story())
    assert [problem.reason for problem in plan_exports(gone, OUT).problems] == ["voice.wav is gone"]
    assert [ranges(export) for export in plan_exports(gone, OUT).exports] == [[("b1", 3.0, 9.0, 0.0)]]


def test_an_export_is_plain_data() -> None:
    for export in plan_exports(story(), OUT).exports:
        plain = json.loads(json.dumps(export.to_plain()))
        assert PlannedExport.from_plain(plain) == export
    with pytest.raises(ValueError, match="entries: Field required"):
        PlannedExport.from_plain({"picture": None, "output": "a.mp4", "settings": {}})


def test_a_video_with_one_voice_is_one_dub() -> None:
    document = document_of(
        Clip(media="video", start=5.0, end=25.0),
        Segment(lane="one", media="voice", start=7.0, end=12.0, offset=2.0, audio_offset=0.5, seed=3, model="ltfg-gan"),
    )
    document = replace(document, export=ExportSettings(codec="hevc", crf=20, folder=FOLDER, device="cpu", label=True))
    (export,) = plan_exports(document, OUT).exports
    request = dub_request(export, document)
    assert (request.face, request.speech, request.output) == (VIDEO.path, VOICE.path, FOLDER / "talk-dub.mp4")
    assert (request.start, request.end, request.audio_offset, request.label) == (2.0, 7.0, -1.5, True)
    assert (request.model, request.seed, request.encoding.codec, request.encoding.crf, request.device) == (
        "ltfg-gan",
        3,
        "hevc",
        20,
        "cpu",
    )


def test_a_photo_with_all_of_a_voice_is_one_dub() -> None:
    photo = Clip(media="photo", start=0.0, end=12.0)
    document = document_of(photo, Segment(lane="one", media="voice", start=0.0, end=12.0))
    request = dub_request(plan_exports(document, OUT).exports[0], document)
    assert (request.face, request.start, request.end, request.audio_offset) == (PHOTO.path, None, None, 0.0)


def test_a_part_of_a_video_is_trimmed() -> None:
    clip = Clip(media="video", start=0.0, end=10.0, offset=4.0)
    document = document_of(clip, Segment(lane="one", media="voice", start=1.0, end=5.0, offset=2.0, audio_offset=0.25))
    request = dub_request(plan_exports(document, OUT).exports[0], document)
    assert (request.trim_start, request.trim_end) == (4.0, 14.0)
    assert [(part.start, part.end, part.audio_offset) for part in request.parts] == [(5.0, 9.0, -1.75)]


@pytest.mark.parametrize(("end", "said"), [(12.0, 5.0), (30.0, 12.0), (5.0, 5.0)])
def test_a_photo_lasts_as_its_clip_does(end: float, said: float) -> None:
    segment = Segment(lane="one", media="voice", start=0.0, end=said)
    document = document_of(Clip(media="photo", start=0.0, end=end), segment)
    request = dub_request(plan_exports(document, OUT).exports[0], document)
    assert (request.trim_start, request.trim_end) == (None, end)
    assert [(part.start, part.end) for part in request.parts] == [(0.0, said)]


def test_several_voices_are_the_parts_of_a_plan() -> None:
    request = dub_request(plan_exports(story(), OUT).exports[0], story())
    assert [(part.speech.name, part.face_choice.index, part.start, part.end) for part in request.parts] == [
        ("voice.wav", 0, 1.0, 4.0),
        ("other.wav", 1, 3.0, 9.0),
        ("voice.wav", 0, 6.0, 9.0),
    ]
    assert request.parts[2].audio_offset == -4.0
    assert (request.trim_start, request.trim_end) == (None, None)


def test_a_part_of_a_voice_makes_no_face() -> None:
    document = segments.assign_face({"a2"}, None).apply(story())
    with pytest.raises(ProjectError, match="takes all of it"):
        dub_request(plan_exports(document, OUT).exports[-1], document)


def test_everything_is_paired_with_everything() -> None:
    faces = [Path("/in/a.jpg"), Path("/in/b.mp4")]
    voices = [Path("/in/x.wav"), Path("/else/x.wav")]
    exports = pair_exports(faces, voices, OUT, model="atvg", taken=[OUT / "b-x.mp4"])
    assert [(e.picture, e.entries[0].speech, e.output.name) for e in exports] == [
        (faces[0], voices[0], "a-x.mp4"),
        (faces[0], voices[1], "a-x-2.mp4"),
        (faces[1], voices[0], "b-x-2.mp4"),
        (faces[1], voices[1], "b-x-3.mp4"),
    ]
    assert exports[0].entries == (DubEntry(speech=voices[0], model="atvg"),)
    request = dub_request(exports[2])
    assert (request.face, request.start, request.end, request.model) == (faces[1], None, None, "atvg")
    one_by_one = pair_exports(faces, voices, OUT, pairing="zip")
    assert [export.output.name for export in one_by_one] == ["a-x.mp4", "b-x.mp4"]
    with pytest.raises(ProjectError, match="2 faces do not go with 1 voices"):
        pair_exports(faces, voices[:1], OUT, pairing="zip")
    with pytest.raises(ProjectError, match="nothing to pair"):
        pair_exports(faces, [], OUT)


def test_the_request_is_heard_as_the_entry_says() -> None:
    segment = Segment(lane="one", media="voice", start=7.0, end=9.0, offset=1.5, audio_offset=0.5)
    document = document_of(Clip(media="video", start=5.0, end=25.0), segment)
    request = dub_request(plan_exports(document, OUT).exports[0], document)
    with AudioReader(SAMPLES / "speech.wav") as speech:
        start = request.start or 0.0
        track = Soundtrack([Voice(speech, start, request.end or 0.0, request.audio_offset)])
        rate = speech.rate
        heard = track.read(0, 5 * rate).samples[0]
        expected = speech.read(1.0, 3.0).samples[0]
    np.testing.assert_array_equal(heard[2 * rate : 4 * rate], expected)
    assert np.abs(expected).max() > 0.01
    assert not heard[: 2 * rate].any()
    assert not heard[4 * rate :].any()


@pytest.mark.parametrize("name", ["video.mp4", "portrait.jpg", "speech.wav"])
def test_facts_are_what_a_probe_says(name: str) -> None:
    info = probe(SAMPLES / name)
    facts = MediaFacts.from_probe(json.loads(json.dumps(describe(info))))
    assert guess_kind(info.path) == info.kind
    assert facts.duration == pytest.approx(info.duration, abs=1e-6)
    assert facts.has_sound == bool(info.audios)
    assert (facts.width, facts.height) == (
        (info.videos[0].width, info.videos[0].height) if info.videos else (None,) * 2
    )
    assert facts.frame_rate == (info.videos[0].frame_rate if info.kind == "video" else None)
