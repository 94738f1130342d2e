"""Encoders in hardware: there are none where the tests run, so another one plays one where pictures are to be seen."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.codec import UnknownCodecError

from fake_device import FakeDevice
from talkface_studio.api.values import VideoFrame
from talkface_studio.media.codecs import VIDEO_CODECS
from talkface_studio.media.encoders import HardwareEncoderError, VideoSettings
from talkface_studio.media.encoding import PRESETS, Encoding
from talkface_studio.media.hardware import hardware_codecs, trial, usable
from talkface_studio.media.segments import SegmentWriter
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import MediaWriter

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


@pytest.fixture
def device(monkeypatch):
    return FakeDevice(monkeypatch)


def test_what_does_not_work_here_is_replaced_and_named():
    names = hardware_codecs()
    assert {"h264_nvenc", "hevc_qsv", "av1_amf", "h264_vaapi", "hevc_videotoolbox"} <= set(names)
    for name in names:
        encoding, line = usable(Encoding(codec=name, crf=20), VideoSettings(width=320, height=240))
        works = trial(Encoding(codec=name)) is None
        assert encoding == Encoding(codec=name if works else VIDEO_CODECS[name].software, crf=20)
        assert (line is None) == works
        assert line is None or ("\n" not in line and name in line)


@pytest.mark.parametrize("name", [name for name in hardware_codecs() if VIDEO_CODECS[name].software])
def test_every_option_is_one_that_the_encoder_has(name):
    """FFmpeg passes over options that it does not know, and a video would come out in another quality than asked."""
    try:
        known = av.CodecContext.create(VIDEO_CODECS[name].encoder, "w").supported_options
    except UnknownCodecError:
        pytest.skip("this build of FFmpeg does not have the encoder")
    options = {option.name: option for option in (*known.generic, *known.private)}
    largest = VIDEO_CODECS[name].largest_crf
    encodings = [Encoding(codec=name, crf=crf, preset=preset) for crf in (0, largest) for preset in PRESETS]
    for encoding in [*encodings, Encoding(codec=name, bitrate=4_000_000)]:
        for option, value in VIDEO_CODECS[name].encoder_options(encoding).items():
            assert option in options
            choices = [choice.name for choice in options[option].choices]
            assert value in choices if choices else options[option].min <= float(value) <= options[option].max


def test_a_size_that_the_device_does_not_take_is_found_out_before_anything_is_encoded(device):
    encoding = device.encoding()
    assert trial(encoding) is None
    assert usable(encoding, VideoSettings(width=640, height=480)) == (encoding, None)
    found, line = usable(encoding, VideoSettings(width=641, height=480))
    assert found == replace(encoding, codec="h264")
    assert "h264_nvenc cannot be used" in line
    # The size that counts is the one that is stored.
    small = replace(encoding, size=(320, 240))
    assert usable(small, VideoSettings(width=641, height=481)) == (small, None)


def test_pictures_arrive_whole_in_the_format_that_devices_take(tmp_path, device):
    output = tmp_path / "out.mp4"
    with VideoReader(SAMPLES / "video.mp4") as reader:
        frame = reader.frame_at(0.0)
        settings = VideoSettings.like(reader.info)
    pixels = frame.pixels.copy()
    pixels[40:72, -80:-32] = (200, 40, 90)
    with MediaWriter(output, settings, None, device.encoding()) as writer:
        writer.write_frame(frame)
        writer.write_frame(replace(frame.painted(0, 0, pixels), time=0.04, pts=None))
    with VideoReader(output) as reader:
        untouched, changed = (each.pixels.astype(int) for each in reader.frames())
    for half in np.array_split(np.abs(untouched - frame.pixels), 2, axis=1):
        assert half.mean() < 3
    assert np.abs(changed[44:68, -76:-36] - (200, 40, 90)).mean() < 4


def test_a_device_that_fails_on_its_way_says_what_it_was(tmp_path, device):
    device.pictures_left = 3
    settings = VideoSettings(width=64, height=48)
    writer = SegmentWriter(tmp_path / "0.part", tmp_path / "out.mp4", settings, device.encoding())

    def write(number):
        writer.write_frame(VideoFrame(np.zeros((48, 64, 3), np.uint8), number / 25))

    for number in range(3):
        write(number)
    with pytest.raises(HardwareEncoderError, match="the device was reset"):
        write(3)
    assert list(tmp_path.iterdir()) == []
