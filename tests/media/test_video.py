from fractions import Fraction
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.media.video import VideoReader

MILLISECOND = Fraction(1, 1000)


def test_frames_carry_their_times_and_timestamps(make_clip, frame_number):
    path = make_clip(pts=[tick * 1001 for tick in range(50)], time_base=Fraction(1, 30_000), rate=30)
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    assert [frame.index for frame in frames] == list(range(50))
    assert [frame_number(frame.pixels) for frame in frames] == list(range(50))
    assert [frame.time for frame in frames] == [tick * 1001 / 30_000 for tick in range(50)]
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(tick * 1001, 30_000) for tick in range(50)]
    assert frames[0].pixels.dtype == np.uint8
    assert frames[0].pixels.shape == (48, 64, 3)
    assert all(frame.pixels.flags.c_contiguous for frame in frames)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov"])
def test_uneven_times_are_kept(make_clip, frame_number, name: str):
    ticks = [0, 40, 41, 120, 125, 400, 1000, 1033, 3000, 3040]
    with VideoReader(make_clip(name, pts=ticks, time_base=MILLISECOND)) as reader:
        frames = list(reader.frames())
    assert [round(frame.time * 1000, 6) for frame in frames] == ticks
    assert [frame_number(frame.pixels) for frame in frames] == list(range(10))


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.avi", "clip.h264"])
@pytest.mark.parametrize("bounds", [(0.0, 0.2), (0.39, 1.21), (0.48, 0.52), (1.9, 9.0), (1.0, 1.0), (-1.0, 0.04)])
def test_a_window_is_that_part_of_the_whole(make_clip, frame_number, name: str, bounds: tuple[float, float]):
    with VideoReader(make_clip(name)) as reader:
        whole = [(frame.time, frame_number(frame.pixels)) for frame in reader.frames()]
        part = [(frame.time, frame_number(frame.pixels)) for frame in reader.frames(*bounds)]
    assert len(whole) == 50
    assert part == [item for item in whole if bounds[0] <= item[0] < bounds[1]]


@pytest.mark.parametrize("options", [{"x264-params": "open-gop=1:keyint=12:bframes=3"}, {"bf": "0"}, {"g": "1000"}])
def test_a_window_is_exact_however_the_stream_is_coded(make_clip, frame_number, options: dict[str, str]):
    with VideoReader(make_clip(pts=range(70), options=options)) as reader:
        for first in range(0, 70, 7):
            numbers = [frame_number(frame.pixels) for frame in reader.frames(first / 25, (first + 3) / 25)]
            assert numbers == [first, first + 1, first + 2][: 70 - first]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_the_frame_shown_at_a_time(make_clip, frame_number, name: str):
    ticks = [0, 40, 41, 120, 400, 1000, 1033, 3000, 9000, 9040]
    with VideoReader(make_clip(name, pts=ticks, time_base=MILLISECOND)) as reader:
        for time in (-1, 0, 0.0399, 0.04, 0.0405, 0.2, 2.999, 3.0, 8.5, 9.0, 9.04, 99, 0.05, 1.01, 0.41):
            shown = max((index for index, tick in enumerate(ticks) if tick / 1000 <= time), default=0)
            frame = reader.frame_at(time)
            assert (frame_number(frame.pixels), frame.time) == (shown, pytest.approx(ticks[shown] / 1000))


