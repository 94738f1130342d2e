from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest

from talkface_studio.api.errors import SpeechError
from talkface_studio.speech.track import SpeechTrack

KINDS = ["log_mel", "mfcc", "whisper-tiny.en", "whisper-base", "wav2vec2", "silero-vad"]
SHAPES = {
    "log_mel": (80, 80),
    "mfcc": (100, 13),
    "whisper-tiny.en": (50, 768),
    "whisper-base": (50, 1536),
    "wav2vec2": (50, 16),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_rate_and_length_of_vectors(encoders, recorded, babble, kind):
    features = SpeechTrack(recorded(babble), encoders=encoders).features(kind, 1.0, 2.0)
    rate, dim = SHAPES[kind]
    assert (features.rate, features.values.shape[1], features.kind) == (rate, dim, kind)
    assert features.values.dtype == np.float32
    assert np.isfinite(features.values).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("start", "end"), [(0.0, 0.04), (3.333, 3.333), (-0.5, 0.2), (7.98, 8.02), (1.0, 1.08)])
def test_instants_cover_the_window(encoders, recorded, babble, kind, start, end):
    features = SpeechTrack(recorded(babble), encoders=encoders).features(kind, start, end)
    last = features.start + (len(features.values) - 1) / features.rate
    assert features.start <= start + 1e-9
    assert last >= end - 1e-9
    assert features.start > start - 1 / features.rate - 1e-9
    assert len(features.values) <= (end - start) * features.rate + 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_vector_does_not_depend_on_the_window(encoders, recorded, babble, kind):
    whole = SpeechTrack(recorded(babble), encoders=encoders).features(kind, -1.0, 19.0)
    for start, end in [(16.2, 16.9), (7.5, 8.6), (0.0, 0.1), (-0.9, 4.2), (17.9, 18.9)]:
        window = SpeechTrack(recorded(babble), encoders=encoders).features(kind, start, end)
        first = round((window.start - whole.start) * whole.rate)
        assert np.array_equal(window.values, whole.values[first : first + len(window.values)])


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("instant", [2.4, 5.013, 7.99])
def test_a_click_shows_at_its_instant(encoders, made_sound, kind, instant):
    noise = np.random.default_rng(0).normal(0, 0.3, 160)

    def click(times):
        place = np.round((times - instant) * 16_000).astype(int) + 80
        return np.where((place >= 0) & (place < 160), noise[place.clip(0, 159)], 0)

    track = SpeechTrack(made_sound(click, 12.0), encoders=encoders)
    features = track.features(kind, instant - 1.0, instant + 1.0)
    quiet = SpeechTrack(made_sound(np.zeros_like, 12.0), encoders=encoders).features(kind, instant - 1.0, instant + 1.0)
    # Whisper's last layer hears a click everywhere; its middle layer is half of the vector.
    change = np.linalg.norm((features.values - quiet.values)[:, :384], axis=1)
    times = features.start + np.arange(len(change)) / features.rate
    heard = change > (change.max() + np.median(change)) / 2
    assert np.average(times[heard], weights=change[heard]) == pytest.approx(instant, abs=1 / features.rate)
    assert np.ptp(times[heard]) < 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_outside_the_track_is_silence(encoders, recorded, made_sound, babble, kind):
    track = SpeechTrack(recorded(babble), encoders=encoders)
    silent = SpeechTrack(made_sound(np.zeros_like, 60.0), encoders=encoders)
    for start in (-40.0, 50.0):
        outside, quiet = (item.features(kind, start, start + 1).values for item in (track, silent))
        assert np.array_equal(outside, quiet)


def test_samples_are_counted_exactly(recorded, babble):
    track = SpeechTrack(recorded(babble))
    clip = track.samples(1.0, 1.5)
    assert (clip.rate, clip.channels, clip.start) == (16_000, 1, 1.0)
    assert np.array_equal(clip.samples[0], babble[16_000:24_000])
    for start, end in [(0.0, 0.04), (0.1, 0.7333), (-0.3, 0.01), (17.99, 18.4), (2.0, 2.0)]:
        assert track.samples(start, end).samples.shape == (1, round((end - start) * 16_000))
    assert not track.samples(18.0, 20.0).samples.any()


def test_offset_moves_features_with_the_speech(encoders, recorded, babble):
    straight = SpeechTrack(recorded(babble), encoders=encoders)
    late = SpeechTrack(recorded(babble), offset=0.5, encoders=encoders)
    assert late.duration == pytest.approx(18.5)
    for kind in ("log_mel", "mfcc"):
        here, there = straight.features(kind, 5.0, 6.0), late.features(kind, 5.5, 6.5)
        assert there.values == pytest.approx(here.values, abs=1e-4)
        assert there.start - here.start == pytest.approx(0.5)


def test_an_unknown_kind_names_the_known_ones(encoders, recorded, babble):
    with pytest.raises(SpeechError, match=r"unknown speech encoder 'hubert'; known are: log_mel, .*wav2vec2") as caught:
        SpeechTrack(recorded(babble), encoders=encoders).features("hubert", 0, 1)
    assert "\n" not in str(caught.value)


def test_wav2vec2_without_a_folder_says_what_to_do(recorded, babble):
    with pytest.raises(SpeechError, match="needs a local folder"):
        SpeechTrack(recorded(babble)).features("wav2vec2", 0, 1)


def test_threads_get_the_same_vectors(encoders, recorded, babble):
    whole = SpeechTrack(recorded(babble), encoders=encoders).features("mfcc", -1.0, 19.0)
    shared = SpeechTrack(recorded(babble), encoders=encoders)
    results = {}

    def work(number):
        results[number] = [shared.features("mfcc", second, second + 1.0) for second in range(number % 3, 17, 2)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for window in (window for windows in results.values() for window in windows):
        first = round((window.start - whole.start) * 100)
        assert np.array_equal(window.values, whole.values[first : first + len(window.values)])


def test_memory_does_not_grow_with_the_length(made_sound):
    def peak(minutes):
        track = SpeechTrack(made_sound(lambda times: 0.3 * np.sin(2000 * times), minutes * 60.0, 24_000))
        tracemalloc.start()
        try:
            for second in range(minutes * 60):
                track.features("log_mel", float(second), second + 1.0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(6) < 1.1 * peak(1)
