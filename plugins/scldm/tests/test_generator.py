"""What is heard of a voice, and what a wrong one is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

import talkface_scldm
from talkface_scldm.config import preset
from talkface_scldm.generator import ScldmGenerator
from talkface_scldm.hearing import MOST_WINDOWS, hear, window_starts
from talkface_scldm.speech_encoder import Heard
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import DeviceError, JobCancelledError, SpeechError, WeightsError
from talkface_studio.api.values import AudioClip, Device, Options
from tone_speech import ToneSpeech


class Voice(ToneSpeech):
    """Speaks from `first` to `last`; each second sounds otherwise. It may begin `shift` seconds into another one."""

    def __init__(self, first: float, last: float, duration: float, shift: float = 0.0) -> None:
        super().__init__(first, last, duration)
        self.shift = shift

    def samples(self, start: float, end: float) -> AudioClip:
        times = start + np.arange(round((end - start) * 16_000)) / 16_000
        heard = times + self.shift
        sound = np.sin(2 * np.pi * (200 + 40 * np.floor(heard)) * heard)
        sound *= (times >= self.first) & (times <= self.last)
        return AudioClip(0.1 * sound[None].astype(np.float32), 16_000, start)


@pytest.fixture(scope="module")
def card():
    return ModelCard.load(Path(talkface_scldm.__file__).parent / "plugin.toml")


@pytest.fixture
def generator(card):
    made = ScldmGenerator(card)
    yield made
    made.close()


@pytest.fixture
def options(debug_weights, card):
    return Options(values=card.parse_options({"steps": 10, "enlarge": 2}), weights=debug_weights)


def test_all_of_a_short_recording_is_heard_and_a_long_one_is_spread() -> None:
    assert window_starts(2.0) == [0.0]
    assert window_starts(10.0) == [0.0, 3.0, 4.0]
    starts = window_starts(600.0)
    assert len(starts) == MOST_WINDOWS
    assert starts[-1] == 594.0


class Spectrum(torch.nn.Module):
    """Hears the mean spectrum of a window."""

    config = preset("debug").speech

    def forward(self, planes: torch.Tensor) -> Heard:
        return Heard(planes[:, 0].mean(dim=1), planes[:, 0, :8])


def test_what_is_heard_is_the_mean_over_windows_with_a_voice() -> None:
    """Windows without a voice say nothing; the others count as much as is spoken in them."""
    whole = hear(Voice(0.0, 9.0, 20.0), Spectrum(), Device())
    parts = [hear(Voice(0.0, 9.0 - start, 6.0, start), Spectrum(), Device()) for start in (0.0, 3.0, 6.0)]
    spoken = torch.tensor([6.0, 6.0, 3.0])
    vectors = torch.cat([part.vector for part in parts])
    assert (vectors[0] - vectors[2]).abs().max() > 0.1
    torch.testing.assert_close(whole.vector[0], (vectors * spoken[:, None]).sum(0) / spoken.sum(), atol=0.02, rtol=0)


@pytest.mark.parametrize("voice", [Voice(5.0, 4.0, 6.0), Voice(1.0, 1.1, 6.0)])
def test_a_recording_without_enough_voice_is_refused_in_a_line(generator, options, voice) -> None:
    with pytest.raises(SpeechError, match=r"nobody speaks .* give a recording of one person speaking"):
        generator.imagine(voice, options, Device())


def test_half_a_second_is_enough(generator, options) -> None:
    portrait = next(generator.imagine(Voice(0.0, 0.5, 0.5), options, Device()))
    assert portrait.pixels.shape == (128, 128, 3)


def test_a_candidate_does_not_depend_on_those_before(generator, options) -> None:
    voice = Voice(0.0, 3.0, 3.0)
    first = [each.pixels for each in islice(generator.imagine(voice, options, Device()), 3)]
    other = next(generator.imagine(voice, replace(options, seed=1), Device())).pixels
    assert not np.array_equal(first[0], other)
    assert not np.array_equal(first[0], first[2])


def test_wrong_weights_and_devices_and_cancelling(generator, options) -> None:
    voice = Voice(0.0, 3.0, 3.0)
    with pytest.raises(WeightsError, match="no weight file called 'networks'"):
        generator.imagine(voice, replace(options, weights={}), Device())
    with pytest.raises(DeviceError, match="cuda:9"):
        generator.imagine(voice, options, Device(kind="cuda", index=9))
    with pytest.raises(JobCancelledError):
        next(generator.imagine(voice, replace(options, cancelled=lambda: True), Device()))
    generator.close()
    generator.close()
    assert not len(generator._networks)
