"""Instants in any order give what a plain reader gives, and what lies near needs no decoding."""

import random

import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.media.scrub import ScrubReader
from talkface_studio.media.video import VideoReader


@pytest.mark.parametrize("held", [0, 2**30])
def test_any_order_gives_the_frames_of_a_plain_reader(make_clip, frame_number, held):
    path = make_clip()
    with VideoReader(path) as plain, ScrubReader(path, held_bytes=held) as reader:
        times = [frame.time for frame in plain.frames()]
        instants = [-1.0, times[-1] + 9, *(random.Random(3).uniform(0, times[-1]) for _ in range(30)), times[4]]
        for instant in instants:
            expected = plain.frame_at(instant)
            found = reader.frame_at(instant)
            assert (frame_number(found.pixels), found.pts) == (frame_number(expected.pixels), expected.pts), instant


def test_frames_around_an_instant_come_once_and_in_order(make_clip):
    with ScrubReader(make_clip()) as reader:
        middle = [frame.time for frame in reader.around(0.5, (-0.08, -0.04, 0.0, 0.04, 0.08))]
        assert middle == pytest.approx([0.4, 0.44, 0.48, 0.52, 0.56], abs=1e-3)
        assert [frame.time for frame in reader.around(0.0, (-0.08, 0.0, 0.08))] == pytest.approx([0.0, 0.08], abs=1e-3)


def test_stepping_back_decodes_nothing_again(make_clip, monkeypatch):
    with ScrubReader(make_clip()) as reader:
        reader.frame_at(0.0)
        last = reader.frame_at(reader.duration).time
        monkeypatch.setattr(reader._decoder, "pictures", lambda start: pytest.fail(f"decoded again from {start}"))
        assert reader.frame_at(last / 2).time == pytest.approx(last / 2, abs=0.05)
        assert reader.frame_at(0.0).time == 0.0


def test_a_closed_reader_says_so(make_clip):
    reader = ScrubReader(make_clip())
    reader.close()
    with pytest.raises(MediaError, match="closed"):
        reader.frame_at(0.0)
