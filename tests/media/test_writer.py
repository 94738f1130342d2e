import itertools
import os
import resource
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from skimage.data import astronaut
from skimage.transform import resize

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import AudioSettings, Encoding, MediaWriter, VideoSettings

SMALL = VideoSettings(width=64, height=48)


def _flat(index: int, time: float, size: tuple[int, int] = (64, 48), **source) -> VideoFrame:
    return VideoFrame(np.full((size[1], size[0], 3), 16 + 3 * (index % 70), np.uint8), time, index, **source)


def _write(path: Path, video: VideoSettings, frames, audio=None, clips=(), encoding=None) -> Path:
    with MediaWriter(path, video, audio, encoding) as writer:
        for frame in frames:
            writer.write_frame(frame)
        for clip in clips:
            writer.write_audio(clip)
        return writer.finish()


def _portrait(size: tuple[int, int]) -> np.ndarray:
    return (resize(astronaut(), (size[1], size[0]), anti_aliasing=True) * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("base", "ticks"),
    [
        (Fraction(1, 30_000), [tick * 1001 for tick in range(40)]),
        (Fraction(1, 24_000), [tick * 1001 for tick in range(40)]),
        (Fraction(1, 90_000), [0, 3003, 3004, 9000, 20_001, 20_500, 90_000, 91_111, 300_007]),
        (Fraction(1, 1000), [0, 33, 67, 100, 133, 400, 401, 1200]),
        (Fraction(1, 25), list(range(40))),
    ],
)
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_every_frame_keeps_its_time(tmp_path: Path, frame_number, base: Fraction, ticks: list[int], suffix: str):
    frames = [_flat(index, float(tick * base), pts=tick, time_base=base) for index, tick in enumerate(ticks)]
    path = _write(tmp_path / f"out.{suffix}", VideoSettings(width=64, height=48, time_base=base), frames)
    with VideoReader(path) as reader:
        read = list(reader.frames())
        assert [frame.pts * frame.time_base for frame in read] == [tick * base for tick in ticks]
        assert [frame_number(frame.pixels) for frame in read] == list(range(len(ticks)))
        assert reader.duration > ticks[-1] * base


def test_times_alone_are_enough(tmp_path: Path):
    times = [index / 24 for index in range(30)]
    settings = VideoSettings(width=64, height=48, frame_rate=Fraction(24), variable=False)
    path = _write(tmp_path / "out.mp4", settings, [_flat(index, time) for index, time in enumerate(times)])
    with VideoReader(path) as reader:
        assert [frame.time for frame in reader.frames()] == times
        assert reader.duration == pytest.approx(30 / 24)
        assert reader.info.frame_rate == 24


def test_a_copy_keeps_times_and_distance_to_the_sound(tmp_path: Path, make_clip, clicks, click_times):
    source = make_clip("late.ts", pts=range(100, 140), sound=clicks(1.6, [0.8]), sound_start=4 * 48_000)
    with VideoReader(source) as video, AudioReader(source) as audio:
        first = list(video.frames())
        clips = list(audio.blocks())
        heard = click_times(audio.read(0, 2).samples, audio.rate)
        settings = VideoSettings.like(video.info)
        path = _write(tmp_path / "out.mp4", settings, video.frames(), AudioSettings.like(audio.info), clips)
    with VideoReader(path) as video, AudioReader(path) as audio:
        assert [frame.time for frame in video.frames()] == pytest.approx([frame.time for frame in first], abs=2e-5)
        assert click_times(audio.read(0, 2).samples, audio.rate) == pytest.approx(heard, abs=1e-4)


@pytest.mark.parametrize("space", ["bt709", "smpte170m", "bt470bg"])
@pytest.mark.parametrize("levels", ["tv", "pc"])
def test_colours_and_their_tags_survive(tmp_path: Path, space: str, levels: str):
    portrait = _portrait((96, 96))
    settings = VideoSettings(
        width=96, height=96, color_range=levels, color_primaries=space, color_transfer="bt709", color_space=space
    )
    frames = [VideoFrame(portrait, index / 25, index) for index in range(3)]
    path = _write(tmp_path / "out.mp4", settings, frames, encoding=Encoding(crf=4))
    with VideoReader(path) as reader:
        info = reader.info
        assert (info.color_range, info.color_primaries, info.color_transfer, info.color_space) == (
            levels, space, "bt709", space,
        )  # fmt: skip
        error = reader.frame_at(0.04).pixels.astype(int) - portrait
    assert np.abs(error).mean() < 4
    # FFmpeg's scaler rounds full-range chroma down, which is worth up to 0.8 of a level.
    assert np.abs(error.mean(axis=(0, 1))).max() < (0.5 if levels == "tv" else 1.0)
    assert VideoSettings.like(info).tags == settings.tags


