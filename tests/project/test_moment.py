"""What the viewer shows and plays at an instant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from talkface_studio.dubbing.documents import document_of
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts
from talkface_studio.project.document.timeline import Clip, Lane, Segment
from talkface_studio.project.export.moment import SoundStretch, dub_moment, sound, source_moment, with_model
from talkface_studio.project.export.plan import plan_exports
from talkface_studio.project.export.request import dub_request

VIDEO = Media(id="v", path=Path("/m/v.mp4"), kind="video", facts=MediaFacts(duration=10.0, has_sound=True))
PHOTO = Media(id="p", path=Path("/m/p.jpg"), kind="photo", facts=MediaFacts(duration=0.0))
VOICE = Media(id="s", path=Path("/m/s.wav"), kind="audio", facts=MediaFacts(duration=20.0, has_sound=True))
DOCUMENT = Document(
    media=(VIDEO, PHOTO, VOICE),
    clips=(Clip(id="c1", media="v", start=1.0, end=7.0, offset=2.0), Clip(id="c2", media="p", start=7.0, end=12.0)),
    lanes=(Lane(id="l"), Lane(id="m")),
    segments=(
        Segment(id="a", lane="l", media="s", start=2.0, end=4.0, offset=5.0, audio_offset=0.25),
        Segment(id="b", lane="l", media="s", start=8.0, end=10.0, offset=1.0),
    ),
)


def test_the_source_frame_counts_in_the_file() -> None:
    assert source_moment(DOCUMENT, 0.5) is None
    assert source_moment(DOCUMENT, 3.0).time == 4.0
    assert source_moment(DOCUMENT, 9.0).time == 0.0


def test_a_dubbed_video_frame_has_the_speech_where_the_timeline_has_it() -> None:
    moment = dub_moment(DOCUMENT, 3.0)
    assert (moment.segment, moment.time) == ("a", 4.0)
    assert (moment.dub["start"], moment.dub["end"]) == (3.0, 5.0)
    # In a dub the speech's first sample stands at start + audio_offset: 5 s into the speech are heard at 3.25 s.
    assert moment.dub["start"] + moment.dub["audio_offset"] + 5.0 == 3.25
    assert dub_moment(DOCUMENT, 5.0) is None


def test_a_segment_that_began_before_its_clip() -> None:
    early = replace(DOCUMENT, segments=(replace(DOCUMENT.segments[0], start=0.0, end=4.0),))
    uncut = replace(early, clips=(replace(DOCUMENT.clips[0], offset=0.0),))
    moment = dub_moment(uncut, 3.0)
    assert moment.dub["start"] == 0.0
    # The timeline's 0 s, where 5 s into the speech are due, lies 1 s before the file begins.
    assert moment.dub["audio_offset"] == 0.25 - 5.0 - 1.0


def test_over_a_photo_the_dub_is_what_will_be_exported() -> None:
    moment = dub_moment(DOCUMENT, 9.5)
    (export,) = [export for export in plan_exports(DOCUMENT, Path("/out")).exports if export.picture == PHOTO.path]
    planned = document_of(dub_request(export, DOCUMENT))
    assert (moment.segment, moment.time) == ("b", 2.5)
    assert {name: moment.dub[name] for name in ("face", "parts", "trim_end")} == {
        name: planned[name] for name in ("face", "parts", "trim_end")
    }
    # Before and behind what is said, the photo is that of the export too.
    assert dub_moment(DOCUMENT, 7.5) == replace(moment, time=0.5)
    assert dub_moment(DOCUMENT, 12.5) is None


def test_another_model_takes_over_all_lines_of_a_photo() -> None:
    dub = with_model({**dub_moment(DOCUMENT, 9.5).dub, "options": {"steps": 3}}, "sdm", "paper")
    assert (dub["model"], dub["preset"], dub["options"]) == ("sdm", "paper", {})
    assert [(part["model"], part["preset"], part["options"]) for part in dub["parts"]] == [("sdm", "paper", {})]


def test_the_selected_one_of_several_voices_is_dubbed() -> None:
    other = Segment(id="o", lane="m", media="s", start=2.0, end=4.0, face=FaceChoice(point=(3.0, 4.0), time=1.0))
    two = replace(DOCUMENT, segments=(*DOCUMENT.segments, other))
    assert dub_moment(two, 3.0).segment == "a"
    chosen = dub_moment(two, 3.0, frozenset({"o"}))
    assert chosen.dub["face_choice"] == {"index": 0, "point": [3.0, 4.0], "time": 1.0}
    muted = replace(two, lanes=(Lane(id="l", muted=True), Lane(id="m")))
    assert dub_moment(muted, 3.0).segment == "o"


def test_a_voice_takes_the_place_of_the_clip_s_sound() -> None:
    assert sound(DOCUMENT) == (
        SoundStretch(VOICE.path, 2.0, 4.0, 4.75),
        SoundStretch(VOICE.path, 8.0, 10.0, 1.0),
        SoundStretch(VIDEO.path, 1.0, 2.0, 2.0),
        SoundStretch(VIDEO.path, 4.0, 7.0, 5.0),
    )
