"""A stretch of a clip as the output, and a face with several lines."""

from dataclasses import replace

import numpy as np
import pytest

from talkface_studio.api.errors import FaceNotFoundError, JobCancelledError, MediaError
from talkface_studio.dubbing import export as export_module
from talkface_studio.dubbing.channel import Cancel
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.export_folder import ExportFolder
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.video import VideoReader

from .conftest import SAMPLES

EXACT = Encoding(codec="ffv1", audio_codec="flac")


def pictures(path):
    with VideoReader(path) as reader:
        return [(frame.time, frame.pixels) for frame in reader.frames()]


@pytest.fixture
def two_lines(clip, voice, tmp_path):
    """One face that says the beginning of a voice, is quiet, and says a later stretch of it."""
    parts = (
        Part(speech=voice, start=0.2, end=0.5),
        Part(speech=voice, start=0.8, end=1.2, audio_offset=-0.4),
    )
    return DubRequest(
        face=clip, speech=voice, output=tmp_path / "out.mkv", parts=parts, encoding=EXACT, precision="fp32"
    )


def test_a_trimmed_dub_is_that_stretch_of_the_whole_one(two_lines, toy_catalog, folders, tmp_path):
    whole = dub(two_lines, toy_catalog, folders)
    assert len(whole.faces) == 2, "one face, one role"
    request = replace(two_lines, output=tmp_path / "part.mkv", trim_start=0.31, trim_end=1.1)
    result = dub(request, toy_catalog, folders)
    everything, part = pictures(two_lines.output), pictures(request.output)
    shown = [time for time, _ in everything if time <= 0.31][-1]
    expected = [(time - shown, pixels) for time, pixels in everything if shown <= time < 1.1]
    assert result.frames == len(part) == len(expected)
    assert result.duration == pytest.approx(1.1 - shown, abs=0.06)
    # The last face is smoothed over what comes behind it, which is not there any more.
    for (time, pixels), (wanted, same) in zip(part[:-1], expected[:-1], strict=True):
        assert time == pytest.approx(wanted, abs=0.0011)
        np.testing.assert_array_equal(pixels, same)
    with AudioReader(two_lines.output) as before, AudioReader(request.output) as after:
        rate, first = before.rate, round(shown * before.rate)
        wanted = before.read(first / rate, first / rate + 0.7).samples
        np.testing.assert_array_equal(after.read(0.0, 0.7).samples, wanted)
        assert np.ptp(wanted) > 0.1


def test_a_trimmed_export_goes_on_where_it_stopped(two_lines, toy_catalog, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(export_module, "SEGMENT_SECONDS", 0.3)
    request = replace(two_lines, trim_start=0.1, output=tmp_path / "part.mkv")
    undisturbed = replace(request, output=tmp_path / "undisturbed.mkv")
    dub(undisturbed, toy_catalog, folders)
    cancel, commit = Cancel(), ExportFolder.commit

    def commit_and_cancel(self, segment):
        cancel.cancel()
        return commit(self, segment)

    with monkeypatch.context() as patch:
        patch.setattr(ExportFolder, "commit", commit_and_cancel)
        with pytest.raises(JobCancelledError, match="are kept"):
            dub(request, toy_catalog, folders, cancel=cancel)
    assert dub(replace(request, resume="insist"), toy_catalog, folders).resumed_segments
    for (time, pixels), (wanted, same) in zip(pictures(request.output), pictures(undisturbed.output), strict=True):
        assert time == wanted
        np.testing.assert_array_equal(pixels, same)


def test_a_photo_speaks_line_by_line_for_as_long_as_it_is_shown(voice, toy_catalog, folders, tmp_path):
    parts = (
        Part(speech=voice, start=0.2, end=0.6, options={"strength": 2}),
        Part(speech=voice, start=1.0, end=1.3, audio_offset=-0.3, options={"strength": 2}),
    )
    request = DubRequest(
        face=SAMPLES / "portrait.jpg",
        speech=voice,
        output=tmp_path / "out.mkv",
        parts=parts,
        trim_end=1.6,
        encoding=EXACT,
    )
    assert dub(request, toy_catalog, folders).frames == 40
    shown = [pixels for _, pixels in pictures(request.output)]
    assert any((pixels != shown[0]).any() for pixels in shown[6:14])
    for quiet in (1, 20, 36, 39):
        np.testing.assert_array_equal(shown[quiet], shown[0])
    with AudioReader(request.output) as heard, AudioReader(voice) as said:
        rate = heard.rate
        assert heard.duration == pytest.approx(1.6, abs=0.05)
        second = heard.read(1.0, 1.0 + 6600 / rate).samples
        np.testing.assert_array_equal(second, said.read(0.3, 0.3 + 6600 / rate).samples)
        assert not heard.read(0.61, 0.99).samples.any()


def test_the_label_is_on_every_frame_and_covers_one_corner(two_lines, toy_catalog, folders, tmp_path):
    request = replace(two_lines, label=True, trim_end=0.4, parts=two_lines.parts[:1])
    dub(request, toy_catalog, folders)
    with VideoReader(two_lines.face) as source:
        for (_, shown), before in zip(pictures(request.output), source.frames(), strict=False):
            # Far above what converting colours changes.
            apart = np.abs(shown.astype(np.int16) - before.pixels).max(axis=2) > 30
            corner = apart[-40:, :160]
            assert corner.mean() > 0.3
            assert shown[-40:, :160].max() > 240
            assert not apart[-40:, 160:].any()


def test_what_does_not_go_together_is_said(two_lines, voice, toy_catalog, folders):
    first, second = two_lines.parts
    photo = replace(two_lines, face=SAMPLES / "portrait.jpg")
    for request, kind, message in (
        (replace(two_lines, parts=(first, replace(second, start=0.4))), FaceNotFoundError, "parts 1 and 2 are for"),
        (replace(photo, parts=(first, replace(second, face_choice=FaceChoice(1)))), MediaError, "one face can speak"),
        (replace(photo, trim_start=0.5), MediaError, "no beginning to leave out"),
        (replace(two_lines, trim_start=9.0), MediaError, "it cannot begin at 9 s"),
        (replace(two_lines, trim_start=0.8, trim_end=0.8), MediaError, "nothing is left between"),
        (replace(two_lines, trim_end=0.8, fit="loop"), MediaError, "only a whole video can be made to last"),
    ):
        with pytest.raises(kind, match=message):
            dub(request, toy_catalog, folders)
