from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.api.values import AudioClip
from talkface_studio.media.assemble import Layer, concatenate, overlay
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings
from talkface_studio.media.mix import Mix, Track
from talkface_studio.media.video import VideoReader


def test_clips_are_joined_without_losing_a_frame_or_the_place_of_a_sound(
    tmp_path: Path, make_clip, clicks, click_times, frame_number
):
    first = make_clip("first.mp4", pts=range(20), sound=clicks(0.8, [0.4], 44_100, 2), sound_rate=44_100)
    second = make_clip("second.mkv", pts=range(30), sound=clicks(1.2, [0.2], 16_000), sound_rate=16_000)
    path = concatenate([first, second, first], tmp_path / "joined.mp4")
    with VideoReader(path) as reader:
        numbers = [frame_number(frame.pixels) for frame in reader.frames()]
        assert reader.info.frame_rate == 25
    second_length = VideoReader(second).duration
    with AudioReader(second) as reader:
        second_length = max(second_length, reader.duration)
    assert numbers[:50] == [*range(20), *range(30)]
    assert numbers[-20:] == list(range(20))
    with AudioReader(path) as reader:
        assert (reader.rate, reader.channels) == (44_100, 2)
        expected = [0.4, 1.0, 0.8 + second_length + 0.4]
        heard = click_times(reader.read(0, 4).samples, reader.rate)
    assert heard == pytest.approx(expected, abs=2e-3)


def test_a_clip_of_another_size_is_shown_whole_on_black(tmp_path: Path, make_clip):
    white = np.full((48, 16, 3), 235, np.uint8)
    narrow = make_clip("narrow.mp4", pts=range(5), size=(16, 48), picture=white)
    path = concatenate([make_clip(pts=range(5)), narrow], tmp_path / "joined.mp4")
    with VideoReader(path) as reader:
        pixels = reader.frame_at(0.3).pixels
    assert pixels.shape == (48, 64, 3)
    assert pixels[:, 26:38].min() > 225
    assert pixels[:, :22].max() < 10
    assert pixels[:, 42:].max() < 10


def test_layers_lie_on_top_of_each_other(tmp_path: Path, make_clip, clicks, click_times, frame_number):
    logo = tmp_path / "logo.png"
    rgba = np.full((16, 16, 4), 255, np.uint8)
    rgba[:8, :, 3] = 0
    Image.fromarray(rgba).save(logo)
    base = make_clip(pts=range(40), sound=clicks(1.6, [0.2]))
    voice = make_clip("voice.wav", sound=clicks(0.5, [0.3]), sound_codec="pcm_s16le", video=False)
    layers = [Layer(base), Layer(logo, 0.4, 0.4, (40, 20)), Layer(voice, 0.8)]
    path = overlay(layers, tmp_path / "out.mp4")
    with VideoReader(path) as reader:
        frames = list(reader.frames())
    assert [frame_number(frame.pixels[:16, :16]) for frame in frames] == list(range(40))
    for frame in frames:
        shown = 10 <= frame.index < 20
        assert (frame.pixels[30:34, 42:54].min() > 230) == shown
        assert frame_number(frame.pixels[21:26, 42:54]) == frame.index
    with AudioReader(path) as reader:
        heard = click_times(reader.read(0, 1.6).samples, reader.rate)
    assert heard == pytest.approx([0.2, 1.1], abs=1e-3)


def test_a_photo_needs_a_duration_and_a_film_a_picture(tmp_path: Path, make_clip, clicks):
    photo = tmp_path / "photo.png"
    Image.new("RGB", (32, 32)).save(photo)
    with pytest.raises(MediaError, match="say how long"):
        overlay([Layer(photo)], tmp_path / "out.mp4")
    with pytest.raises(MediaError, match="only clips can be joined"):
        concatenate([photo], tmp_path / "out.mp4")
    sound = make_clip("sound.wav", sound=clicks(1, [0.5]), sound_codec="pcm_s16le", video=False)
    with pytest.raises(MediaError, match="none of the inputs has a picture"):
        overlay([Layer(sound)], tmp_path / "out.mp4")
    with pytest.raises(ExportError, match="there is no folder"):
        concatenate([make_clip(pts=range(3))], tmp_path / "missing" / "out.mp4")
    assert not list(tmp_path.glob(".*"))


def test_a_mix_does_not_depend_on_the_size_of_its_pieces(make_clip):
    generator = np.random.default_rng(7)
    sound = generator.uniform(-0.3, 0.3, (2, 32_000)).astype(np.float32)
    path = make_clip("sound.wav", sound=sound, sound_rate=16_000, sound_codec="pcm_f32le", video=False)
    settings = AudioSettings(rate=16_000, channels=2)

    def mixed(step: float) -> np.ndarray:
        with AudioReader(path) as one, AudioReader(path) as two:
            mix = Mix([Track(one, 0.0, 2.0), Track(two, 0.25, 1.0)], settings)
            clips: list[AudioClip] = [mix.read((number + 1) * step) for number in range(round(2.5 / step))]
        return np.concatenate([clip.samples for clip in clips], axis=1)

    expected = np.zeros((2, 40_000), np.float32)
    expected[:, :32_000] += sound
    expected[:, 4_000:20_000] += sound[:, :16_000]
    assert np.abs(mixed(0.01) - expected).max() < 1e-6
    assert np.abs(mixed(0.5) - expected).max() < 1e-6
