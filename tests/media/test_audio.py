from pathlib import Path

import av
import numpy as np
import pytest

from talkface_studio.api.errors import MediaError
from talkface_studio.media.audio import SEGMENT_SECONDS, AudioReader

RATE = 16_000


def _speechlike(seconds: float, rate: int = RATE, channels: int = 1) -> np.ndarray:
    """Tones and noise, so that every stretch differs from every other."""
    time = np.arange(round(seconds * rate)) / rate
    tone = 0.3 * np.sin(2 * np.pi * (200 + 30 * time) * time)
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (channels, len(time)))
    return (tone + noise).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "codec", "video"),
    [
        ("clip.mp4", "aac", True),
        ("clip.mov", "aac", True),
        ("clip.mkv", "aac", True),
        ("clip.webm", "libopus", False),
        ("clip.ogg", "libopus", False),
        ("clip.mp3", "libmp3lame", False),
        ("clip.flac", "flac", False),
        ("clip.wav", "pcm_s16le", False),
    ],
)
def test_sound_is_neither_late_nor_early(make_clip, clicks, click_times, name: str, codec: str, video: bool):
    times = [0.25, 1.0, 1.9]
    with AudioReader(make_clip(name, sound=clicks(2.2, times), sound_codec=codec, video=video)) as reader:
        heard = click_times(reader.read(0, 2.2).samples, reader.rate)
        assert heard == pytest.approx(times, abs=1e-4)
        # Found again where decoding does not begin at the beginning of the file.
        assert click_times(reader.read(0.9, 1.1).samples, reader.rate) == pytest.approx([0.1], abs=1e-4)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_any_rate(make_clip, clicks, click_times, rate: int):
    with AudioReader(make_clip(sound=clicks(2, [0.5, 1.5], rate), sound_rate=rate)) as reader:
        clip = reader.read(0, 2)
        assert (reader.rate, clip.rate, clip.samples.shape) == (rate, rate, (1, 2 * rate))
        assert reader.duration == pytest.approx(2.0)
        assert click_times(clip.samples, rate) == pytest.approx([0.5, 1.5], abs=1e-3)


@pytest.mark.parametrize(("channels", "layout"), [(1, "mono"), (2, "stereo"), (6, "5.1"), (8, "7.1")])
@pytest.mark.parametrize("codec", ["aac", "flac"])
def test_channels_keep_their_order(make_clip, channels: int, layout: str, codec: str):
    time = np.arange(48_000) / 48_000
    # Below the cut-off of the low-frequency channel.
    tones = [0.1 * (number + 1) * np.sin(2 * np.pi * 60 * time) for number in range(channels)]
    path = make_clip("clip.mkv", sound=np.array(tones, np.float32), sound_codec=codec, layout=layout)
    with AudioReader(path) as reader:
        samples = reader.read(0.2, 0.8).samples
    assert samples.dtype == np.float32
    assert np.abs(samples).max(axis=1) == pytest.approx([0.1 * (number + 1) for number in range(channels)], rel=0.15)


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"])
def test_every_sample_format_has_the_same_scale(make_clip, codec: str):
    sound = _speechlike(0.5, channels=2)
    with AudioReader(make_clip("clip.wav", sound=sound, sound_rate=RATE, sound_codec=codec, video=False)) as reader:
        samples = reader.read(0, 0.5).samples
    assert np.abs(samples - sound).max() <= {"pcm_u8": 2**-7, "pcm_s16le": 2**-15}.get(codec, 2**-23)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "video"),
    [
        ("clip.mp4", "aac", RATE, True),
        ("clip.mkv", "aac", 44_100, True),
        ("clip.ts", "aac", 44_100, True),
        ("clip.mp3", "libmp3lame", RATE, False),
        ("clip.webm", "libopus", 48_000, False),
        ("clip.flac", "flac", RATE, False),
        ("clip.mka", "flac", 44_100, False),
    ],
)
def test_what_is_read_does_not_depend_on_what_was_read(make_clip, name: str, codec: str, rate: int, video: bool):
    seconds = SEGMENT_SECONDS * 2.2
    sound = _speechlike(seconds, rate)
    path = make_clip(name, sound=sound, sound_rate=rate, sound_codec=codec, video=video)
    with AudioReader(path) as reader:
        whole = np.concatenate([block.samples for block in reader.blocks(1.7)], axis=1)
    generator = np.random.default_rng(2)
    edges = [SEGMENT_SECONDS - 0.2, 2 * SEGMENT_SECONDS - 0.01, 0.0, SEGMENT_SECONDS, seconds - 1]
    with AudioReader(path) as reader:
        for start in [*generator.uniform(0, seconds - 1, 12), *edges]:
            first, count = round(start * rate), int(generator.integers(1, rate))
            window = reader.read(first / rate, (first + count) / rate).samples
            expected = whole[:, first : first + count]
            assert np.array_equal(window[:, : expected.shape[1]], expected)
            assert window.shape[1] == count


@pytest.mark.parametrize(("name", "codec"), [("clip.mkv", "aac"), ("clip.ts", "aac"), ("clip.mkv", "flac")])
def test_no_seam_where_decoding_begins_anew(make_clip, name: str, codec: str):
    rate = 44_100
    time = np.arange(round(rate * (SEGMENT_SECONDS + 1.5))) / rate
    sound = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None]
    with AudioReader(make_clip(name, sound=sound, sound_rate=rate, sound_codec=codec)) as reader:
        around = reader.read(SEGMENT_SECONDS - 0.1, SEGMENT_SECONDS + 0.1).samples[0]
        elsewhere = reader.read(SEGMENT_SECONDS / 2, SEGMENT_SECONDS / 2 + 0.2).samples[0]
    # A sample too many or too few would show as a jump in the second difference of a tone.
    assert np.abs(np.diff(around, 2)).max() < 1.5 * np.abs(np.diff(elsewhere, 2)).max()
    assert np.abs(around).max() == pytest.approx(0.5, abs=0.02)


