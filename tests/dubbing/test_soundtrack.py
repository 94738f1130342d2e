from itertools import pairwise

import numpy as np
import pytest

from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.soundtrack import Soundtrack


class Tone:
    """A sine of known frequency, silent outside its duration; counts nothing, remembers nothing."""

    def __init__(self, rate: int, channels: int, duration: float, frequency: float) -> None:
        self.rate, self.channels, self.duration, self.frequency = rate, channels, duration, frequency

    def read(self, start: float, end: float) -> AudioClip:
        first = round(start * self.rate)
        index = np.arange(first, first + round((end - start) * self.rate))
        wave = 0.5 * np.sin(2 * np.pi * self.frequency * index / self.rate)
        wave[(index < 0) | (index >= self.duration * self.rate)] = 0
        return AudioClip(np.tile(wave.astype(np.float32), (self.channels, 1)), self.rate, start)


def whole(track: Soundtrack, seconds: float, block: int = 1111) -> np.ndarray:
    stop = round(seconds * track.rate)
    edges = [*range(0, stop, block), stop]
    return np.concatenate([track.read(a, b).samples for a, b in pairwise(edges)], axis=1)


def test_the_speech_is_copied_sample_by_sample_and_followed_by_silence() -> None:
    speech = Tone(22_050, 2, 1.5, 300)
    out = whole(Soundtrack(speech), 2.0)
    np.testing.assert_array_equal(out, speech.read(0, 2.0).samples)
    assert not out[:, round(1.5 * 22_050) :].any()


@pytest.mark.parametrize("offset", [0.25, -0.25])
def test_an_offset_moves_the_speech_by_whole_samples(offset: float) -> None:
    speech = Tone(8000, 1, 3.0, 300)
    out = whole(Soundtrack(speech, offset=offset), 2.0)
    np.testing.assert_array_equal(out, speech.read(-offset, 2.0 - offset).samples)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 1), (48_000, 2), (16_000, 6)])
def test_outside_the_range_the_source_is_copied_sample_by_sample(rate: int, channels: int) -> None:
    speech, source = Tone(24_000, 1, 1.0, 300), Tone(rate, channels, 4.0, 700)
    out = whole(Soundtrack(speech, source=source, start=1.0, end=2.5), 4.0)
    expected = source.read(0, 4.0).samples
    assert out.shape == expected.shape
    np.testing.assert_array_equal(out[:, :rate], expected[:, :rate])
    np.testing.assert_array_equal(out[:, round(2.5 * rate) :], expected[:, round(2.5 * rate) :])
    spoken = Tone(rate, channels, 1.0, 300).read(0, 1.0).samples
    inside = slice(rate // 10, rate - rate // 10)
    np.testing.assert_allclose(out[:, rate : 2 * rate][:, inside], spoken[:, inside], atol=0.01)
    assert not out[:, 2 * rate + rate // 100 : round(2.5 * rate)].any()


def test_reading_in_other_blocks_gives_the_same_sound() -> None:
    def make() -> Soundtrack:
        return Soundtrack(Tone(24_000, 1, 1.0, 300), source=Tone(44_100, 2, 4.0, 700), start=1.0, end=2.5)

    np.testing.assert_array_equal(whole(make(), 4.0, 997), whole(make(), 4.0, 50_000))
