"""Tests of talkface_studio.nn.ticks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from talkface_studio.api.values import AudioClip, FloatArray, SpeechFeatures
from talkface_studio.nn.ticks import TICK_RATE, Ticks, voiced


@dataclass
class Counted:
    """A function of ticks that remembers what it was asked."""

    asked: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, first: int, stop: int) -> FloatArray:
        self.asked.append((first, stop))
        ticks = np.arange(first, stop, dtype=np.float32)
        return np.stack([ticks, ticks**2], axis=1)


def test_values_are_linear_between_ticks() -> None:
    ticks = Ticks(Counted(), chunk=8)
    np.testing.assert_allclose(ticks.at(np.array([2.0, 2.25, 3.0]) / TICK_RATE), [[2, 4], [2.25, 5.25], [3, 9]])
    np.testing.assert_allclose(ticks.at(np.array([-1.5]) / TICK_RATE), [[-1.5, 2.5]])


def test_chunks_do_not_depend_on_who_asks() -> None:
    compute = Counted()
    ticks = Ticks(compute, chunk=8)
    ticks.at(np.array([6.5, 7.5]) / TICK_RATE)
    ticks.at(np.array([9.0]) / TICK_RATE)
    assert compute.asked == [(0, 8), (8, 16)]


def test_long_speech_is_not_kept() -> None:
    compute = Counted()
    ticks = Ticks(compute, chunk=8, cached=3)
    for tick in range(0, 80, 8):
        ticks.at(np.array([tick]) / TICK_RATE)
    assert len(compute.asked) == 10
    ticks.at(np.array([72]) / TICK_RATE)
    assert len(compute.asked) == 10
    ticks.at(np.array([0]) / TICK_RATE)
    assert compute.asked[-1] == (0, 8)
    assert len(compute.asked) == 11


class Voice:
    """A voice that is heard from 2 to 4 s, with this probability."""

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.duration = 6.0

    def samples(self, start: float, end: float) -> AudioClip:
        raise NotImplementedError

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        raise NotImplementedError

    def activity(self, start: float, end: float) -> SpeechFeatures:
        rate = 31.25
        first = np.floor(start * rate)
        times = np.arange(first, np.ceil(end * rate) + 1) / rate
        values = np.where((times >= 2) & (times <= 4), self.probability, 0).astype(np.float32)
        return SpeechFeatures(values[:, None], rate, first / rate, "silero-vad")


def test_a_mouth_may_move_in_speech_and_half_a_second_beside_it() -> None:
    level = voiced(Voice(1.0), 0, 150)
    times = np.arange(150) / TICK_RATE
    assert level.dtype == np.float32
    np.testing.assert_allclose(level[(times > 1.7) & (times < 4.3)], 1, atol=1e-5)
    np.testing.assert_array_equal(level[(times < 1.2) | (times > 4.8)], 0)
    assert np.abs(np.diff(level)).max() < 0.4
    np.testing.assert_allclose(voiced(Voice(1.0), 40, 60), level[40:60])


@pytest.mark.parametrize(("probability", "level"), [(0.04, 0.0), (0.125, 0.5), (0.3, 1.0)])
def test_probabilities_in_between_let_it_move_a_little(probability: float, level: float) -> None:
    np.testing.assert_allclose(voiced(Voice(probability), 70, 80), level, atol=1e-5)
