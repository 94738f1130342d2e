from itertools import pairwise

import numpy as np
import pytest

from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.soundtrack import Soundtrack, Voice


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
    out = whole(Soundtrack([Voice(speech)]), 2.0)
    np.testing.assert_array_equal(out, speech.read(0, 2.0).samples)
    assert not out[:, round(1.5 * 22_050) :].any()


@pytest.mark.parametrize("offset", [0.25, -0.25])
def test_an_offset_moves_the_speech_by_whole_samples(offset: float) -> None:
    speech = Tone(8000, 1, 3.0, 300)
    out = whole(Soundtrack([Voice(speech, offset=offset)]), 2.0)
    np.testing.assert_array_equal(out, speech.read(-offset, 2.0 - offset).samples)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 1), (48_000, 2), (16_000, 6)])
def test_outside_the_range_the_samples_are_the_sources_own(rate: int, channels: int) -> None:
    speech, source = Tone(24_000, 1, 1.0, 300), Tone(rate, channels, 4.0, 700)
    out = whole(Soundtrack([Voice(speech, 1.0, 2.5)], source=source), 4.0)
    assert out.shape == (channels, 4 * rate)
    kept = np.r_[0:rate, round(2.5 * rate) : 4 * rate]
    np.testing.assert_array_equal(out[:, kept], source.read(0, 4.0).samples[:, kept])
    heard = 2 if channels == 6 else 0
    expected = Tone(rate, 1, 1.0, 300).read(0, 1.0).samples[0]
    inside = slice(rate // 20, rate - rate // 20)
    np.testing.assert_allclose(out[heard, rate : 2 * rate][inside], expected[inside], atol=0.01)
    assert np.abs(out[:, 2 * rate + rate // 20 : round(2.5 * rate)]).max() < 1e-3


def test_voices_have_ranges_of_their_own_and_the_source_is_heard_between_them() -> None:
    rate = 8000
    first, second, source = Tone(rate, 1, 9.0, 300), Tone(rate, 1, 9.0, 500), Tone(rate, 1, 6.0, 700)
    voices = [Voice(first, 1.0, 2.0), Voice(second, 3.0, 4.0, offset=0.25)]
    out = whole(Soundtrack(voices, source=source), 6.0)[0]
    expected = source.read(0, 6.0).samples[0].copy()
    expected[rate : 2 * rate] = first.read(0, 1.0).samples[0]
    expected[3 * rate : 4 * rate] = second.read(-0.25, 0.75).samples[0]
    np.testing.assert_array_equal(out, expected)


def test_reading_in_other_blocks_gives_the_same_sound() -> None:
    def make() -> Soundtrack:
        return Soundtrack([Voice(Tone(24_000, 1, 1.0, 300), 1.0, 2.5)], source=Tone(44_100, 2, 4.0, 700))

    np.testing.assert_array_equal(whole(make(), 4.0, 997), whole(make(), 4.0, 50_000))
