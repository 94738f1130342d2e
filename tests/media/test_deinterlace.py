"""Interlaced clips: a bar that moves between the two fields of each frame."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from talkface_studio.media.picture_decoder import PictureDecoder
from talkface_studio.media.probe import probe
from talkface_studio.media.scrub import ScrubReader
from talkface_studio.media.video import VideoReader

SIZE, COUNT, STEP = (320, 240), 40, 4


def bar(field):
    """The whole picture at the instant of a field."""
    picture = np.full((SIZE[1], SIZE[0], 3), 40, np.uint8)
    picture[60:180, 10 + STEP * field // 2 : 50 + STEP * field // 2] = 220
    return picture


@pytest.fixture
def interlaced(tmp_path):
    path = tmp_path / "interlaced.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"x264-params": "tff=1:keyint=8", "crf": "8"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(COUNT):
            woven = bar(2 * number)
            woven[1::2] = bar(2 * number + 1)[1::2]
            frame = av.VideoFrame.from_ndarray(woven)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def comb(pixels):
    """How far rows of the bar's edges lie from what is between their neighbours, in grey levels."""
    rows = pixels[62:178, :, 1].astype(np.float64)
    return float(np.abs(2 * rows[1:-1] - rows[:-2] - rows[2:]).max())


def stored(path):
    with av.open(str(path)) as container:
        return [(frame.pts, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_each_frame_is_made_whole_once_and_keeps_its_timestamp(interlaced):
    woven = stored(interlaced)
    assert min(comb(pixels) for _, pixels in woven) > 200
    assert probe(interlaced).videos[0].interlaced
    with VideoReader(interlaced) as reader:
        frames = list(reader.frames())
    assert [frame.pts for frame in frames] == [pts for pts, _ in woven]
    assert max(comb(frame.pixels) for frame in frames[1:-1]) < 60
    errors = [np.abs(frame.pixels.astype(int) - bar(2 * n)).mean() for n, frame in enumerate(frames)]
    assert max(errors) < 3
    assert not frames[5].picture.frame.interlaced_frame


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 16, 17, 25, COUNT - 1])
def test_a_frame_is_the_same_wherever_decoding_began(interlaced, number):
    with VideoReader(interlaced) as reader, ScrubReader(interlaced) as scrub:
        frames = list(reader.frames())
        wanted = frames[number]
        assert np.array_equal(next(reader.frames(wanted.time)).pixels, wanted.pixels)
        assert np.array_equal(reader.frame_at(wanted.time).pixels, wanted.pixels)
        assert np.array_equal(scrub.frame_at(wanted.time).pixels, wanted.pixels)


def test_progressive_frames_among_them_stay_as_they_are(interlaced, monkeypatch):
    progressive = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"
    with VideoReader(progressive) as reader:
        assert not reader.info.interlaced
        expected = [frame.pixels for _, frame in zip(range(6), reader.frames(), strict=False)]
    whole = PictureDecoder.pictures
    decoder = PictureDecoder(progressive, 0)
    object.__setattr__(decoder.info, "interlaced", True)
    found = [decoder.pixels(picture) for _, picture in zip(range(6), whole(decoder, 0.0), strict=False)]
    decoder.close()
    assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))
