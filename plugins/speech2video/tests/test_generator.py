"""Takes: who speaks, lips, manner."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from talkface_speech2video.hearing import voiced_steps
from talkface_speech2video.manner import BLINK, LIDS, Manner
from talkface_speech2video.voice import SpokenLips, hear_speaker
from talkface_studio.api.values import AudioClip
from talkface_studio.testing_host import StudioHost
from talkface_trainer.evaluation import speech_in


@pytest.fixture(scope="module")
def voice():
    return StudioHost().voice


def test_voiced_steps_are_the_loud_ones(voice):
    silence = np.zeros(16_000, np.float32)
    assert voiced_steps(silence).sum() == 0
    assert voiced_steps(np.zeros(10, np.float32)).shape == (0,)
    both = voiced_steps(np.concatenate([silence, voice, silence]))
    assert both[:100].sum() == both[-100:].sum() == 0
    assert 0.3 < both[100:-100].mean() < 1


def test_silence_around_it_does_not_change_whose_voice_it_is(voice, debug):
    silence = np.zeros(24_000, np.float32)
    # A gallery would round what is compared here to one of its codes.
    debug = replace(debug, gallery=None)
    plain = hear_speaker(speech_in(voice), debug, "cpu")
    # Another place among the steps, so not the very same numbers.
    padded = hear_speaker(speech_in(np.concatenate([silence, voice, silence])), debug, "cpu")
    nobody = hear_speaker(speech_in(np.concatenate([silence, silence])), debug, "cpu")
    near, far = (float((other.identity - plain.identity).norm()) for other in (padded, nobody))
    assert near < far / 3


@pytest.mark.parametrize("seconds", [0.0, 0.003, 0.5])
def test_any_length_says_something(voice, debug, seconds):
    speaker = hear_speaker(speech_in(voice[: round(seconds * 16_000)]), debug, "cpu")
    assert torch.isfinite(speaker.identity).all()
    assert torch.isfinite(speaker.emotion).all()


class Counted:
    """A speech that knows how much of it was read."""

    def __init__(self, samples):
        self.track, self.read = speech_in(samples), 0.0
        self.duration = self.track.duration

    def samples(self, start, end) -> AudioClip:
        self.read += end - start
        return self.track.samples(start, end)

    def activity(self, start, end):
        return self.track.activity(start, end)


def test_lips_are_the_same_whatever_is_asked_for_and_cost_little_late(voice, debug):
    long = np.tile(voice[:64_000], 15)
    lips = SpokenLips(speech_in(long), debug, "cpu", gain=1.0, rest_in_silence=True)
    times = np.arange(250) / 25
    whole = lips.at(times)
    late = Counted(long)
    part = SpokenLips(late, debug, "cpu", gain=1.0, rest_in_silence=True).at(times[200:210])
    np.testing.assert_array_equal(part, whole[200:210])
    assert late.read < 15
    # Four seconds further the same words are said, and the state was begun anew at the same place.
    np.testing.assert_allclose(lips.at(times[60:90] + 8), lips.at(times[60:90] + 16), atol=1e-4)
    still = SpokenLips(speech_in(long), debug, "cpu", gain=0.0, rest_in_silence=True).at(times)
    np.testing.assert_array_equal(still, np.broadcast_to(debug.articulation.rest.numpy(), still.shape))


def test_manner_is_of_the_seed_and_blinks_as_often_as_asked():
    times = np.arange(0, 60, 0.02)
    manner = Manner(3, sway=1.0, blinks=20.0)
    lids = manner.at(times, 4)[:, LIDS]
    closed = lids < lids.min() / 2
    assert 17 <= (np.diff(closed.astype(int)) == 1).sum() <= 22
    assert closed.mean() == pytest.approx(20 * BLINK / 2 / 60, rel=0.3)
    np.testing.assert_array_equal(Manner(3, sway=1.0, blinks=20.0).at(times[7:9], 4), manner.at(times, 4)[7:9])
    assert np.abs(Manner(4, sway=1.0, blinks=20.0).at(times, 4) - manner.at(times, 4)).max() > 0.1
    assert np.abs(Manner(3, sway=0.0, blinks=0.0).at(times, 4)).max() == 0
    assert np.isfinite(manner.at(np.array([-1.0, 1e4]), 4)).all()