def test_what_was_untagged_stays_untagged(tmp_path: Path, make_clip):
    info = probe(make_clip()).videos[0]
    path = _write(tmp_path / "out.mp4", VideoSettings.like(info), [_flat(0, 0.0)])
    copy = probe(path).videos[0]
    tags = (copy.color_range, copy.color_primaries, copy.color_transfer, copy.color_space)
    assert tags == ("unspecified",) * 4


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47)])
@pytest.mark.parametrize(
    ("codec", "name", "sound"),
    [
        ("h264", "out.mp4", "aac"),
        ("hevc", "out.mp4", "aac"),
        ("vp9", "out.webm", "opus"),
        ("prores", "out.mov", "pcm"),
        ("ffv1", "out.mkv", "flac"),
    ],
)
def test_every_codec_keeps_odd_sizes_times_and_sound(tmp_path: Path, clicks, click_times, codec, name, sound, size):
    portrait = _portrait(size)
    frames = [VideoFrame(portrait, index / 25, index) for index in range(25)]
    settings = VideoSettings(width=size[0], height=size[1])
    clip = AudioClip(clicks(1, [0.5]), 48_000)
    encoding = Encoding(codec=codec, audio_codec=sound)
    path = _write(tmp_path / name, settings, frames, AudioSettings(rate=48_000), [clip], encoding)
    with VideoReader(path) as video, AudioReader(path) as audio:
        read = list(video.frames())
        assert [frame.time for frame in read] == pytest.approx([index / 25 for index in range(25)])
        assert read[0].size == size
        error = np.abs(read[12].pixels.astype(int) - portrait).mean()
        assert error == 0 if codec == "ffv1" else error < 4
        assert click_times(audio.read(0, 1).samples, 48_000) == pytest.approx([0.5], abs=1e-4)


@pytest.mark.parametrize("channels", [1, 2, 6, 8])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_the_speech_keeps_rate_channels_and_place(tmp_path: Path, clicks, click_times, rate: int, channels: int):
    samples = clicks(1.3, [0.4, 1.2], rate, channels)
    edges = [0, *np.random.default_rng(4).integers(1, samples.shape[1], 9), samples.shape[1]]
    edges = sorted(int(edge) for edge in edges)
    clips = [AudioClip(samples[:, first:last], rate, first / rate) for first, last in itertools.pairwise(edges)]
    frames = [_flat(index, index / 25) for index in range(33)]
    path = _write(tmp_path / "out.mp4", SMALL, frames, AudioSettings(rate=rate, channels=channels), clips)
    with AudioReader(path) as reader:
        assert (reader.rate, reader.channels, reader.duration) == (rate, channels, pytest.approx(1.3, abs=1e-4))
        heard = click_times(reader.read(0, 1.3).samples[:1], rate)
    assert heard == pytest.approx([0.4, 1.2], abs=max(1e-3, 2 / rate))


def test_a_rate_that_the_codec_lacks_becomes_the_next_higher_one(tmp_path: Path, clicks, click_times):
    clip = AudioClip(clicks(1, [0.5], 37_800), 37_800)
    path = _write(tmp_path / "out.mp4", SMALL, [_flat(0, 0.0)], AudioSettings(rate=37_800), [clip])
    with AudioReader(path) as reader:
        assert reader.rate == 44_100
        assert click_times(reader.read(0, 1).samples, 44_100) == pytest.approx([0.5], abs=1e-3)


def test_missing_sound_is_silence(tmp_path: Path, clicks, click_times):
    clips = [AudioClip(clicks(0.2, [0.1], 16_000), 16_000, start) for start in (0.5, 3.0)]
    path = _write(tmp_path / "out.mp4", SMALL, [_flat(0, 0.0)], AudioSettings(rate=16_000), clips)
    with AudioReader(path) as reader:
        assert click_times(reader.read(0, 4).samples, 16_000) == pytest.approx([0.6, 3.1], abs=1e-3)


def test_the_index_stands_in_front(tmp_path: Path):
    data = _write(tmp_path / "out.mp4", SMALL, [_flat(0, 0.0)]).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_packets_go_to_disk_as_they_come(tmp_path: Path):
    generator = np.random.default_rng(5)
    settings = VideoSettings(width=128, height=128)
    tone = np.zeros((1, 640), np.float32)
    with MediaWriter(tmp_path / "out.mp4", settings, AudioSettings(rate=16_000), Encoding(crf=10)) as writer:
        sizes = []
        for index in range(120):
            writer.write_frame(VideoFrame(generator.integers(0, 256, (128, 128, 3), np.uint8), index / 25, index))
            writer.write_audio(AudioClip(tone, 16_000, index / 25))
            sizes.append(next(tmp_path.iterdir()).stat().st_size)
    total = (tmp_path / "out.mp4").stat().st_size
    assert sizes[60] > total / 5
    assert sizes[-1] > total / 2