QUADRANTS = np.repeat(
    np.repeat(np.array([[[250, 0, 0], [0, 250, 0]], [[0, 0, 250], [250, 250, 250]]], np.uint8), 24, 0), 32, 1
)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_frames_are_upright(make_clip, degrees: int, mirrored: bool):
    path = make_clip(rotation=(degrees, mirrored), picture=QUADRANTS, pts=range(3))
    expected = np.rot90(QUADRANTS, degrees // 90)
    if mirrored:
        expected = expected[:, ::-1]
    with VideoReader(path) as reader:
        (pixels,) = [frame.pixels for frame in reader.frames(0.0, 0.04)]
        assert (reader.info.height, reader.info.width) == expected.shape[:2]
        if not mirrored:
            assert reader.info.rotation == (360 - degrees) % 360
    assert pixels.shape == expected.shape
    height, width = pixels.shape[0] // 4, pixels.shape[1] // 4
    for y in (height, 3 * height):
        for x in (width, 3 * width):
            assert np.abs(pixels[y, x].astype(int) - expected[y, x]).max() < 12


def test_ten_bit_frames_are_read(make_clip, frame_number):
    with VideoReader(make_clip(pixel_format="yuv420p10le", options={"qp": "0"})) as reader:
        assert [frame_number(frame.pixels) for frame in reader.frames(0.4, 0.6)] == [10, 11, 12, 13, 14]


def test_a_file_that_starts_late_starts_at_zero(make_clip, frame_number):
    with VideoReader(make_clip("late.ts", pts=range(100, 150))) as reader:
        frames = list(reader.frames())
        again = list(reader.frames(1.0, 1.1))
    assert frames[0].pts * frames[0].time_base == 4
    assert [frame.time for frame in frames] == pytest.approx([index / 25 for index in range(50)], abs=1e-4)
    assert [frame_number(frame.pixels) for frame in again] == [25, 26, 27]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_pictures_that_start_after_the_sound_keep_their_distance(make_clip, clicks, name: str):
    with VideoReader(make_clip(name, pts=range(15, 40), sound=clicks(2, [1]))) as reader:
        frames = list(reader.frames())
        assert frames[0].time == pytest.approx(0.6, abs=1e-3)
        assert reader.info.start == pytest.approx(0.6, abs=1e-3)
        assert reader.frame_at(0.0).pts == frames[0].pts


def test_the_second_stream_can_be_read(make_clip, frame_number):
    path = make_clip("clip.mkv", streams=2)
    with VideoReader(path, stream=1) as reader:
        assert [frame_number(frame.pixels) for frame in reader.frames(0, 0.1)] == [10, 11, 12]
    with pytest.raises(MediaError, match="has 2 picture stream"):
        VideoReader(path, stream=2)


def test_a_file_without_picture_is_refused(make_clip, clicks):
    with pytest.raises(MediaError, match="has no picture"):
        VideoReader(make_clip("sound.m4a", sound=clicks(1, [0.5]), video=False))


def _damage(path: Path, numbers: list[int]) -> None:
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for position, size in (packets[number] for number in numbers):
        data[position : position + size] = b"\xff" * size
    path.write_bytes(data)


def test_a_damaged_packet_is_left_out_and_counted(make_clip, frame_number):
    path = make_clip("mjpeg.mov", codec="mjpeg", pixel_format="yuvj420p")
    _damage(path, [20])
    with VideoReader(path) as reader:
        numbers = [frame_number(frame.pixels) for frame in reader.frames()]
        assert reader.skipped == 1
    assert numbers == [number for number in range(50) if number != 20]


def test_damage_in_predicted_frames_does_not_end_the_clip(make_clip, frame_number):
    path = make_clip(options={"bf": "0"})
    _damage(path, [15])
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    assert [frame_number(frame.pixels) for frame in frames][-26:] == list(range(24, 50))
    assert len(frames) >= 49


def test_a_file_of_damage_alone_is_an_error(make_clip):
    path = make_clip("mjpeg.mov", codec="mjpeg", pixel_format="yuvj420p")
    _damage(path, list(range(50)))
    with pytest.raises(MediaError, match="damaged"):
        VideoReader(path)


def test_iterators_do_not_disturb_each_other(make_clip, frame_number):
    with VideoReader(make_clip()) as reader:
        pairs = []
        for first, second in zip(reader.frames(), reader.frames(1.0), strict=False):
            pairs.append((frame_number(first.pixels), frame_number(second.pixels)))
            assert frame_number(reader.frame_at(0.5).pixels) == 12
    assert pairs == [(index, index + 25) for index in range(25)]


def test_threads_may_share_a_reader(make_clip, frame_number):
    results: dict[int, list[int]] = {}
    with VideoReader(make_clip()) as reader:

        def read(start: int) -> None:
            results[start] = [frame_number(frame.pixels) for frame in reader.frames(start / 25)]

        threads = [Thread(target=read, args=(start,)) for start in (0, 10, 20, 30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {start: list(range(start, 50)) for start in (0, 10, 20, 30)}


def test_a_closed_reader_says_so(make_clip):
    reader = VideoReader(make_clip())
    reader.close()
    reader.close()
    with pytest.raises(MediaError, match="closed"):
        reader.frame_at(0)
    with pytest.raises(MediaError, match="closed"):
        next(reader.frames())


@pytest.mark.parametrize("interval", [12, 250])
def test_going_on_to_a_later_frame_gives_the_same_as_decoding_them_all(make_clip, frame_number, interval):
    """However far it is, and wherever decoding could begin anew; most pictures in between are left out."""
    path = make_clip(pts=range(150), options={"g": str(interval), "bf": "3"})
    steps = np.random.default_rng(0).uniform(0.02, 2.9, 30)
    with VideoReader(path) as reader:
        times = [frame.time for frame in reader.frames()]
        for time in np.cumsum(steps) % times[-1]:
            expected = max(number for number, each in enumerate(times) if each <= time)
            frame = reader.frame_at(float(time))
            assert (frame.time, frame_number(frame.pixels)) == (times[expected], expected % 70)
