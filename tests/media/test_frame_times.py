"""Every source frame once, with its own timestamp, at every rate and from every start: decode, encode, probe."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from talkface_studio.api.values import AudioClip
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import MediaWriter

NTSC = 1001
RATES = [
    Fraction(24_000, NTSC), Fraction(24), Fraction(25), Fraction(30_000, NTSC), Fraction(30), Fraction(50),
    Fraction(60_000, NTSC), Fraction(60),
]  # fmt: skip
FRAMES = 66


def _copy(source: Path, output: Path, encoding: Encoding | None = None) -> Path:
    """What a dub does to a file whose faces stay as they are."""
    with VideoReader(source) as video, MediaWriter(output, VideoSettings.like(video.info), None, encoding) as writer:
        for frame in video.frames():
            writer.write_frame(frame)
        return writer.finish()


def _times(path: Path) -> list[Fraction]:
    """The exact times of all frames, from the file's first, by FFmpeg alone."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        ticks = [frame.pts * stream.time_base for frame in container.decode(stream)]
    return [tick - ticks[0] for tick in ticks]


def _numbers(path: Path, frame_number: Callable[[np.ndarray], int]) -> list[int]:
    with VideoReader(path) as reader:
        return [frame_number(frame.pixels) for frame in reader.frames()]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
@pytest.mark.parametrize(("codec", "suffix"), [("h264", "mp4"), ("ffv1", "mkv")])
def test_constant_rates(tmp_path: Path, make_clip, frame_number, rate: Fraction, codec: str, suffix: str):
    step = rate.denominator
    source = make_clip(pts=[index * step for index in range(FRAMES)], time_base=Fraction(1, rate.numerator), rate=rate)
    output = _copy(source, tmp_path / f"out.{suffix}", Encoding(codec=codec))
    info = probe(output).videos[0]
    expected = [index / rate for index in range(FRAMES)]
    if suffix == "mp4":
        assert _times(output) == expected
        assert (info.frames, info.frame_rate, info.variable) == (FRAMES, rate, False)
        assert info.duration == pytest.approx(float(FRAMES / rate), abs=1e-6)
    else:
        assert [float(time) for time in _times(output)] == pytest.approx([float(time) for time in expected], abs=6e-4)
    assert _numbers(output, frame_number) == list(range(FRAMES))


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("seed", range(2))
def test_variable_rates(tmp_path: Path, make_clip, frame_number, codec: str, seed: int):
    gaps = np.random.default_rng(seed).integers(1, 9000, FRAMES)
    ticks = [int(tick) for tick in np.cumsum(gaps) - gaps[0]]
    source = make_clip("clip.mp4", pts=ticks, time_base=Fraction(1, 90_000))
    output = _copy(source, tmp_path / "out.mp4", Encoding(codec=codec))
    assert _times(output) == [Fraction(tick, 90_000) for tick in ticks]
    assert probe(output).videos[0].variable
    assert _numbers(output, frame_number) == list(range(FRAMES))


@pytest.mark.parametrize("options", [{"bf": "3"}, {"bf": "0"}, {"x264-params": "open-gop=1:keyint=12:bframes=3"}])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.mov"])
@pytest.mark.parametrize("first", [0, 100])
def test_other_starts_and_reordered_frames(tmp_path: Path, make_clip, frame_number, name: str, options, first: int):
    """Frames that are stored out of order have decoding times before 0; MP4 moves them with an edit list."""
    source = make_clip(name, pts=range(first, first + 40), options=options)
    with av.open(str(source)) as container:
        decoding = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
    assert (min(decoding) < 0) == (first == 0 and options != {"bf": "0"} and name in {"clip.mp4", "clip.mov"})
    output = _copy(source, tmp_path / "out.mp4")
    assert [float(time) for time in _times(output)] == pytest.approx([index / 25 for index in range(40)], abs=1e-3)
    assert _numbers(output, frame_number) == list(range(40))


def test_an_edit_list_that_cuts_the_beginning_is_honoured(tmp_path: Path, make_clip, frame_number):
    source = make_clip(options={"bf": "0", "g": "100"})
    data = bytearray(source.read_bytes())
    place = data.index(b"elst") + 4
    start = int.from_bytes(data[place + 12 : place + 16], "big")
    with av.open(str(source)) as container:
        ticks_per_frame = container.streams.video[0].time_base.denominator // 25
    data[place + 12 : place + 16] = (start + 10 * ticks_per_frame).to_bytes(4, "big")
    source.write_bytes(data)
    output = _copy(source, tmp_path / "out.mp4")
    assert _numbers(source, frame_number) == _numbers(output, frame_number) == list(range(10, 50))
    assert _times(output) == [Fraction(index, 25) for index in range(40)]


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_speech_keeps_rate_channels_and_place(tmp_path: Path, make_clip, clicks, click_times, rate: int, channels: int):
    sound = clicks(2.0, [0.25, 1.75], rate, channels)
    source = make_clip("speech.wav", sound=sound, sound_rate=rate, sound_codec="pcm_s16le", video=False)
    with (
        AudioReader(source) as reader,
        MediaWriter(
            tmp_path / "out.mkv",
            VideoSettings(width=64, height=48),
            AudioSettings.like(reader.info),
            Encoding(audio_codec="flac"),
        ) as writer,
        VideoReader(make_clip()) as video,
    ):
        for frame in video.frames():
            writer.write_frame(frame)
        clip: AudioClip
        for clip in reader.blocks():
            writer.write_audio(clip)
    with AudioReader(source) as first, AudioReader(tmp_path / "out.mkv") as second:
        assert (second.rate, second.channels) == (rate, channels)
        np.testing.assert_array_equal(second.read(0, 2).samples, first.read(0, 2).samples)
        assert click_times(second.read(0, 2).samples, rate) == pytest.approx([0.25, 1.75], abs=1 / rate)
