"""Documents and random edits for the tests of `project`."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkface_studio.faces.choice import FaceChoice
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Fingerprint, Media, MediaFacts
from talkface_studio.project.document.timeline import Clip, Lane, Marker, Segment
from talkface_studio.project.edit import clipboard, items, lanes, marks, segments
from talkface_studio.project.edit.edit import Edit
from talkface_studio.project.edit.media import add_media, relink_media, remove_media

FOLDER = Path("/media")
PRINT = Fingerprint(size=1000, digest="ab" * 16)
VIDEO = Media(
    id="video",
    path=FOLDER / "talk.mp4",
    kind="video",
    fingerprint=PRINT,
    facts=MediaFacts(duration=20.0, width=1280, height=720, frame_rate=Fraction(25), has_sound=True),
)
PHOTO = Media(id="photo", path=FOLDER / "face.jpg", kind="photo", facts=MediaFacts(duration=0.0, width=512, height=512))
VOICE = Media(id="voice", path=FOLDER / "voice.wav", kind="audio", facts=MediaFacts(duration=12.0, has_sound=True))
UNPROBED = Media(id="other", path=FOLDER / "other.wav", kind="audio")


def story() -> Document:
    """A video of 20 s, cut in two, then a photo; two voices on two lanes."""
    return Document(
        media=(VIDEO, PHOTO, VOICE, UNPROBED),
        clips=(
            Clip(id="first", media="video", start=0.0, end=10.0),
            Clip(id="second", media="video", start=10.0, end=20.0, offset=10.0),
            Clip(id="still", media="photo", start=20.0, end=30.0),
        ),
        lanes=(Lane(id="anna", name="Anna"), Lane(id="ben", name="Ben")),
        segments=(
            Segment(id="a1", lane="anna", media="voice", start=1.0, end=4.0),
            Segment(id="b1", lane="ben", media="other", start=3.0, end=9.0, face=FaceChoice(index=1)),
            Segment(id="a2", lane="anna", media="voice", start=6.0, end=9.0, offset=4.0),
            Segment(id="a3", lane="anna", media="voice", start=21.0, end=24.0, model="atvg", options={"steps": 3}),
        ),
        markers=(Marker(id="here", time=5.0, name="here"),),
    )


def random_edit(document: Document, chance: random.Random) -> Edit:
    """Some edit, likely but not certain to be possible."""
    ids = [item.id for item in document.items] or ["none"]
    spoken = [segment.id for segment in document.segments] or ["none"]
    some = set(chance.sample(ids, min(len(ids), chance.randint(1, 3))))
    voices = [lane.id for lane in document.lanes] or ["none"]
    bin_ids = [media.id for media in document.media] or ["none"]
    time = round(chance.uniform(0, 40), 2)
    said = {chance.choice(spoken)}
    new_path = FOLDER / f"{chance.randint(0, 9)}.wav"
    makers = [
        lambda: add_media([Media(path=new_path, kind="audio")]),
        lambda: remove_media({chance.choice(bin_ids)}),
        lambda: relink_media(chance.choice(bin_ids), new_path),
        lambda: items.add_items([Clip(media=chance.choice(bin_ids), start=time, end=time + 2)]),
        lambda: items.add_items(
            [Segment(lane=chance.choice(voices), media=chance.choice(bin_ids), start=time, end=time + 1)]
        ),
        lambda: items.trim(chance.choice(ids), start=time),
        lambda: items.trim(chance.choice(ids), end=time),
        lambda: items.split(some, time),
        lambda: items.move(some, chance.uniform(-5, 5)),
        lambda: items.move(said, 0.5, chance.choice(voices)),
        lambda: items.slip(chance.choice(ids), chance.uniform(0, 3)),
        lambda: items.delete(some, ripple=chance.random() < 0.5),
        lambda: items.duplicate(some),
        lambda: items.insert_gap(time, 1.0),
        lambda: items.close_gap(time, time + 0.5),
        lambda: segments.assign_face(said, chance.choice([None, FaceChoice(2), FaceChoice(0, (3.0, 4.0), 1.0)])),
        lambda: segments.assign_voice(said, chance.choice(bin_ids)),
        lambda: segments.set_model(said, chance.choice(["atvg", None]), {"steps": 2}),
        lambda: segments.set_option(said, "steps", chance.choice([None, 1, 2.5, "many", True])),
        lambda: segments.set_seed(said, chance.randint(0, 9)),
        lambda: segments.set_audio_offset(said, chance.uniform(-1, 1)),
        lambda: segments.set_muted(said, muted=chance.random() < 0.5),
        lambda: lanes.add_lane(Lane(name="new")),
        lambda: lanes.remove_lane(chance.choice(voices)),
        lambda: lanes.change_lane(chance.choice(voices), muted=chance.random() < 0.5),
        lambda: lanes.move_lane(chance.choice(voices), 0),
        lambda: marks.add_marker(Marker(time=time)),
        lambda: marks.change_marker("here", time=time),
        lambda: marks.remove_markers({"here"}),
        lambda: marks.set_range(time, time + 3),
        lambda: marks.set_export(replace(document.export, crf=chance.randint(10, 30))),
        lambda: clipboard.paste(clipboard.copy(document, some), time),
    ]
    return chance.choice(makers)()
