"""Sound that is copied: the same packets, at the same times, and the same samples."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.api.values import AudioClip, VideoFrame
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import VideoSettings
from talkface_studio.media.probe import probe
from talkface_studio.media.spliced_sound import FRAME, SETTLE, SplicedSound, can_splice
from talkface_studio.media.stored_sound import StoredSound, can_copy, lossless_codec
from talkface_studio.media.writer import Encoding, MediaWriter

RATE = 48_000


def _packets(path: Path) -> list[tuple[Fraction, bytes]]:
    """Time and content of every packet of sound."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return [(packet.pts * stream.time_base, bytes(packet)) for packet in container.demux(stream) if packet.size]


def _music(seconds: float = 2.0, channels: int = 2) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    tones = [0.3 * np.sin(2 * np.pi * frequency * times) for frequency in (220, 331, 443, 557, 661, 777)]
    return np.stack(tones[:channels]).astype(np.float32)


def _with_pictures(output: Path, sound: StoredSound, seconds: float, codec: str = "h264") -> Path:
    with MediaWriter(output, VideoSettings(width=64, height=48), sound, Encoding(codec=codec, crf=30)) as writer:
        for index in range(round(seconds * 25)):
            writer.write_frame(VideoFrame(np.full((48, 64, 3), index, np.uint8), index / 25, index))
            writer.copy_audio((index + 1) / 25)
        return writer.finish()


@pytest.mark.parametrize(
    ("source", "sound_codec", "outputs"),
    [
        ("a.m4a", "aac", ("o.mp4", "o.mov")),
        ("a.flac", "flac", ("o.mp4", "o.mkv")),
        ("a.opus", "libopus", ("o.mp4", "o.mkv", "o.webm")),
        ("a.wav", "pcm_s16le", ("o.mkv", "o.mov")),
        ("a.wav", "pcm_s24le", ("o.mkv", "o.mov")),
    ],
)
def test_packets_and_samples_are_those_of_the_source(tmp_path: Path, make_clip, source, sound_codec, outputs):
    given = make_clip(source, sound=_music(), sound_codec=sound_codec, video=False)
    for name in outputs:
        assert can_copy(probe(given).audios[0], tmp_path / name)
        codec = "vp9" if name.endswith("webm") else "h264"
        output = _with_pictures(tmp_path / name, StoredSound(given), 2.0, codec)
        before, after = _packets(given), _packets(output)
        assert b"".join(data for _, data in before).startswith(b"".join(data for _, data in after))
        assert float(after[0][0]) == pytest.approx(float(before[0][0]), abs=6e-4)
        with AudioReader(given) as first, AudioReader(output) as second:
            assert (first.rate, first.channels) == (second.rate, second.channels)
            np.testing.assert_array_equal(second.read(0, 1.9).samples, first.read(0, 1.9).samples)


def test_copied_sound_can_begin_late_and_end_early(tmp_path: Path, make_clip, clicks, click_times):
    given = make_clip("a.m4a", sound=clicks(3.0, [0.5, 2.5]), video=False)
    output = _with_pictures(tmp_path / "o.mp4", StoredSound(given, start=0.7), 2.0)
    with AudioReader(output) as reader:
        assert click_times(reader.read(0, 3).samples, reader.rate) == pytest.approx([1.2], abs=1e-3)
        assert reader.duration == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize(
    ("source", "sound_codec", "output"),
    [
        ("a.mp3", "libmp3lame", "o.mp4"),
        ("a.m4a", "aac", "o.mkv"),
        ("a.wav", "pcm_s16le", "o.mp4"),
        ("a.m4a", "aac", "o.webm"),
    ],
)
def test_what_would_not_begin_in_place_or_not_play_is_not_copied(tmp_path, make_clip, source, sound_codec, output):
    info = probe(make_clip(source, sound=_music(0.5), sound_codec=sound_codec, video=False)).audios[0]
    assert not can_copy(info, tmp_path / output)
    assert lossless_codec(info, Path("o.mkv")) == ("pcm" if sound_codec == "pcm_s16le" else None)


def test_damage_is_told(tmp_path: Path, make_clip):
    with pytest.raises(MediaError, match="no such file"):
        _with_pictures(tmp_path / "o.mp4", StoredSound(tmp_path / "lost.m4a"), 0.2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("start", "end"), [(0.7, 1.31), (0.0, 0.5), (1.2, np.inf)])
def test_a_part_is_replaced_and_the_packets_around_it_are_kept(tmp_path, make_clip, channels, start, end):
    source = make_clip("a.mp4", sound=_music(2.0, channels))
    output = tmp_path / "out.mp4"
    assert can_splice(source, output)
    with AudioReader(source) as reader:
        wanted = reader.read(0, 2).samples.copy()
    first, last = round(start * RATE), min(round(min(end, 2) * RATE), 2 * RATE)
    wanted[:, first:last] = 0.4 * np.sin(2 * np.pi * 500 * np.arange(last - first) / RATE)
    with MediaWriter(output, VideoSettings(width=64, height=48), SplicedSound(source, start, end)) as writer:
        for index in range(50):
            writer.write_frame(VideoFrame(np.full((48, 64, 3), index, np.uint8), index / 25, index))
            low, high = index * RATE // 25, (index + 1) * RATE // 25
            writer.write_audio(AudioClip(wanted[:, low:high], RATE, low / RATE))
    before, after = _packets(source), _packets(output)
    assert [time for time, _ in after] == [time for time, _ in before][: len(after)]
    assert len(after) >= len(before) - 1
    margin = SETTLE + FRAME
    for (time, old), (_, new) in zip(before, after, strict=False):
        place = round(time * RATE)
        if place + margin <= first or place >= end * RATE + margin:
            assert old == new, time
        elif first <= place < last - FRAME:
            assert old != new, time
    with AudioReader(output) as reader:
        error = np.abs(reader.read(0, 2).samples - wanted)
    outside = np.ones(error.shape[1], bool)
    # The encoder itself smears the sudden change over half a frame.
    outside[max(0, first - FRAME // 2) : last + FRAME // 2] = False
    assert error[:, outside].max(initial=0) < 0.06
    assert np.sqrt((error[:, : -2 * FRAME] ** 2).mean()) < 0.02


def test_only_plain_aac_is_spliced(tmp_path: Path, make_clip):
    assert not can_splice(make_clip("a.mkv", sound=_music(0.5)), tmp_path / "o.mp4")
    assert not can_splice(make_clip("b.mp4", sound=_music(0.5), sound_codec="flac"), tmp_path / "o.mp4")
    source = make_clip("c.mp4", sound=_music(0.5))
    assert not can_splice(source, tmp_path / "o.mkv")
    writer = MediaWriter(tmp_path / "o.mp4", VideoSettings(width=64, height=48), SplicedSound(source, 0.1, 0.2))
    with pytest.raises(ExportError, match="does not continue"):
        writer.write_audio(AudioClip(np.zeros((2, 100), np.float32), RATE, 1.0))
