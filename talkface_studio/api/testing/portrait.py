"""The rules for models that imagine a face from a voice, as tests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

import numpy as np

from talkface_studio.api.generator import PortraitGenerator
from talkface_studio.api.testing.material import RATE, Host, LoopedSound, RecordedSpeech, whole_sound
from talkface_studio.api.values import Device, FloatArray, Options, Portrait

MOST_SPEECH_READ = 120.0
"""Seconds of speech that the first portrait may be based on, however long the recording is."""


class PortraitConformance:
    """Subclass it in a plugin's tests and say how the generator and its options are made."""

    def create(self, host: Host) -> PortraitGenerator:
        """A new generator."""
        raise NotImplementedError

    def options(self, host: Host, *, seed: int = 0) -> Options:
        """What it is started with."""
        raise NotImplementedError

    def test_same_seed_gives_same_portraits(self, conformance_host: Host) -> None:
        """In the same order, from a new generator."""
        first, again = (self._portraits(conformance_host, conformance_host.voice, 3, seed=4) for _ in range(2))
        for one, other in zip(first, again, strict=True):
            assert np.array_equal(one.pixels, other.pixels), "two runs with one seed differ"
            assert one.attributes == other.attributes, "two runs with one seed say different things of a portrait"

    def test_portraits_are_endless_and_differ(self, conformance_host: Host) -> None:
        """There is always another candidate."""
        portraits = self._portraits(conformance_host, conformance_host.voice, 5)
        assert len(portraits) == 5, f"only {len(portraits)} portraits came"
        for one, other in pairwise(portraits):
            assert not np.array_equal(one.pixels, other.pixels), "a portrait is repeated"

    def test_portraits_are_pictures(self, conformance_host: Host) -> None:
        """RGB, square, finite attributes; also from half a second of voice."""
        for samples in (conformance_host.voice, conformance_host.voice[RATE // 2 : RATE]):
            for portrait in self._portraits(conformance_host, samples, 2):
                pixels = portrait.pixels
                assert pixels.dtype == np.uint8, f"pixels are {pixels.dtype}, not uint8"
                assert pixels.ndim == 3, f"pixels are {pixels.shape}, not (S, S, 3)"
                assert pixels.shape == (pixels.shape[0], pixels.shape[0], 3), f"pixels are {pixels.shape}"
                assert all(np.isfinite(value) for value in portrait.attributes.values()), "an attribute is not finite"

    def test_long_speech_is_not_read_whole(self, conformance_host: Host) -> None:
        """Ten minutes cost no more than a part of them."""
        speech = RecordedSpeech(conformance_host.speech(LoopedSound(conformance_host.voice, 600.0)))
        generator = self.create(conformance_host)
        try:
            next(generator.imagine(speech, self.options(conformance_host), Device()))
        finally:
            generator.close()
        read = max(speech.seconds.values(), default=0.0)
        assert read <= MOST_SPEECH_READ, f"one portrait read {read:.0f} s of speech"

    def _portraits(self, host: Host, samples: FloatArray, count: int, *, seed: int = 0) -> Sequence[Portrait]:
        generator = self.create(host)
        try:
            candidates = generator.imagine(host.speech(whole_sound(samples)), self.options(host, seed=seed), Device())
            return list(islice(candidates, count))
        finally:
            generator.close()
            generator.close()
