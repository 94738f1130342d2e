"""Exports with an encoder in hardware that fails: what takes its place, and what a resume goes on with."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from fake_device import FakeDevice
from talkface_studio.api.errors import ExportInterruptedError
from talkface_studio.dubbing import export as export_module
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.request import DubRequest

TRIED = 2
"""Pictures that a trial encodes."""


@pytest.fixture(autouse=True)
def short_segments(monkeypatch):
    """Segments of 16 frames, so that the clip's 30 make two."""
    monkeypatch.setattr(export_module, "SEGMENT_SECONDS", 0.5)


@pytest.fixture
def device(monkeypatch):
    return FakeDevice(monkeypatch)


@pytest.fixture
def request_(tmp_path, clip, voice, device):
    return DubRequest(
        face=clip, speech=voice, output=tmp_path / "out.mp4", precision="fp32", encoding=device.encoding()
    )


@pytest.fixture
def made(toy_catalog, folders):
    """Dub; gives the account and the decoded frames, and asserts that nothing else is left."""

    def make(request):
        told = []
        result = dub(request, toy_catalog, folders, notice=told.append)
        assert result.to_dict()["notices"] == told
        assert not request.output.with_name("out.mp4.talkface").exists()
        return result, frames_of(request.output)

    return make


def frames_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def in_software(request):
    return replace(request, encoding=replace(request.encoding, codec="h264"))


def test_one_that_fails_in_the_first_segment_is_replaced(request_, made, device):
    wanted, undisturbed = made(in_software(request_))
    assert (wanted.codec, wanted.notices) == ("h264", ())
    device.pictures_left = TRIED + 9
    result, frames = made(request_)
    assert (result.codec, result.frames) == ("h264", wanted.frames)
    assert frames == undisturbed
    assert len(result.notices) == 1
    assert "h264_nvenc" in result.notices[0]
    assert "the device was reset" in result.notices[0]
    assert "h264 in software" in result.notices[0]


def test_one_that_works_is_used_and_named(request_, made):
    result, _ = made(request_)
    assert (result.codec, result.notices) == ("h264_nvenc", ())


def test_one_that_recovers_goes_on_behind_what_is_finished(request_, made, device):
    _, undisturbed = made(request_)
    device.pictures_left, device.recovers = TRIED + 20, True
    result, frames = made(request_)
    assert (result.codec, result.resumed_segments) == ("h264_nvenc", 1)
    assert frames == undisturbed
    assert len(result.notices) == 1


def test_what_it_finished_is_not_mixed_with_others(request_, made, device, toy_catalog, folders):
    _, undisturbed = made(request_)
    device.pictures_left = TRIED + 20
    with pytest.raises(ExportInterruptedError, match=r"h264_nvenc, which does not work now.*--restart --codec h264"):
        dub(request_, toy_catalog, folders)
    with pytest.raises(ExportInterruptedError, match="kept in out"):
        dub(request_, toy_catalog, folders)
    device.pictures_left = None
    result, frames = made(request_)
    assert (result.codec, result.resumed_segments) == ("h264_nvenc", 1)
    assert frames == undisturbed


def test_a_resume_keeps_to_the_one_that_took_its_place(request_, made, interrupt, device):
    _, undisturbed = made(in_software(request_))
    device.pictures_left = TRIED + 9
    interrupt(request_)
    device.pictures_left = None
    result, frames = made(request_)
    assert result.codec == "h264"
    assert result.resumed_segments >= 1
    assert frames == undisturbed
    assert "goes on with that" in result.notices[0]
