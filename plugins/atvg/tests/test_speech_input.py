import numpy as np

from talkface_atvg.config import preset
from talkface_atvg.speech_input import read_speech, sample_speech
from talkface_studio.api.values import SpeechFeatures


def counting(rate, start, count, dim):
    """Vectors that say when they are: every value is the vector's instant, plus 100 for c0."""
    times = start + np.arange(count) / rate
    values = np.repeat(times[:, None], dim, axis=1).astype(np.float32)
    values[:, 0] += 100
    return SpeechFeatures(values, rate, start, "test")


def test_mfcc_window_is_the_published_one():
    """Frame i reads steps 4i .. 4i + 27 of speech after 0.12 s of silence; vectors are stamped 12.5 ms later."""
    config = preset("paper").at_net
    features = counting(100.0, -1.0 + 0.0125, 400, 13)
    window = sample_speech(features, np.array([0.0, 0.52]), config)
    assert window.shape == (2, 28, 12)
    np.testing.assert_allclose(window[0, :, 0], -0.12 + 0.01 * np.arange(28) + 0.0125, atol=1e-4)
    np.testing.assert_allclose(window[1] - window[0], 0.52, atol=1e-4)
    # c0, the energy, is left out.
    assert window.max() < 10


def test_whisper_vectors_lie_around_the_tick():
    features = counting(50.0, 0.01, 200, 768)
    window = sample_speech(features, np.array([1.0]), preset("compact").at_net)
    assert window.shape == (1, 2, 768)
    np.testing.assert_allclose(window[0, :, 5], [0.99, 1.01], atol=1e-5)


def test_reading_covers_the_window(tone):
    times = np.arange(25, 50) / 25
    for name in ("paper", "compact"):
        config = preset(name).at_net
        wide = tone.features(config.speech, -1.0, 5.0)
        np.testing.assert_allclose(read_speech(tone, times, config), sample_speech(wide, times, config), atol=1e-4)