def test_sound_and_picture_lie_side_by_side(tmp_path: Path):
    with MediaWriter(tmp_path / "out.mp4", SMALL, AudioSettings(rate=16_000)) as writer:
        for index in range(250):
            writer.write_frame(_flat(index, index / 25))
            writer.write_audio(AudioClip(np.zeros((1, 640), np.float32), 16_000, index / 25))
    latest = {"video": 0.0, "audio": 0.0}
    with av.open(str(tmp_path / "out.mp4")) as container:
        order = sorted((packet.pos, packet) for packet in container.demux() if packet.size)
        for _, packet in order:
            latest[packet.stream.type] = float(packet.dts * packet.time_base)
            assert abs(latest["video"] - latest["audio"]) < 2.5


def test_nothing_shows_before_the_end(tmp_path: Path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the old one")
    with MediaWriter(path, SMALL) as writer:
        writer.write_frame(_flat(0, 0.0))
        assert path.read_bytes() == b"the old one"
        assert writer.finish() == path
        assert writer.finish() == path
    assert probe(path).videos[0].frames == 1
    assert list(tmp_path.iterdir()) == [path]


class _StopError(Exception):
    pass


def test_an_error_leaves_nothing_behind(tmp_path: Path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the old one")
    writer = MediaWriter(path, SMALL)

    def fail_after_a_frame() -> None:
        with writer:
            writer.write_frame(_flat(0, 0.0))
            raise _StopError

    with pytest.raises(_StopError):
        fail_after_a_frame()
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]
    writer.abort()
    with pytest.raises(ExportError, match="nothing more can be written"):
        writer.write_frame(_flat(1, 0.04))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda writer: writer.write_frame(_flat(1, 0.0)), "times have to rise"),
        (lambda writer: writer.write_frame(_flat(1, -1.0)), "times have to rise"),
        (lambda writer: writer.write_frame(_flat(1, 0.04, (32, 32))), "32x32, announced was 64x48"),
        (lambda writer: writer.write_audio(AudioClip(np.zeros((2, 9), np.float32), 16_000)), "announced was 1 channel"),
        (lambda writer: writer.write_audio(AudioClip(np.zeros((1, 9), np.float32), 8_000)), "at 8000 Hz"),
        (lambda writer: writer.write_audio(AudioClip(np.zeros((1, 9), np.float32), 16_000, 0.01)), "overlaps"),
    ],
)
def test_what_does_not_fit_is_one_line(tmp_path: Path, write, message: str):
    writer = MediaWriter(tmp_path / "out.mp4", SMALL, AudioSettings(rate=16_000))
    writer.write_frame(_flat(0, 0.0))
    writer.write_audio(AudioClip(np.zeros((1, 320), np.float32), 16_000))
    with pytest.raises(ExportError, match=message) as error:
        write(writer)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_frames_is_not_written(tmp_path: Path):
    with pytest.raises(ExportError, match="not a single frame"), MediaWriter(tmp_path / "out.mp4", SMALL):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "encoding", "message"),
    [
        ("missing/out.mp4", Encoding(), "there is no folder"),
        ("folder.mp4", Encoding(), "is a folder"),
        ("out.txt", Encoding(), "cannot write txt"),
        ("out", Encoding(), "without suffix"),
        ("out.mp4", Encoding(codec="h265"), "codec 'h265' is unknown"),
        ("out.webm", Encoding(), "cannot hold h264; it holds av1, vp9"),
        ("out.mp4", Encoding(audio_codec="pcm"), "cannot hold pcm"),
        ("out.mp4", Encoding(crf=99), "crf 99 is outside 0..51"),
        ("out.mp4", Encoding(preset="warp"), "preset 'warp' is unknown"),
    ],
)
def test_a_bad_choice_is_one_line(tmp_path: Path, name: str, encoding: Encoding, message: str):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(ExportError, match=message) as error:
        MediaWriter(tmp_path / name, SMALL, AudioSettings(rate=16_000), encoding)
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch):
    # The superuser may write anywhere, so the system's answer is what is tested here.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ExportError, match="is read-only"):
        MediaWriter(tmp_path / "out.mp4", SMALL)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a file system that nobody can write to")
def test_a_read_only_file_system_is_refused():
    with pytest.raises(ExportError, match="/proc"):
        MediaWriter(Path("/proc/out.mp4"), SMALL)


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path):
    generator = np.random.default_rng(6)
    settings = VideoSettings(width=256, height=256)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    noise = (VideoFrame(generator.integers(0, 256, (256, 256, 3), np.uint8), index / 25, index) for index in range(60))
    try:
        with pytest.raises(ExportError, match="the disk is full") as error:
            _write(tmp_path / "out.mp4", settings, noise, encoding=Encoding(crf=0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_long_names_fit_too(tmp_path: Path):
    path = tmp_path / ("ä" * 120 + ".mp4")
    assert _write(path, SMALL, [_flat(0, 0.0)]).is_file()
