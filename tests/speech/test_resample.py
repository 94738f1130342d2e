from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import firwin, resample_poly

from talkface_studio.api.values import AudioClip
from talkface_studio.speech.resample import MonoSpeech, lowpass, mono, resampled


def tone(hertz, level=0.5):
    return lambda times: level * np.sin(2 * np.pi * hertz * times)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000, 47_987])
def test_a_tone_keeps_its_pitch_phase_and_level_at_any_rate(made_sound, rate):
    speech = MonoSpeech(made_sound(tone(440), 9.0, rate))
    got = speech.samples(0, 9 * 16_000)
    expected = tone(440)(np.arange(9 * 16_000) / 16_000)
    # Both ends are smeared over 32 zero crossings of the filter, where the tone is switched on and off.
    assert np.abs(got - expected)[100:-100].max() < 5e-4
    assert np.abs(speech.samples(-8000, 7000)).max() < 1e-6


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 47_987])
def test_it_is_scipy_s_polyphase_resampling(rate):
    common = gcd(rate, 16_000)
    up, down = 16_000 // common, rate // common
    noise = np.random.default_rng(1).standard_normal(2 * rate + 123).astype(np.float32)
    taps = lowpass(up, down)
    expected = resample_poly(noise.astype(np.float64), up, down, window=taps)
    assert np.abs(resampled(noise, up, down, taps) - expected).max() < 2e-6
    longest = max(up, down)
    assert np.allclose(taps, firwin(len(taps), 0.92 / longest, window=("kaiser", 8.6)), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("hertz", "rate"), [(8100, 48000), (12000, 48000), (9000, 22050), (30000, 96000)])
def test_what_16_khz_cannot_hold_is_taken_out(made_sound, hertz, rate):
    speech = MonoSpeech(made_sound(tone(hertz), 5.0, rate))
    assert np.abs(speech.samples(2000, 70_000)).max() < 0.5 * 10 ** (-70 / 20)


@pytest.fixture(scope="module")
def cd_sound(babble):
    class Sound:
        rate, channels, duration = 44_100, 1, 10.0

        def read(self, start, end):
            numbers = round(start * self.rate) + np.arange(round((end - start) * self.rate))
            return AudioClip(babble[np.clip(numbers // 3, 0, len(babble) - 1)][None], self.rate, start)

    return Sound()


@pytest.fixture(scope="module")
def whole(cd_sound):
    return MonoSpeech(cd_sound).samples(-20_000, 320_000)


@settings(max_examples=30, deadline=None)
@given(first=st.integers(-20_000, 200_000), count=st.integers(0, 90_000))
def test_a_sample_does_not_depend_on_the_window(cd_sound, whole, first, count):
    window = MonoSpeech(cd_sound, cached_chunks=1).samples(first, count)
    assert np.array_equal(window, whole[first + 20_000 : first + 20_000 + count])


@pytest.mark.parametrize("offset", [0.25, -0.75, 3.9999, -6.0])
def test_offset_moves_the_speech_along_the_axis(made_sound, offset):
    sound = made_sound(lambda times: np.where(np.abs(times - 7.0) < 0.01, 0.5, 0.0), 10.0, 48_000)
    speech = MonoSpeech(sound, offset)
    assert speech.duration == pytest.approx(10 + offset, abs=1e-4)
    samples = speech.samples(0, 16 * 16_000)
    centre = np.sum(np.arange(len(samples)) * samples) / samples.sum() / 16_000
    assert centre == pytest.approx(7 + offset, abs=1e-4)


def test_speech_that_is_cut_off_entirely_has_no_length(made_sound):
    speech = MonoSpeech(made_sound(tone(440), 2.0), offset=-5.0)
    assert speech.duration == 0
    assert not speech.samples(0, 16_000).any()


def test_down_mix_is_the_mean_without_the_bass_channel():
    stereo = np.array([[0.2, 0.4], [0.4, -0.4]], dtype=np.float32)
    assert mono(stereo) == pytest.approx([0.3, 0.0])
    surround = np.zeros((6, 4), dtype=np.float32)
    surround[2], surround[3] = 0.5, 1.0
    assert mono(surround) == pytest.approx([0.1] * 4)


def test_samples_that_are_no_numbers_become_silence():
    assert mono(np.array([[np.nan, np.inf, -np.inf, 0.5]], dtype=np.float32)).tolist() == [0, 0, 0, 0.5]


def test_an_hour_is_read_a_few_seconds_at_a_time_and_not_kept(made_sound):
    sound = made_sound(tone(200), 3600.0, 48_000, 2)
    speech = MonoSpeech(sound, cached_chunks=4)
    for second in range(0, 3600, 120):
        speech.samples(second * 16_000, 16_000)
    assert max(end - start for start, end in sound.reads) < 4.1
    assert len(speech._chunks) == 4


def test_what_lies_outside_the_source_is_not_read(made_sound):
    sound = made_sound(tone(200), 5.0)
    speech = MonoSpeech(sound)
    assert not speech.samples(30 * 16_000, 16_000).any()
    assert not speech.samples(-30 * 16_000, 16_000).any()
    assert sound.reads == []
