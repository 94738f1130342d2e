from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from talkface_studio.api.errors import MediaError
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.probe import probe
from talkface_studio.media.video import VideoReader


def test_a_video_with_sound_is_described(make_clip, clicks):
    info = probe(make_clip(sound=clicks(2, [1], 44_100, 2), sound_rate=44_100))
    (video,), (audio,) = info.videos, info.audios
    assert (info.kind, info.duration) == ("video", pytest.approx(2.0))
    assert (video.codec, video.width, video.height, video.frame_rate) == ("h264", 64, 48, Fraction(25))
    assert (video.variable, video.rotation, video.bit_depth, video.frames) == (False, 0, 8, 50)
    assert (video.start, video.duration, video.pixel_format) == (0.0, pytest.approx(2.0), "yuv420p")
    assert video.color_space == video.color_range == "unspecified"
    assert (audio.codec, audio.rate, audio.channels, audio.layout) == ("aac", 44_100, 2, "stereo")
    assert audio.duration == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_a_variable_frame_rate_is_noticed(make_clip, name):
    uneven = [tick * 40 + (15 if tick % 3 == 0 else 0) for tick in range(60)]
    assert probe(make_clip(name, pts=uneven, time_base=Fraction(1, 1000))).videos[0].variable
    ntsc = [tick * 1001 for tick in range(60)]
    assert not probe(make_clip(name, pts=ntsc, time_base=Fraction(1, 30_000), rate=30)).videos[0].variable


def test_all_streams_are_listed(make_clip, clicks):
    info = probe(make_clip("clip.mkv", sound=clicks(2, [1]), streams=2))
    assert [video.index for video in info.videos] == [0, 1]
    assert [audio.index for audio in info.audios] == [2, 3]


def test_ten_bits_are_told(make_clip):
    assert probe(make_clip(pixel_format="yuv420p10le")).videos[0].bit_depth == 10


def test_cover_art_is_no_video(tmp_path: Path, clicks):
    path = tmp_path / "song.mp3"
    Image.new("RGB", (16, 16), "red").save(tmp_path / "cover.png")
    with av.open(str(path), "w") as output, av.open(str(tmp_path / "cover.png")) as cover:
        sound = output.add_stream("libmp3lame", rate=48_000, layout="mono")
        art = output.add_stream_from_template(cover.streams.video[0], opaque=True)
        art.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(clicks(1, [0.5]), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
        packet = next(cover.demux(video=0))
        packet.stream = art
        output.mux(packet)
    info = probe(path)
    assert (info.kind, info.videos, len(info.audios)) == ("audio", (), 1)
    with pytest.raises(MediaError, match="has no picture"):
        VideoReader(path)


def test_a_photo_is_one_still(tmp_path: Path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (31, 17)).save(path)
    info = probe(path)
    assert (info.kind, info.videos[0].width, info.videos[0].height, info.audios) == ("photo", 31, 17, ())


def test_an_animation_is_a_video(tmp_path: Path):
    path = tmp_path / "moving.gif"
    frames = [Image.new("L", (16, 16), shade) for shade in (0, 90, 180)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    assert probe(path).kind == "video"


def _bad_files(folder: Path, clip: Path) -> dict[str, Path]:
    data = clip.read_bytes()
    files = {
        "missing": folder / "missing.mp4",
        "empty": folder / "empty.mp4",
        "text": folder / "text.mp4",
        "notes": folder / "notes.txt",
        "cut": folder / "cut.mp4",
        "playlist": folder / "list.m3u8",
        "folder": folder,
    }
    files["empty"].touch()
    files["text"].write_text("this is not a video\n" * 50)
    files["notes"].write_text("this is not a video\n" * 50)
    files["cut"].write_bytes(data[: len(data) // 2])
    files["playlist"].write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    return files


@pytest.mark.parametrize("reader", [probe, VideoReader, AudioReader])
@pytest.mark.parametrize("case", ["missing", "empty", "text", "notes", "cut", "playlist", "folder"])
def test_a_bad_file_is_one_line(tmp_path: Path, make_clip, clicks, case: str, reader):
    path = _bad_files(tmp_path, make_clip(sound=clicks(2, [1])))[case]
    with pytest.raises(MediaError) as error:
        reader(path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_whose_end_is_missing_is_refused(make_clip):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 96_000)).astype(np.float32)
    whole = make_clip(sound=noise)
    fast = whole.with_name("fast.mp4")
    with av.open(str(whole)) as source, av.open(str(fast), "w", container_options={"movflags": "+faststart"}) as output:
        streams = {stream.index: output.add_stream_from_template(stream, opaque=True) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                output.mux(packet)
    data = fast.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    fast.write_bytes(data[:-5_000])
    with pytest.raises(MediaError, match="is truncated"):
        probe(fast)
