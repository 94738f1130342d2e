"""Several faces and voices in one pass."""

import wave
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import FaceNotFoundError, ProjectError
from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.plan import read_plan
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import Encoding, MediaWriter
from two_people import HEIGHT, RATE, SIDE, WIDTH, cutting, swapping

SOUND = 16_000


def write(path, frames):
    """A lossless clip with a tone of 440 Hz."""
    frames = list(frames)
    settings = VideoSettings(width=WIDTH, height=HEIGHT)
    sound = AudioSettings(rate=SOUND)
    with MediaWriter(path, settings, sound, Encoding(codec="ffv1", audio_codec="flac")) as writer:
        for frame in frames:
            writer.write_frame(frame)
        tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(SOUND * len(frames) // RATE) / SOUND)
        writer.write_audio(AudioClip(tone.astype(np.float32)[None], SOUND))
    return path


@pytest.fixture
def loud(tmp_path):
    """0.8 s of speech without a pause, which keeps the toy's mouth dark."""
    path = tmp_path / "loud.wav"
    with AudioReader(Path(__file__).parents[2] / "resources" / "samples" / "speech.wav") as reader:
        samples = reader.read(0.0, 0.8).samples[0]
        rate = reader.rate
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


def changed_columns(source, output):
    """For each frame, the columns that dubbing changed."""
    with VideoReader(source) as before, VideoReader(output) as after:
        pairs = zip(before.frames(), after.frames(), strict=True)
        return [np.flatnonzero((old.pixels != new.pixels).any(axis=(0, 2))) for old, new in pairs]


def test_people_who_cross_keep_their_voices_and_the_rest_is_bit_exact(toy_catalog, folders, tmp_path, loud):
    source = write(tmp_path / "two.mkv", swapping())
    parts = (
        Part(speech=loud, face_choice=FaceChoice(point=(100, 120), time=0.0), start=0.1, options={"strength": 2}),
        Part(speech=loud, face_choice=FaceChoice(point=(380, 120), time=0.0), start=1.6, end=1.9, options={"grain": 8}),
    )
    request = DubRequest(
        face=source,
        speech=loud,
        output=tmp_path / "out.mkv",
        encoding=Encoding(codec="ffv1"),
        parts=parts,
        precision="fp32",
    )
    result = dub(request, toy_catalog, folders)
    assert result.frames == 50
    assert len(result.faces["parts"]) == 2
    columns = changed_columns(source, request.output)
    for index, changed in enumerate(columns):
        time = index / RATE
        way = (WIDTH - SIDE) * index / 49
        first, second = way + SIDE / 2, WIDTH - way - SIDE / 2
        inside = [middle for middle, (start, end) in ((first, (0.1, 0.9)), (second, (1.6, 1.9))) if start <= time < end]
        if not inside:
            assert changed.size == 0, f"frame {index} is outside all parts"
        elif changed.size:
            assert np.abs(changed - inside[0]).max() < 75, f"frame {index}: the wrong face"
    assert sum(changed.size > 0 for changed in columns[3:22]) > 8
    assert sum(changed.size > 0 for changed in columns[41:46]) == 5
    with AudioReader(source) as before, AudioReader(request.output) as after:
        assert (after.rate, after.channels) == (before.rate, before.channels)
        tone, heard = before.read(0, 2).samples[0], after.read(0, 2).samples[0]
    # The output's own codec is lossy, so what is compared is far above its noise.
    apart = np.abs(heard - tone).reshape(20, -1).max(axis=1)
    assert (apart[[0, *range(9, 16), 19]] < 0.05).all()
    assert (apart[[2, 3, 17]] > 0.05).all()


def test_a_hard_cut_changes_the_person_and_only_one_is_dubbed(toy_catalog, folders, tmp_path, loud):
    source = write(tmp_path / "cut.mkv", cutting())
    part = Part(
        speech=loud, face_choice=FaceChoice(point=(240, 120), time=0.9), start=0.0, end=2.4, options={"grain": 8}
    )
    request = DubRequest(
        face=source, speech=loud, output=tmp_path / "out.mkv", encoding=Encoding(codec="ffv1"), parts=(part,)
    )
    result = dub(request, toy_catalog, folders)
    changed = [index for index, columns in enumerate(changed_columns(source, request.output)) if columns.size]
    assert changed == list(range(20, 40)), "only the second shot shows the person, and its edges are not smoothed over"
    assert result.frames_without_face == 40


def test_one_face_cannot_have_two_voices_at_once(toy_catalog, folders, tmp_path, loud):
    source = write(tmp_path / "two.mkv", swapping(0.6))
    parts = tuple(Part(speech=loud, face_choice=FaceChoice(point=(x, 120), time=0.0)) for x in (100, 110))
    request = DubRequest(face=source, speech=loud, output=tmp_path / "out.mkv", parts=parts)
    with pytest.raises(FaceNotFoundError, match="parts 1 and 2 are for the same face"):
        dub(request, toy_catalog, folders)
    assert not list(tmp_path.glob("out*"))


def test_a_plan_file_is_read(tmp_path):
    (tmp_path / "plan.toml").write_text(
        '[[part]]\nspeech = "a.wav"\nface = "320,180@2.5"\nend = 4\naudio-offset = -40\n'
        '[[part]]\nspeech = "b.wav"\nstart = "1:04.5"\npreset = "paper"\noptions = { strength = 0.5 }\n'
    )
    like = Part(speech=Path(), model="toy", options={"grain": 1, "strength": 1})
    first, second = read_plan(tmp_path / "plan.toml", like)
    assert first.speech == tmp_path / "a.wav"
    assert first.face_choice == FaceChoice(point=(320, 180), time=2.5)
    assert (first.start, first.end, first.audio_offset, first.model) == (None, 4, -0.04, "toy")
    assert (second.start, second.end, second.preset) == (64.5, None, "paper")
    assert second.options == {"grain": 1, "strength": 0.5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        ("part = 3", "list of"),
        ("[[parts]]\nspeech='a.wav'", "'parts'"),
        ("[[part]]\nface = 0", "part 1: speech has to name a file"),
        ("[[part]]\nspeech = 'a.wav'\nvoice = 1", "'voice' is unknown"),
        ("[[part]]\nspeech = 'a.wav'\nface = -1", "face -1"),
        ("[[part]]\nspeech = 'a.wav'\nface = '3,4'", "X,Y@T"),
        ("[[part]]\nspeech = 'a.wav'\nstart = 3\nend = 2", "after start"),
        ("[[part]]\nspeech = 'a.wav'\nstart = 'soon'", "neither seconds"),
        ("[[part]]\nspeech = 'a.wav'\nseed = 'x'", "not a number"),
        ("[[part]]\nspeech = 'a.wav'\noptions = [1]", "table of plain values"),
        (
            "[[part]]\nspeech = 'a.wav'\nend = 2\n[[part]]\nspeech = 'b.wav'\nstart = 1\nend = 3",
            "same face at the same",
        ),
        ("[[part", "TOML"),
    ],
)
def test_what_is_wrong_in_a_plan_is_said(tmp_path, text, message):
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(ProjectError, match=message) as caught:
        read_plan(tmp_path / "plan.toml")
    assert "\n" not in str(caught.value)
