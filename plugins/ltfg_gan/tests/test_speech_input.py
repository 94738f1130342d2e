import numpy as np
import pytest

from talkface_ltfg_gan.config import SpeechConfig
from talkface_ltfg_gan.speech_input import read_speech, sample_speech, speech_times
from talkface_studio.api.values import SpeechFeatures


def ramp(rate: float, kind: str) -> SpeechFeatures:
    """Vectors that hold their own instant."""
    times = np.arange(-2 * rate, 4 * rate) / rate
    return SpeechFeatures(np.repeat(times[:, None], 3, axis=1).astype(np.float32), rate, -2.0, kind)


def test_mel_windows_are_the_authors():
    """IP_LAP: 16 mel frames from floor(80 (i - 2) / 25), for every frame of 10 seconds."""
    frames = np.arange(250)
    first = speech_times(frames / 25, SpeechConfig(kind="log_mel"))[:, 0] * 80
    np.testing.assert_allclose(first, np.floor(80 * (frames - 2) / 25), atol=1e-9)


@pytest.mark.parametrize("kind", ["wav2vec2", "whisper-tiny.en"])
def test_ten_vectors_surround_a_frame(kind):
    config = SpeechConfig(kind=kind)
    heard = sample_speech(ramp(50.0, kind), np.array([0.0, 1.0]), config)
    assert heard.shape == (2, 10, 3)
    np.testing.assert_allclose(heard[1, :, 0], 1.0 + np.linspace(-0.07, 0.11, 10), atol=1e-6)


def test_four_stacked_vectors_lie_around_a_frame():
    config = SpeechConfig(kind="whisper-base", front="stack")
    heard = sample_speech(ramp(50.0, "whisper-base"), np.array([0.0, 1.0]), config)
    np.testing.assert_allclose(heard[1, :, 0], 1.0 + np.array([-0.03, -0.01, 0.01, 0.03]), atol=1e-6)


def test_tracks_are_asked_for_what_is_heard():
    class Track:
        def features(self, kind, start, end):
            assert kind == "log_mel"
            assert (start, end) == pytest.approx((-0.0875, 1.1))
            return ramp(80.0, kind)

    heard = read_speech(Track(), np.array([0.0, 1.0]), SpeechConfig(kind="log_mel"))
    assert heard.shape == (2, 16, 3)
