from __future__ import annotations

import numpy as np

from talkface_sdm.rhythm import TYPICAL_PITCH, rhythm_features, window_span
from talkface_sdm.speech_input import read_speech

RATE = 16_000


def sound(seconds: float, start: float) -> np.ndarray:
    """A voice of 200 Hz with overtones from 1 to 2 s, twice as loud from 1.5 s; noise from 3 s; silence elsewhere."""
    t = start + np.arange(round(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 200 * k * t) / k for k in range(1, 6)) * 0.1
    noise = np.random.default_rng(0).standard_normal(len(t)) * 0.05
    spoken = voice * ((t >= 1) & (t < 2)) * np.where(t >= 1.5, 2, 1)
    return (spoken + noise * (t >= 3)).astype(np.float32)


def test_pitch_energy_and_voicing_of_a_known_voice() -> None:
    times = np.array([0.5, 1.2, 1.7, 3.5])
    begin, end = window_span(times[0], times[-1])
    found = rhythm_features(sound(end - begin, begin), begin, times)
    assert found.shape == (4, 6)
    energy, pitch, voicing = found[:, 0], found[:, 1], found[:, 2]
    np.testing.assert_allclose(pitch[1:3], np.log(200 / TYPICAL_PITCH), atol=0.02)
    assert energy[2] - energy[1] == np.float32(np.clip(energy[2] - energy[1], np.log(4) - 0.1, np.log(4) + 0.1))
    assert voicing[1] > 0.8 > 0.45 > voicing[3]
    assert pitch[0] == pitch[3] == voicing[0] == 0


def test_an_instant_does_not_depend_on_the_window() -> None:
    times = np.arange(20, 60) / 25
    samples = sound(5.0, 0.0)
    whole = rhythm_features(samples, 0.0, times)
    part = rhythm_features(samples[8000:], 0.5, times[15:25])
    np.testing.assert_allclose(part, whole[15:25], atol=1e-5)


def test_what_is_heard_has_the_networks_shapes(tone, debug) -> None:
    heard = read_speech(tone, np.arange(30) / 25, debug.config.speech)
    assert heard.vectors.shape == (30, 2, 768)
    assert heard.rhythm.shape == (30, 6)
