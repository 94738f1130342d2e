from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise

import numpy as np
import pytest

from talkface_studio.api.values import VideoFrame
from talkface_studio.media import fit
from talkface_studio.media.fit import ClipTimes, fitted_frames, source_time
from talkface_studio.media.video import VideoReader

MILLISECOND = Fraction(1, 1000)
UNEVEN = [0, 40, 70, 160, 200, 230, 300]


def _played(reader, duration, how, frame_number):
    frames = list(fitted_frames(reader, duration, how))
    assert [frame.index for frame in frames] == list(range(len(frames)))
    times = [frame.time for frame in frames]
    assert all(after > before for before, after in pairwise(times))
    return [frame_number(frame.pixels) for frame in frames], [round(time * 1000, 3) for time in times], frames


@pytest.mark.parametrize("how", ["cut", "loop", "bounce", "hold"])
def test_a_clip_that_is_long_enough_is_cut(make_clip, frame_number, how):
    with VideoReader(make_clip()) as reader:
        numbers, _, frames = _played(reader, 1.0, how, frame_number)
        source = list(reader.frames(end=1.0))
    assert numbers == list(range(25))
    assert [(frame.time, frame.pts, frame.time_base) for frame in frames] == [
        (frame.time, frame.pts, frame.time_base) for frame in source
    ]


def test_cut_ends_with_the_clip(make_clip, frame_number):
    with VideoReader(make_clip(pts=range(10))) as reader:
        assert _played(reader, 5.0, "cut", frame_number)[0] == list(range(10))


def test_hold_repeats_the_last_frame(make_clip, frame_number):
    with VideoReader(make_clip(pts=range(10))) as reader:
        numbers, times, frames = _played(reader, 1.0, "hold", frame_number)
    assert numbers == list(range(10)) + [9] * 15
    assert times == [40 * index for index in range(25)]
    assert [frame.pts is None for frame in frames] == [index >= 10 for index in range(25)]


def test_loop_starts_over(make_clip, frame_number):
    with VideoReader(make_clip(pts=range(10))) as reader:
        numbers, times, _ = _played(reader, 1.0, "loop", frame_number)
    assert numbers == [index % 10 for index in range(25)]
    assert times == [40 * index for index in range(25)]


def test_bounce_turns_without_showing_a_frame_twice(make_clip, frame_number):
    with VideoReader(make_clip(pts=range(5))) as reader:
        numbers, times, _ = _played(reader, 0.8, "bounce", frame_number)
    assert numbers == [0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3]
    assert times == [40 * index for index in range(20)]


def test_bounce_mirrors_uneven_times(make_clip, frame_number):
    with VideoReader(make_clip(pts=UNEVEN, time_base=MILLISECOND)) as reader:
        numbers, times, _ = _played(reader, 0.75, "bounce", frame_number)
    assert numbers == [0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 1, 2]
    backwards = [600 - time for time in reversed(UNEVEN[:-1])]
    assert times == [*UNEVEN, *backwards, 640, 670]


def test_loop_keeps_uneven_times(make_clip, frame_number):
    with VideoReader(make_clip(pts=UNEVEN, time_base=MILLISECOND)) as reader:
        numbers, times, _ = _played(reader, 0.6, "loop", frame_number)
    assert numbers[7:] == list(range(len(numbers) - 7))
    assert [time - times[7] for time in times[7:]] == pytest.approx(UNEVEN[: len(numbers) - 7], abs=0.01)
    assert 20 < times[7] - times[6] < 60


@pytest.mark.parametrize("how", ["loop", "bounce", "hold"])
def test_a_clip_of_one_frame_lasts(make_clip, frame_number, how):
    with VideoReader(make_clip(pts=[0])) as reader:
        numbers, times, _ = _played(reader, 0.2, how, frame_number)
    assert numbers == [0] * 5
    assert times == [0, 40, 80, 120, 160]


@pytest.mark.parametrize("how", ["loop", "bounce", "hold"])
def test_a_clip_that_starts_late_goes_on_without_a_hole(make_clip, clicks, frame_number, how):
    path = make_clip("clip.mkv", pts=range(5, 15), sound=clicks(1, [0.5]))
    with VideoReader(path) as reader:
        numbers, times, _ = _played(reader, 1.4, how, frame_number)
    assert times[0] == pytest.approx(200, abs=1)
    assert np.diff(times) == pytest.approx(40, abs=1.1)
    assert len(numbers) == 30


def test_going_backwards_holds_few_frames(make_clip, frame_number, monkeypatch):
    class Watched:
        """A reader that counts how many frames each call gives."""

        def __init__(self, reader: VideoReader) -> None:
            self.info, self.duration, self.counts, self._reader = reader.info, reader.duration, [], reader

        def frames(self, start: float = 0.0, end: float | None = None) -> Iterator[VideoFrame]:
            self.counts.append(0)
            call = len(self.counts) - 1
            for frame in self._reader.frames(start, end):
                self.counts[call] += 1
                yield frame

    with VideoReader(make_clip(options={"g": "1000"})) as reader:
        watched = Watched(reader)
        monkeypatch.setattr(fit, "BACKWARD_BYTES", 6 * 48 * 64 * 3)
        numbers = [frame_number(frame.pixels) for frame in islice(fitted_frames(watched, 99.0, "bounce"), 99)]
    assert numbers == [*range(50), *range(48, -1, -1)]
    assert max(watched.counts[1:]) == 6


@pytest.mark.parametrize("how", ["loop", "bounce", "hold"])
def test_the_frame_of_an_instant_is_told_without_playing(make_clip, frame_number, how):
    with VideoReader(make_clip(pts=range(10))) as reader:
        clip = ClipTimes.of(0.0, reader.frame_at(reader.duration).time, reader.duration, reader.info.frame_rate)
        for frame in fitted_frames(reader, 1.5, how):
            for instant in (frame.time + 0.001, frame.time + 0.039):
                shown = reader.frame_at(source_time(instant, how, clip))
                assert frame_number(shown.pixels) == frame_number(frame.pixels), instant
