from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

import talkface_studio
from talkface_studio.api.errors import SpeechError
from talkface_studio.speech.track import SpeechTrack
from talkface_studio.speech.vad import is_silent, require_speech

VOICE = Path(talkface_studio.__file__).parents[1] / "resources" / "samples" / "speech.wav"


@pytest.fixture(scope="module")
def voice():
    """The sample speech, brought to 16 kHz by the track itself."""
    with wave.open(str(VOICE)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(6 * rate), "<i2").reshape(-1, channels)[:, 0] / 32768

    class Sound:
        duration = len(samples) / rate

        def __init__(self):
            self.rate, self.channels = rate, 1

        def read(self, start, end):
            from talkface_studio.api.values import AudioClip

            numbers = round(start * rate) + np.arange(round((end - start) * rate))
            inside = (numbers >= 0) & (numbers < len(samples))
            return AudioClip(
                np.where(inside, samples[numbers.clip(0, len(samples) - 1)], 0)[None].astype(np.float32), rate, start
            )

    return Sound()


def test_a_voice_is_told_from_noise_and_silence(encoders, made_sound, voice):
    spoken = SpeechTrack(voice, encoders=encoders).activity(0.0, voice.duration)
    assert np.mean(spoken.values > 0.5) > 0.5
    assert spoken.rate == pytest.approx(31.25)
    random = np.random.default_rng(0)
    hiss = made_sound(lambda times: random.normal(0, 0.1, len(times)), 4.0)
    assert SpeechTrack(hiss, encoders=encoders).activity(0.5, 3.5).values.max() < 0.3
    assert SpeechTrack(voice, encoders=encoders).activity(30.0, 32.0).values.max() < 0.1


def test_activity_begins_when_the_voice_does(encoders, voice):
    at_once = SpeechTrack(voice, encoders=encoders).activity(0.0, 6.0)
    later = SpeechTrack(voice, offset=2.0, encoders=encoders).activity(0.0, 8.0)
    onset, moved = (item.start + np.argmax(item.values[:, 0] > 0.5) / item.rate for item in (at_once, later))
    assert moved - onset == pytest.approx(2.0, abs=0.064)


def test_speech_passes(encoders, voice):
    require_speech(SpeechTrack(voice, encoders=encoders), "speech.wav")


def test_the_search_stops_at_the_first_speech(encoders, voice):
    class Endless:
        rate, channels, duration = voice.rate, 1, 3600.0
        furthest = 0.0

        def read(self, start, end):
            Endless.furthest = max(Endless.furthest, end)
            return voice.read(start, end)

    require_speech(SpeechTrack(Endless(), encoders=encoders), "long.wav")
    assert Endless.furthest < 30


@pytest.mark.parametrize(
    ("make", "duration", "message"),
    [
        (np.zeros_like, 0.0, "is empty"),
        (np.zeros_like, 20.0, "is silent"),
        (lambda times: 5e-4 * np.sin(2000 * times), 3.0, "is silent"),
        (lambda times: 0.3 * np.sin(2000 * times), 3.0, "no voice is heard"),
    ],
)
def test_what_nobody_speaks_in_is_refused_in_one_line(encoders, made_sound, make, duration, message):
    track = SpeechTrack(made_sound(make, duration, 44_100), encoders=encoders)
    assert is_silent(track) == ("no voice" not in message)
    with pytest.raises(SpeechError, match=rf"^talk\.wav: .*{message}") as caught:
        require_speech(track, "talk.wav")
    assert "\n" not in str(caught.value)


def test_a_late_word_is_found(encoders, voice):
    require_speech(SpeechTrack(voice, offset=40.0, encoders=encoders), "late.wav")
