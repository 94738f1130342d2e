from __future__ import annotations

import pytest

from talkface_studio.api.errors import SpeechError
from talkface_studio.api.values import Device
from talkface_studio.speech.cache import ChunkCache
from talkface_studio.speech.encoder import EncoderRegistry
from talkface_studio.speech.encoders import studio_encoders
from talkface_studio.speech.mfcc import Mfcc


def test_an_encoder_is_built_once_and_only_when_asked_for():
    built = []

    def factory():
        built.append(1)
        return Mfcc()

    registry = EncoderRegistry({})
    registry.register("mfcc", factory)
    assert built == []
    assert registry.get("mfcc") is registry.get("mfcc")
    assert built == [1]
    registry.close()
    registry.get("mfcc")
    assert built == [1, 1]


def test_a_kind_is_registered_once():
    with pytest.raises(SpeechError, match="registered twice"):
        studio_encoders(Device()).register("mfcc", Mfcc)


def test_look_ahead_is_what_the_first_vector_of_a_chunk_waits_for():
    assert Mfcc().look_ahead == pytest.approx(4 + 0.015 - 0.0125)
    assert Mfcc().samples_needed == 1 + 4 * 16_000 + 240


def test_the_least_recently_used_chunk_makes_room():
    cache: ChunkCache[str, str] = ChunkCache(2)
    computed = []
    for key in "abacab":
        cache.get(key, lambda key=key: computed.append(key) or key)
    assert computed == ["a", "b", "c", "b"]
    assert len(cache) == 2
