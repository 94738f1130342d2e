"""Whole dubs with the bundled model, from real files to real files."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from talkface_studio.api.errors import ExportError, JobCancelledError, MediaError, ModelNotFoundError, OptionError
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.preview import preview
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.dubbing.session import open_prepared, prepare
from talkface_studio.faces.detector import FaceDetector
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.video import VideoReader

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def frames_of(path):
    with VideoReader(path) as reader:
        return list(reader.frames())


def sound_of(path):
    with AudioReader(path) as reader:
        return reader.read(0.0, reader.duration), reader.rate


def difference(first, second):
    return float(np.abs(first.pixels.astype(int) - second.pixels.astype(int)).mean())


@pytest.fixture(scope="module")
def photo_dub(catalog, voice, tmp_path_factory):
    from talkface_studio.plugin_host.folders import Folders

    folder = tmp_path_factory.mktemp("photo")
    seen = []
    request = DubRequest(face=SAMPLES / "portrait.jpg", speech=voice, output=folder / "out.mp4", precision="fp32")
    result = dub(request, catalog, Folders.under(folder / "home"), progress=seen.append)
    return request, result, seen


def test_a_photo_becomes_a_video_as_long_as_its_speech(photo_dub):
    request, result, seen = photo_dub
    frames = frames_of(request.output)
    assert len(frames) == result.frames == 40
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(40) / 25, atol=1e-6)
    sound, rate = sound_of(request.output)
    assert rate == 22_050
    assert abs(sound.duration - 1.6) < 1 / 25
    original, _ = sound_of(request.speech)
    count = min(sound.samples.shape[1], original.samples.shape[1])
    assert np.corrcoef(sound.samples[0, :count], original.samples[0, :count])[0, 1] > 0.98
    assert [item.done for item in seen] == list(range(1, 41))
    assert result.to_dict()["realtime_factor"] > 0
    assert set(result.stages) == {"decode", "faces", "render", "compose", "encode", "seal", "assemble"}


def test_only_the_head_moves_and_the_mouth_does(photo_dub):
    request, _, _ = photo_dub
    pixels = np.stack([frame.pixels for frame in frames_of(request.output)]).astype(float)
    with VideoReader(request.output) as reader:
        picture = reader.frame_at(0.0).pixels
    face = FaceDetector().detect(picture)[0]
    lips = face.landmarks[[61, 291, 0, 17], :2]
    left, top = lips.min(axis=0).astype(int) - 4
    right, bottom = lips.max(axis=0).astype(int) + 4
    motion = pixels.std(axis=0).mean(axis=2)
    mouth = motion[top:bottom, left:right].mean()
    elsewhere = motion.copy()
    box = [int(value) for value in face.box]
    # The hair above and the collar below go with the head.
    elsewhere[box[1] - 70 : box[3] + 60, box[0] - 50 : box[2] + 50] = 0
    assert mouth > 3
    assert elsewhere.mean() < 0.5


def test_a_preview_is_the_frame_of_the_dub(photo_dub, catalog, folders):
    request, _, _ = photo_dub
    shown = preview(request, 0.85, catalog, folders)
    same = frames_of(request.output)[21]
    assert shown.time == pytest.approx(0.84)
    assert np.abs(shown.pixels.astype(int) - same.pixels).mean() < 3
    for at in (-1.0, 1.7, float("nan")):
        with pytest.raises(MediaError, match="there is no frame at"):
            preview(request, at, catalog, folders)


def test_a_clip_keeps_its_frame_times_and_frames_without_a_face(clip, voice, catalog, folders, tmp_path):
    output = tmp_path / "out.mp4"
    result = dub(DubRequest(face=clip, speech=voice, output=output), catalog, folders)
    before, after = frames_of(clip), frames_of(output)
    assert [frame.time for frame in after] == pytest.approx([frame.time for frame in before], abs=1e-4)
    assert result.frames_without_face == 12
    assert result.faces["track"] == 0
    for index in range(12, 20):
        assert difference(before[index], after[index]) < 1.0
    sound, rate = sound_of(output)
    assert rate == 22_050
    assert sound.channels == 1
    assert abs(sound.duration - result.duration) < 1 / 25


def test_outside_the_range_picture_and_sound_are_the_sources(clip, voice, catalog, folders, tmp_path):
    output = tmp_path / "out.mp4"
    request = DubRequest(face=clip, speech=voice, output=output, start=0.1, end=0.4)
    assert dub(request, catalog, folders).frames_without_face == 0
    sound, rate = sound_of(output)
    late = sound.samples[0, round(0.7 * rate) : round(1.1 * rate)]
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))))
    assert spectrum.argmax() * rate / len(late) == pytest.approx(440, abs=5)


def test_a_longer_speech_is_fitted(clip, voice, catalog, folders, tmp_path):
    output = tmp_path / "out.mp4"
    result = dub(DubRequest(face=clip, speech=voice, output=output, fit="hold"), catalog, folders)
    assert abs(result.duration - 1.6) < 0.1
    times = [frame.time for frame in frames_of(output)]
    assert min(np.diff(times)) > 0


def test_cancelling_leaves_nothing(voice, catalog, folders, tmp_path):
    cancel = Cancel()
    output = tmp_path / "out" / "out.mp4"
    output.parent.mkdir()
    request = DubRequest(face=SAMPLES / "portrait.jpg", speech=voice, output=output)
    with pytest.raises(JobCancelledError):
        dub(request, catalog, folders, progress=lambda item: cancel.cancel(), cancel=cancel)
    assert list(output.parent.iterdir()) == []


def test_what_cannot_work_is_said_before_any_work(voice, catalog, folders, tmp_path):
    good = {"face": SAMPLES / "portrait.jpg", "speech": voice, "output": tmp_path / "out.mp4"}
    (tmp_path / "link.wav").symlink_to(voice)
    cases = [
        ({"output": tmp_path / "missing" / "out.mp4"}, ExportError, "does not exist"),
        ({"output": tmp_path}, ExportError, "is a folder"),
        ({"output": tmp_path / "link.wav"}, ExportError, "one of the inputs"),
        ({"face": voice}, MediaError, "no picture"),
        ({"speech": SAMPLES / "portrait.jpg"}, MediaError, "no sound"),
        ({"face": None, "model": "sdm"}, ModelNotFoundError, "does not take speech"),
        ({"model": "nothing"}, ModelNotFoundError, "nothing"),
        ({"options": {"motion_gain": "7"}}, OptionError, "outside"),
    ]
    for change, kind, message in cases:
        with pytest.raises(kind, match=message):
            dub(DubRequest(**{**good, **change}), catalog, folders)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["link.wav"]


def test_frames_behind_the_range_are_not_collected(clip, voice, catalog, folders, tmp_path):
    """A range at the beginning of a long film must not bring the rest of it into memory."""
    request = DubRequest(face=clip, speech=voice, output=tmp_path / "out.mp4", end=0.2, model="atvg")
    with ExitStack() as stack:
        prepared = prepare(request, catalog, folders, writes=True)
        picture = open_prepared(prepared, catalog, folders, stack).picture
        waiting, most = 0, 0

        def counted():
            nonlocal waiting
            for frame in picture.frames():
                waiting += 1
                yield frame

        for _ in picture.faced(counted()):
            most = max(most, waiting)
            waiting -= 1
    assert most < 12
