"""Frames at instants that jump about are those of the whole dub, and persons keep their numbers."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import toy_generators
from talkface_studio.api.errors import FaceNotFoundError, MediaError
from talkface_studio.api.values import VideoFrame
from talkface_studio.dubbing import preview as preview_module
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.instants import Instants
from talkface_studio.dubbing.preview import Previews
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.dubbing.warm import Warm
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter

from .conftest import SAMPLES


@pytest.fixture
def previews(catalog, folders):
    made = Previews(catalog, folders)
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two faces beside each other, the larger one on the right, for 20 frames; then only the right one."""
    path = tmp_path_factory.mktemp("pair") / "pair.mp4"
    with VideoReader(SAMPLES / "video.mp4") as reader:
        frames = list(reader.frames(0.0, 1.2))
        settings = VideoSettings(width=768, height=512, frame_rate=reader.info.frame_rate)
    from talkface_studio.media.photo import read_photo

    other = read_photo(SAMPLES / "portrait.jpg").pixels[40:296, 100:356]
    with MediaWriter(path, settings, None, Encoding(crf=12)) as writer:
        for number, frame in enumerate(frames):
            shown = np.full((512, 768, 3), 90, np.uint8)
            shown[:, 256:] = frame.pixels
            if number < 20:
                shown[256:, :256] = other
            writer.write_frame(VideoFrame(shown, frame.time, number))
        writer.finish()
    return path


def test_previews_of_a_clip_are_frames_of_its_dub(previews, clip, voice, tmp_path, catalog, folders):
    lossless = Encoding(codec="ffv1")
    request = DubRequest(face=clip, speech=voice, output=tmp_path / "out.mkv", model="atvg", encoding=lossless)
    dub(request, catalog, folders)
    with VideoReader(clip) as plain, VideoReader(request.output) as whole:
        for at in (1.1, 0.1, 0.6):
            shown, frame, source = previews.preview(request, at), whole.frame_at(at), plain.frame_at(at)
            assert shown.time == pytest.approx(frame.time, abs=1e-3)
            assert shown.face_found == (at != 0.6)
            off = np.abs(shown.pixels.astype(int) - frame.pixels).mean()
            changed = np.abs(frame.pixels.astype(int) - source.pixels).mean()
            assert off < (0.25 * changed + 0.4), (at, off, changed)


def test_what_is_open_stays_open(previews, voice, tmp_path, monkeypatch):
    opened = []
    probed = preview_module.inspect_inputs
    monkeypatch.setattr(preview_module, "inspect_inputs", lambda request: opened.append(request) or probed(request))
    photo = tmp_path / "photo.jpg"
    photo.write_bytes((SAMPLES / "portrait.jpg").read_bytes())
    request = DubRequest(face=photo, speech=voice, output=tmp_path / "a.mp4", model="atvg")
    first = previews.preview(request, 0.5)
    smaller = DubRequest(face=photo, speech=voice, output=tmp_path / "b.mp4", model="atvg", encoding=Encoding(crf=30))
    again = previews.preview(smaller, 0.5)
    assert np.array_equal(first.pixels, again.pixels)
    assert len(opened) == 1
    assert again.setup_seconds < 0.1 * first.setup_seconds
    photo.write_bytes(photo.read_bytes() + b"\0")
    previews.preview(request, 0.5)
    assert len(opened) == 2
    photo.unlink()
    with pytest.raises(MediaError, match="no such file"):
        previews.preview(request, 0.5)


def test_previews_of_a_photo_with_two_lines_are_frames_of_its_dub(previews, voice, tmp_path, catalog, folders):
    lines = tuple(
        Part(speech=voice, start=start, end=start + 0.8, audio_offset=offset, model="sdm", options={"blinks": 8.0})
        for start, offset in ((0.1, 0.0), (1.2, -0.4))
    )
    request = DubRequest(
        face=SAMPLES / "portrait.jpg", speech=voice, output=tmp_path / "out.mkv", parts=lines, trim_end=2.4,
        encoding=Encoding(codec="ffv1"),
    )  # fmt: skip
    dub(request, catalog, folders)
    with VideoReader(request.output) as whole:
        for at in (1.6, 0.5, 1.04, 2.3):
            shown, frame = previews.preview(request, at), whole.frame_at(at)
            assert shown.time == pytest.approx(frame.time, abs=1e-3)
            assert np.abs(shown.pixels.astype(int) - frame.pixels).mean() < 1.5, at


def test_another_version_of_a_plugin_makes_the_frame_anew(previews, voice, catalog, monkeypatch):
    request = DubRequest(face=SAMPLES / "portrait.jpg", speech=voice, output=Path("a.mp4"), model="atvg")
    created = []
    made = catalog.generator
    monkeypatch.setattr(catalog, "generator", lambda name: created.append(name) or made(name))
    previews.preview(request, 0.5)
    previews.preview(request, 0.7)
    monkeypatch.setattr(catalog, "digest", lambda name: f"another {name}")
    previews.preview(request, 0.5)
    assert created == ["atvg", "atvg"]


def test_persons_keep_their_numbers(pair):
    instants = Instants(pair)
    try:
        (right,) = instants.at(1.0).faces
        both = instants.at(0.4).faces
        assert len(both) == 2
        (again,) = [face for face in both if face.track == right.track]
        (other,) = [face for face in both if face.track != right.track]
        assert again.box[0] > 256 > other.box[2]
        assert [face.track for face in instants.at(1.08).faces] == [right.track]
        assert {face.track for face in instants.at(0.0).faces} == {right.track, other.track}
        assert instants.choose(FaceChoice()).track == right.track
        middle = ((other.box[0] + other.box[2]) / 2, (other.box[1] + other.box[3]) / 2)
        assert instants.choose(FaceChoice(point=middle, time=0.4)).track == other.track
        with pytest.raises(FaceNotFoundError, match=r"pair.mp4: there is no face at 5,5 .* 2 faces were found"):
            instants.choose(FaceChoice(point=(5, 5), time=0.4))
    finally:
        instants.close()


def test_warm_things_are_closed_when_there_are_too_many():
    class Thing:
        closed = False

        def close(self):
            self.closed = True

    store = Warm(2)
    things = {}

    def make(name):
        things[name] = Thing()
        return things[name]

    with store.lease("a", lambda: make("a")) as held:
        for name in "bcd":
            with store.lease(name, lambda name=name: make(name)):
                pass
        assert [thing.closed for thing in things.values()] == [False, True, False, False]
        with store.lease("a", lambda: pytest.fail("opened twice")) as same:
            assert same is held
    assert things["c"].closed
    with pytest.raises(ZeroDivisionError), store.lease("bad", lambda: 1 / 0):
        pass
    store.close()
    assert all(thing.closed for thing in things.values())


def test_dub_and_preview_show_a_model_as_many_references_as_its_options_ask_for(
    asking_catalog, clip, voice, tmp_path, folders, monkeypatch
):
    seen = []
    start = toy_generators.Toy.start

    def counting(self, speech, face, options, device):
        seen.append(len(face.references))
        return start(self, speech, face, options, device)

    monkeypatch.setattr(toy_generators.Toy, "start", counting)
    plain = DubRequest(face=clip, speech=voice, output=tmp_path / "out.mp4", model="asking", options={"strength": 0.5})
    for request in (plain, replace(plain, options={"look": True})):
        dub(replace(request, output=tmp_path / f"{len(seen)}.mp4"), asking_catalog, folders)
        with closing(Previews(asking_catalog, folders)) as previews:
            previews.preview(request, 0.1)
    # In some of the moments the clip shows no face.
    assert seen == [2, 2, 3, 3]
