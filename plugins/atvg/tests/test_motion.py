from dataclasses import replace

import numpy as np
import pytest
import torch

from talkface_atvg.at_net import AtNet
from talkface_atvg.config import preset
from talkface_atvg.motion import CHUNK, SpeechMotion
from talkface_studio.api.values import SpeechFeatures


@pytest.fixture
def motion(tone, debug_networks, canonical):
    def make(speech=tone, **options):
        return SpeechMotion(speech, debug_networks.at_net, debug_networks.basis, canonical.mean, **options)

    return make


def test_windows_agree(motion):
    times = np.arange(150) / 25
    whole = motion().at(times)
    assert whole.shape == (150, 68, 2)
    assert np.abs(whole).max() > 1e-3
    fresh = motion()
    np.testing.assert_array_equal(fresh.at(times[100:110]), whole[100:110])
    np.testing.assert_array_equal(fresh.at(times[:5]), whole[:5])


def test_chunks_join_without_a_seam(motion, debug_networks, tone, canonical):
    """At a chunk's border the network says what it says when it sees everything at once."""
    from talkface_atvg.speech_input import read_speech

    net = debug_networks.at_net
    ticks = np.arange(CHUNK - 20, CHUNK + 20)
    with torch.inference_mode():
        out = net(torch.from_numpy(read_speech(tone, ticks / 25, net.config))[None])[0].numpy()
    expected = debug_networks.basis.unproject(out) - canonical.mean
    context = net.config.context
    found = motion(rest_in_silence=False).at(ticks / 25)
    np.testing.assert_allclose(found[context:-context], expected[context:-context], atol=1e-5)


def test_between_ticks_is_linear(motion):
    m = motion()
    one, half, other = m.at(np.array([1.48, 1.50, 1.52]))
    np.testing.assert_allclose(half, (one + other) / 2, atol=1e-6)


def test_gain_scales(motion):
    times = np.arange(30, 60) / 25
    np.testing.assert_allclose(motion(gain=0.5).at(times), 0.5 * motion().at(times), atol=1e-6)
    assert not motion(gain=0.0).at(times).any()


def test_mouth_rests_in_silence_alike_before_and_after(motion, tone):
    """The voice speaks from 1 s to 3 s: far from it nothing moves, and the fade is the same on both sides."""
    times = np.arange(-25, 150) / 25
    resting = (times < tone.first - 0.7) | (times > tone.last + 0.7)
    moved, free = motion().at(times), motion(rest_in_silence=False).at(times)
    assert not moved[resting].any()
    assert np.abs(free[resting]).max() > 0
    speaking = (times > tone.first) & (times < tone.last)
    np.testing.assert_array_equal(moved[speaking], free[speaking])
    share = np.abs(moved).sum(axis=(1, 2)) / np.maximum(np.abs(free).sum(axis=(1, 2)), 1e-9)
    middle = 25 + 50
    np.testing.assert_allclose(share[middle - 45 : middle][::-1], share[middle + 1 : middle + 46], atol=1e-3)


def test_lstm_with_mfcc_and_example(tone, canonical, debug_networks):
    small = {"convolutions": (2, 2, 2, 2, 2), "audio_hidden": 8, "audio_size": 8, "hidden": 8, "coefficients": 4}
    torch.manual_seed(0)
    net = AtNet(replace(preset("paper").at_net, **small)).eval()
    m = SpeechMotion(tone, net, debug_networks.basis, canonical.mean)
    times = np.arange(20, 90) / 25
    whole = m.at(times)
    assert np.isfinite(whole).all()
    np.testing.assert_array_equal(
        SpeechMotion(tone, net, debug_networks.basis, canonical.mean).at(times[60:]), whole[60:]
    )


def test_noise_between_words_does_not_close_the_mouth(motion, tone):
    """A pause of a third of a second is part of speech."""

    class Paused(type(tone)):
        def activity(self, start, end):
            found = super().activity(start, end)
            times = found.start + np.arange(len(found.values)) / found.rate
            values = found.values * ((times < 1.8) | (times > 2.1))[:, None]
            return SpeechFeatures(values.astype(np.float32), found.rate, found.start, found.kind)

    times = np.arange(40, 60) / 25
    share = np.abs(motion(Paused()).at(times)).sum() / np.abs(motion().at(times)).sum()
    assert share > 0.8
