"""Features that are kept: exact, bounded, and never trusted when damaged."""

import os

import numpy as np
import pytest

from talkface_studio.api.values import AudioClip
from talkface_studio.dubbing.speech_cache import SpeechCache
from talkface_studio.speech.encoder import Encoder, EncoderRegistry
from talkface_studio.speech.track import SpeechTrack


class Loudness(Encoder):
    """The first three samples of every hop; it counts how often it listens."""

    kind, dim, hop, centre, chunk, before, after = "loudness", 3, 160, 80, 100, 40, 40

    def __init__(self, identity):
        self.identity = identity
        self.heard = 0

    def encode(self, samples):
        self.heard += 1
        return samples[40:-40].reshape(self.chunk, self.hop)[:, :3].copy()


class Noise:
    rate, channels, duration = 16_000, 1, 3.5

    def read(self, start, end):
        count = round((end - start) * self.rate)
        return AudioClip(np.random.default_rng(5).normal(size=(1, count)).astype(np.float32), self.rate, start)


def listen(cache, identity="a" * 64, key="speech"):
    encoder = Loudness(identity)
    track = SpeechTrack(Noise(), encoders=EncoderRegistry({"loudness": lambda: encoder}), kept=cache.open(key))
    return track.features("loudness", -4.0, 8.0).values, encoder.heard


def test_a_second_take_does_not_listen_again(tmp_path):
    first, heard = listen(SpeechCache(tmp_path))
    again, heard_again = listen(SpeechCache(tmp_path))
    assert np.array_equal(first, again)
    # Two chunks on either side are kept, which a model looks at for the first and last instants.
    assert heard >= 8
    assert heard_again == heard - 8
    assert listen(SpeechCache(tmp_path), identity="b" * 64)[1] == heard
    assert listen(SpeechCache(tmp_path), key="another")[1] == heard


def test_what_is_quick_to_compute_is_not_kept(tmp_path):
    listen(SpeechCache(tmp_path), identity=None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-40], lambda data: data[:200] + b"xx" + data[202:], lambda _: b""]
)
def test_a_damaged_file_is_computed_again(tmp_path, damage):
    first, _ = listen(SpeechCache(tmp_path))
    path = next(tmp_path.rglob("2.npz"))
    path.write_bytes(damage(path.read_bytes()))
    again, heard = listen(SpeechCache(tmp_path))
    assert np.array_equal(first, again)
    assert heard == listen(SpeechCache(tmp_path))[1] + 1


def test_the_longest_unused_speech_goes_first(tmp_path):
    for number in range(3):
        listen(SpeechCache(tmp_path), key=str(number))
        stamp = 1_000_000 + number
        os.utime(tmp_path / str(number), (stamp, stamp))
    size = sum(path.stat().st_size for path in (tmp_path / "0").rglob("*.npz"))
    SpeechCache(tmp_path, limit=2 * size).open("0")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "2"]


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path):
    (tmp_path / "speech").write_bytes(b"a file in the way")
    assert np.array_equal(listen(SpeechCache(tmp_path / "speech"))[0], listen(SpeechCache(tmp_path / "kept"))[0])