def test_outside_the_track_is_silence(make_clip):
    sound = np.full((1, RATE), 0.5, np.float32)
    with AudioReader(
        make_clip("clip.wav", sound=sound, sound_rate=RATE, sound_codec="pcm_f32le", video=False)
    ) as reader:
        clip = reader.read(-0.5, 1.5)
        assert clip.start == -0.5
        assert clip.samples.shape == (1, 2 * RATE)
        assert np.array_equal(
            clip.samples[0] != 0, (np.arange(2 * RATE) >= RATE // 2) & (np.arange(2 * RATE) < RATE * 1.5)
        )
        assert reader.read(7, 8).samples.shape == (1, RATE)
        assert reader.read(1, 1).samples.shape == (1, 0)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_sound_that_starts_after_the_picture(make_clip, clicks, click_times, name: str):
    path = make_clip(name, sound=clicks(1.5, [0.5]), sound_start=24_000)
    with AudioReader(path) as reader:
        assert click_times(reader.read(0, 2).samples, reader.rate) == pytest.approx([1.0], abs=1e-3)
        assert reader.duration == pytest.approx(2.0, abs=0.03)
        assert not reader.read(0, 0.45).samples.any()


def test_the_sound_of_a_file_that_starts_late_fits_its_picture(make_clip, clicks, click_times):
    path = make_clip("late.mkv", pts=range(100, 150), sound=clicks(2, [1.0]), sound_start=4 * 48_000)
    with AudioReader(path) as reader:
        assert click_times(reader.read(0, 2).samples, reader.rate) == pytest.approx([1.0], abs=2e-3)


def test_the_end_of_the_last_packet_is_cut_off(make_clip):
    sound = _speechlike(1.0137)
    with AudioReader(make_clip(sound=sound, sound_rate=RATE)) as reader:
        samples = reader.read(0, 1.2).samples[0]
    assert samples[sound.shape[1] - 1] != 0
    assert not samples[sound.shape[1] :].any()


def _with_gap(source: Path, target: Path, first: int, last: int) -> None:
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        stream = writing.add_stream_from_template(reading.streams.audio[0], opaque=True)
        for number, packet in enumerate(reading.demux(audio=0)):
            if packet.dts is not None and not first <= number < last:
                packet.stream = stream
                writing.mux(packet)


@pytest.mark.parametrize("name", ["gap.mp4", "gap.mkv"])
def test_a_gap_in_the_stream_is_silence_and_moves_nothing(make_clip, clicks, click_times, tmp_path: Path, name: str):
    path = make_clip("whole.mkv", sound=clicks(4, [0.5, 3.5]), video=False)
    _with_gap(path, tmp_path / name, 50, 120)
    with AudioReader(tmp_path / name) as reader:
        assert click_times(reader.read(0, 4).samples, reader.rate) == pytest.approx([0.5, 3.5], abs=1e-3)


def test_a_damaged_packet_moves_nothing(make_clip, clicks, click_times):
    path = make_clip("clip.mkv", sound=clicks(4, [0.5, 3.5]), sound_codec="flac", video=False)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(audio=0) if packet.size]
        position, size = packets[15].pos, packets[15].size
    data = bytearray(path.read_bytes())
    data[position + 10 : position + size] = b"\xff" * (size - 10)
    path.write_bytes(data)
    with AudioReader(path) as reader:
        assert click_times(reader.read(0, 4).samples, reader.rate) == pytest.approx([0.5, 3.5], abs=1e-3)


def test_sound_that_is_nothing_but_damage_is_an_error_every_time(make_clip, clicks):
    path = make_clip(sound=clicks(2, [0.5]), sound_codec="flac", video=False)
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
    data = bytearray(path.read_bytes())
    for position, size in places:
        data[position : position + size] = bytes(size)
    path.write_bytes(data)
    with AudioReader(path) as reader:
        for _ in range(2):
            with pytest.raises(MediaError, match="damaged"):
                reader.read(0, 1)


def test_the_second_stream_can_be_read(make_clip, clicks):
    path = make_clip("clip.mkv", sound=clicks(1, [0.5]), sound_codec="flac", streams=2)
    with AudioReader(path, stream=1) as reader:
        assert np.abs(reader.read(0, 1).samples).max() == pytest.approx(0.45, abs=1e-3)
    with pytest.raises(MediaError, match="has 2 sound stream"):
        AudioReader(path, stream=2)


def test_a_video_without_sound_is_refused(make_clip):
    with pytest.raises(MediaError, match="has no sound"):
        AudioReader(make_clip())


def test_a_closed_reader_says_so(make_clip, clicks):
    reader = AudioReader(make_clip(sound=clicks(1, [0.5])))
    reader.close()
    reader.close()
    with pytest.raises(MediaError, match="closed"):
        reader.read(0, 1)


def test_reading_on_does_not_seek(make_clip, monkeypatch):
    sound = _speechlike(5)
    with AudioReader(make_clip(sound=sound, sound_rate=RATE)) as reader:
        starts = []
        blocks = reader._decoder.blocks
        monkeypatch.setattr(reader._decoder, "blocks", lambda *bounds: starts.append(bounds) or blocks(*bounds))
        for number in range(40):
            reader.read(number / 10, (number + 1) / 10)
    assert len(starts) == 1
