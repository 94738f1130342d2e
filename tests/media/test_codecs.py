"""Every codec: what it keeps of a source, and the suffixes and choices that do not fit."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.codecs import VIDEO_CODECS
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import MediaWriter

PAINTED = (slice(20, 30), slice(31, 41))
"""Where the tests change pixels; it begins and ends inside blocks of chroma."""


def _planes(path: Path) -> list[list[np.ndarray]]:
    """The samples of every plane of every frame, as they are stored."""
    with av.open(str(path)) as container:
        return [[_plane(plane, frame) for plane in frame.planes] for frame in container.decode(video=0)]


def _plane(plane: av.video.plane.VideoPlane, frame: av.VideoFrame) -> np.ndarray:
    dtype = np.uint16 if frame.format.components[0].bits > 8 else np.uint8
    return np.frombuffer(plane, dtype).reshape(plane.height, -1)[:, : plane.width].copy()


def _source(path: Path, pixel_format: str, size: tuple[int, int], **stream: object) -> Path:
    """Noise on ramps, with values that 8 bits cannot tell apart where the format has more, stored exactly."""
    generator = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = *size, pixel_format
        for name, value in stream.items():
            setattr(video.codec_context, name, value)
        for index in range(6):
            frame = av.VideoFrame(*size, pixel_format)
            for plane in frame.planes:
                deep = frame.format.components[0].bits > 8
                samples = np.frombuffer(plane, np.uint16 if deep else np.uint8).reshape(plane.height, -1)
                ramp = np.linspace(80, 850, plane.width)[None] + generator.integers(0, 5, (plane.height, plane.width))
                samples[:, : plane.width] = (ramp + index) / (1 if deep else 4)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def _repainted(source: Path, output: Path, encoding: Encoding) -> Path:
    """Decode, change a few pixels, encode."""
    with VideoReader(source) as reader, MediaWriter(output, VideoSettings.like(reader.info), None, encoding) as writer:
        for frame in reader.frames():
            pixels = frame.pixels.copy()
            pixels[PAINTED] = (200, 40, 90)
            writer.write_frame(frame.painted(0, 0, pixels))
        return writer.finish()


@pytest.mark.parametrize("size", [(96, 64), (95, 63)])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv420p10le", "yuv444p12le"])
def test_a_lossless_export_keeps_every_sample_outside_the_change(tmp_path: Path, pixel_format: str, size):
    source = _source(tmp_path / "source.mkv", pixel_format, size)
    output = _repainted(source, tmp_path / "out.mkv", Encoding(codec="ffv1"))
    assert probe(output).videos[0].pixel_format == pixel_format
    before, after = _planes(source), _planes(output)
    assert len(after) == 6
    for old, new in zip(before, after, strict=True):
        for number, (given, kept) in enumerate(zip(old, new, strict=True)):
            across, down = (2 if given.shape[1] < size[0] else 1), (2 if given.shape[0] < size[1] else 1)
            painted = np.zeros(given.shape, bool)
            painted[20 // down : -(-30 // down), 31 // across : -(-41 // across)] = True
            np.testing.assert_array_equal(kept[~painted], given[~painted], err_msg=f"plane {number}")
            assert (kept[painted] != given[painted]).mean() > 0.7
    with VideoReader(output) as reader:
        middle = reader.frame_at(0.1).pixels[24:27, 34:38].astype(int)
    assert np.abs(middle - (200, 40, 90)).max() < 8


@pytest.mark.parametrize(
    ("codec", "name", "stored"),
    [
        ("h264", "out.mp4", {"yuv420p10le": "yuv420p10le", "yuv422p10le": "yuv422p10le"}),
        ("hevc", "out.mp4", {"yuv420p10le": "yuv420p10le", "yuv422p10le": "yuv422p10le"}),
        ("av1", "out.mkv", {"yuv420p10le": "yuv420p10le", "yuv422p10le": "yuv420p10le"}),
        ("prores", "out.mov", {"yuv420p10le": "yuv422p10le", "yuv422p10le": "yuv422p10le"}),
        ("vp9", "out.webm", {"yuv420p10le": "yuv420p", "yuv422p10le": "yuv420p"}),
    ],
)
def test_deep_sources_stay_deep_where_the_encoder_can(tmp_path: Path, codec: str, name: str, stored: dict[str, str]):
    for given, kept in stored.items():
        source = _source(tmp_path / f"{given}.mkv", given, (128, 80))
        output = _repainted(source, tmp_path / name, Encoding(codec=codec, crf=4))
        assert probe(output).videos[0].pixel_format == kept
        if given == kept:
            error = _planes(output)[3][0][:18].astype(int) - _planes(source)[3][0][:18]
            # Steps of 8 bits are 4 of these wide; an 8-bit detour would err by up to as much everywhere.
            assert np.abs(error).mean() < 1.6


def test_wide_colour_and_its_tags_survive(tmp_path: Path):
    tags = {"color_primaries": 9, "color_trc": 16, "colorspace": 9, "color_range": 1}
    source = _source(tmp_path / "hdr.mkv", "yuv420p10le", (128, 80), **tags)
    for codec, name in (("hevc", "out.mp4"), ("prores", "out.mov"), ("av1", "out.webm")):
        info = probe(_repainted(source, tmp_path / name, Encoding(codec=codec))).videos[0]
        assert (info.color_primaries, info.color_transfer, info.color_space) == ("bt2020", "smpte2084", "bt2020nc")
        assert info.color_range == "tv"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_sources_are_stored_upright_with_their_own_samples(tmp_path: Path, make_clip, degrees: int):
    picture = np.ascontiguousarray(astronaut()[:48, 100:164])
    source = make_clip(rotation=(degrees, False), picture=picture, pts=range(4), options={"qp": "0"})
    with VideoReader(source) as reader:
        shown = next(reader.frames()).pixels
        with MediaWriter(tmp_path / "out.mkv", VideoSettings.like(reader.info), None, Encoding(codec="ffv1")) as writer:
            for frame in reader.frames():
                writer.write_frame(frame)
    turned = [np.rot90(plane, degrees // 90) for plane in _planes(source)[0]]
    for kept, expected in zip(_planes(tmp_path / "out.mkv")[0], turned, strict=True):
        np.testing.assert_array_equal(kept, expected)
    with VideoReader(tmp_path / "out.mkv") as reader:
        assert np.abs(next(reader.frames()).pixels.astype(int) - shown).mean() < 3


def _moving(count: int = 8) -> list[VideoFrame]:
    picture = astronaut()[:120, 60:220]
    return [
        VideoFrame(np.ascontiguousarray(np.roll(picture, index * 3, 1)), index / 10, index) for index in range(count)
    ]


def _write(path: Path, encoding: Encoding, audio: AudioSettings | None = None) -> list[VideoFrame]:
    frames = _moving()
    with MediaWriter(path, VideoSettings(width=160, height=120, frame_rate=Fraction(10)), audio, encoding) as writer:
        for frame in frames:
            writer.write_frame(frame)
            if audio is not None:
                writer.write_audio(AudioClip(np.zeros((1, 1600), np.float32), 16_000, frame.time))
    return frames


@pytest.mark.parametrize(("name", "codec", "limit"), [("out.gif", "gif", 9.0), ("out.webp", "webp", 6.0)])
def test_animations_keep_frames_colours_and_pace(tmp_path: Path, name: str, codec: str, limit: float):
    frames = _write(tmp_path / name, Encoding(codec=codec), AudioSettings(rate=16_000))
    with Image.open(tmp_path / name) as image:
        assert (image.n_frames, image.size) == (8, (160, 120))
        for index, frame in enumerate(frames):
            image.seek(index)
            shown = np.asarray(image.convert("RGB")).astype(int)
            assert np.abs(shown - frame.pixels).mean() < limit
            if index:
                assert image.info["duration"] == 100


def test_numbered_pictures_appear_together_in_a_folder_of_their_own(tmp_path: Path):
    frames = _write(tmp_path / "shots" / "%04d.png", Encoding(codec="png"))
    names = sorted(path.name for path in (tmp_path / "shots").iterdir())
    assert names == [f"{index:04d}.png" for index in range(1, 9)]
    assert [path.name for path in tmp_path.iterdir()] == ["shots"]
    for name, frame in zip(names, frames, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "shots" / name)), frame.pixels)
    with pytest.raises(ExportError, match="shots: is not empty"):
        _write(tmp_path / "shots" / "%04d.png", Encoding(codec="png"))
    with pytest.raises(ExportError, match=r"NAME/%06d\.png"):
        _write(tmp_path / "one.png", Encoding(codec="png"))


def test_an_abandoned_folder_of_pictures_is_removed(tmp_path: Path):
    writer = MediaWriter(tmp_path / "shots" / "%04d.png", VideoSettings(width=160, height=120), None, Encoding("png"))
    writer.write_frame(_moving(1)[0])
    writer.abort()
    assert list(tmp_path.iterdir()) == []


def test_pictures_larger_than_the_limit_are_scaled_down(tmp_path: Path):
    _write(tmp_path / "out.mp4", Encoding(size=(81, 200)))
    assert (probe(tmp_path / "out.mp4").videos[0].width, probe(tmp_path / "out.mp4").videos[0].height) == (108, 80)
    _write(tmp_path / "same.mp4", Encoding(size=(200, 200)))
    with VideoReader(tmp_path / "same.mp4") as reader:
        assert (reader.info.width, reader.info.height) == (160, 120)
        assert np.abs(reader.frame_at(0).pixels.astype(int) - _moving(1)[0].pixels).mean() < 5


@pytest.mark.parametrize(
    ("name", "codec", "exact"),
    [("a.wav", "pcm_s16le", 1e-4), ("a.flac", "flac", 1e-6), ("a.m4a", "aac", 1), ("a.opus", "opus", 1)],
)
def test_sound_alone(tmp_path: Path, name: str, codec: str, exact: float):
    samples = (np.sin(np.arange(48_000) * [[0.05], [0.08]]) * 0.4).astype(np.float32)
    with MediaWriter(tmp_path / name, None, AudioSettings(rate=48_000, channels=2)) as writer:
        writer.write_audio(AudioClip(samples, 48_000))
    with AudioReader(tmp_path / name) as reader:
        assert (reader.info.codec.removeprefix("lib"), reader.rate, reader.channels) == (codec, 48_000, 2)
        assert np.abs(reader.read(0.1, 0.9).samples - samples[:, 4_800:43_200]).max() < exact
    assert probe(tmp_path / name).kind == "audio"


@pytest.mark.parametrize(
    "codec", [name for name, codec in VIDEO_CODECS.items() if codec.software is None and codec.joins]
)
def test_an_encoder_opened_again_writes_the_same_header_and_begins_with_a_key_frame(tmp_path: Path, codec: str):
    suffix = VIDEO_CODECS[codec].containers[0]
    headers = set()
    for number in range(2):
        name = f"{number}/%03d.png" if suffix == "png" else f"{number}.{suffix}"
        _write(tmp_path / name, Encoding(codec=codec))
        path = tmp_path / name.replace("%03d", "001")
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            headers.add(bytes(stream.codec_context.extradata or b""))
            assert next(packet for packet in container.demux(stream)).is_keyframe
    assert len(headers) == 1
