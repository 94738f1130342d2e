"""Exports that stop on their way, and go on."""

import shutil
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from talkface_studio.api.errors import ExportError, ExportInterruptedError
from talkface_studio.dubbing import export as export_module
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.export_folder import ExportFolder
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.segments import SegmentWriter
from talkface_studio.media.video import VideoReader
from talkface_studio.plugin_host import digest

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    """Segments of 16 frames, so that a short clip has several."""
    monkeypatch.setattr(export_module, "SEGMENT_SECONDS", 0.5)


@pytest.fixture
def request_(tmp_path, clip, voice):
    """Copies, so that a test may change them; the clip's frames come at uneven times, and some show no face."""
    folder = tmp_path / "media"
    folder.mkdir()
    face, speech = shutil.copy(clip, folder / "clip.mp4"), shutil.copy(voice, folder / "voice.wav")
    return DubRequest(face=Path(face), speech=Path(speech), output=folder / "out.mp4", fit="bounce", precision="fp32")


def decoded(path):
    with av.open(str(path)) as container:
        base = container.streams.video[0].time_base
        return [(frame.pts * base, frame.to_ndarray().tobytes()) for frame in container.decode(video=0)]


def sound(path):
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def export_folder(request):
    return request.output.with_name("out.mp4.talkface")


def test_a_resumed_export_is_the_undisturbed_one(request_, interrupt, toy_catalog, folders, tmp_path):
    whole = replace(request_, output=tmp_path / "whole.mp4")
    undisturbed = dub(whole, toy_catalog, folders)
    assert undisturbed.resumed_segments == 0
    message = interrupt(request_)
    assert "are kept in out.mp4.talkface" in message
    assert not request_.output.exists()
    # As after a power cut: a torn line, half a segment, half an output.
    folder = export_folder(request_)
    with (folder / "segments.jsonl").open("ab") as journal:
        journal.write(b'{"number": 2, "fi')
    (folder / "000002.part").write_bytes(b"half")
    (folder / ".whole.part-12345678.mp4").write_bytes(b"half")
    shutil.rmtree(tmp_path / "home")  # the tracks are lost as well
    resumed = dub(replace(request_, resume="insist"), toy_catalog, folders)
    assert resumed.resumed_segments >= 1
    assert resumed.frames == undisturbed.frames
    assert resumed.frames_without_face == undisturbed.frames_without_face > 0
    assert decoded(request_.output) == decoded(whole.output)
    np.testing.assert_array_equal(sound(request_.output), sound(whole.output))
    assert sorted(path.name for path in request_.output.parent.iterdir()) == ["clip.mp4", "out.mp4", "voice.wav"]
    before = [frame.time for frame in VideoReader(request_.face).frames()]
    after = [frame.time for frame in VideoReader(request_.output).frames()]
    np.testing.assert_allclose(after[: len(before)], before, atol=1e-6)


def test_what_changed_begins_anew_and_says_so(request_, interrupt, toy_catalog, folders):
    interrupt(request_)
    for change, reason in [
        ({"encoding": Encoding(crf=30)}, "the encoding"),
        ({"options": {"grain": 3}}, "the request"),
    ]:
        with pytest.raises(ExportError, match=f"{reason}.* changed"):
            dub(replace(request_, resume="insist", **change), toy_catalog, folders)
    voice = request_.speech.read_bytes()
    request_.speech.write_bytes(voice[:-2000])
    told = []
    result = dub(request_, toy_catalog, folders, notice=told.append)
    assert result.resumed_segments == 0
    assert len(told) == 1
    assert "the speech 1 (voice.wav) changed" in told[0]
    with pytest.raises(ExportError, match="nothing to resume"):
        dub(replace(request_, resume="insist"), toy_catalog, folders)
    interrupt(request_)
    assert dub(replace(request_, resume="restart"), toy_catalog, folders).resumed_segments == 0


def test_an_updated_plugin_begins_anew(request_, interrupt, toy_catalog, folders, tmp_path):
    interrupt(request_)
    code = tmp_path / "site" / "toy_plugin.py"
    code.write_text(code.read_text(encoding="utf-8") + "\n# An update of the same version.\n", encoding="utf-8")
    digest._code_digest.cache_clear()  # as in the process that goes on
    told = []
    assert dub(request_, toy_catalog, folders, notice=told.append).resumed_segments == 0
    assert len(told) == 1
    assert "the code of the model toy changed" in told[0]


def test_a_damaged_segment_is_made_again(request_, interrupt, toy_catalog, folders):
    interrupt(request_)
    first = min(export_folder(request_).glob("*.seg"))
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    assert dub(request_, toy_catalog, folders).resumed_segments == 0


def test_a_full_disk_keeps_what_is_finished(request_, toy_catalog, folders, monkeypatch):
    finished = SegmentWriter.finish
    monkeypatch.setattr(
        SegmentWriter,
        "finish",
        lambda self: finished(self) if "000000" in self.path.name else self._fill_disk(),
    )

    def fill_disk(self):
        with self._guard():
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(SegmentWriter, "_fill_disk", fill_disk, raising=False)
    with pytest.raises(ExportInterruptedError, match=r"disk is full.*kept") as caught:
        dub(request_, toy_catalog, folders)
    assert caught.value.exit_code == 3
    assert not request_.output.exists()
    monkeypatch.undo()
    monkeypatch.setattr(export_module, "SEGMENT_SECONDS", 0.5)
    assert dub(request_, toy_catalog, folders).resumed_segments == 1


def test_a_drive_that_is_unplugged_and_plugged_in_again(request_, toy_catalog, folders, monkeypatch):
    drive, elsewhere = request_.output.parent / "drive", request_.output.parent / "elsewhere"
    drive.mkdir()
    request = replace(request_, output=drive / "out.mp4")
    commit = ExportFolder.commit

    def commit_and_unplug(self, segment):
        done = commit(self, segment)
        drive.rename(elsewhere)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(ExportFolder, "commit", commit_and_unplug)
        with pytest.raises(ExportInterruptedError, match="cannot be"):
            dub(request, toy_catalog, folders)
    assert not drive.exists()
    elsewhere.rename(drive)
    assert dub(request, toy_catalog, folders).resumed_segments >= 1
    assert [path.name for path in drive.iterdir()] == ["out.mp4"]


def test_one_process_at_a_time(request_, toy_catalog, folders):
    asked = []

    def again(_):
        if not asked:
            with pytest.raises(ExportError, match="by another process") as caught:
                dub(request_, toy_catalog, folders)
            asked.append(caught)

    dub(request_, toy_catalog, folders, progress=again)
    assert asked


def test_a_folder_of_that_name_which_is_the_users_is_left_alone(request_, toy_catalog, folders):
    export_folder(request_).mkdir()
    (export_folder(request_) / "diary.txt").write_text("dear diary")
    with pytest.raises(ExportError, match="is in the way"):
        dub(request_, toy_catalog, folders)
    assert (export_folder(request_) / "diary.txt").read_text() == "dear diary"
