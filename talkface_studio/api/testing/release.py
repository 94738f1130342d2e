"""Rules about memory: a take streams, and closing frees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from talkface_studio.api.errors import SpeechError
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.testing.material import EndlessTimes, Host, LoopedSound
from talkface_studio.api.testing.memory import MEGABYTE, settled_bytes, tensor_bytes, traced_bytes, tracing
from talkface_studio.api.testing.suite import GeneratorSuite
from talkface_studio.api.values import Device, RenderedFace


def after_more(frames: Iterator[RenderedFace]) -> int:
    """Bytes that are held after some more frames.

    What a thread works on ahead, and on a busy machine stands half done for long, comes and goes; what is kept stays.
    """
    for _ in islice(frames, 3):
        pass
    return settled_bytes()


class ReleaseRules(GeneratorSuite):
    """Memory does not grow with the length of the speech and is given back at the end."""

    def test_memory_does_not_grow(self, conformance_host: Host) -> None:
        """A hundred more frames of one run are not kept."""
        face = self.faces(conformance_host)[0][1]
        counted = 100
        frame_bytes = 3 * self.size(conformance_host) ** 2
        with self.take(conformance_host, face, sound=LoopedSound(conformance_host.voice, 60.0)) as take, tracing():
            frames = take.render(EndlessTimes(25))
            # Caches of the host and of the plugin fill up first.
            for _ in islice(frames, 40):
                pass
            before = settled_bytes()
            for _ in islice(frames, counted):
                pass
            allowed = counted * frame_bytes // 3 + MEGABYTE
            grown = settled_bytes() - before
            for _ in range(5):
                if grown > allowed:
                    grown = after_more(frames) - before
        assert grown <= allowed, f"{counted} frames left {grown / MEGABYTE:.1f} MB behind"

    def test_closing_releases_memory(self, conformance_host: Host) -> None:
        """After both are closed nothing of the networks is held, even while the closed objects are kept."""
        face = self.faces(conformance_host)[0][1]
        speech = self.voice(conformance_host)
        # Encoders and their caches are the host's: they fill before anything is counted, around the speech as well.
        for kind in self.card(conformance_host).speech_features:
            speech.features(kind, -1.0, speech.duration + 1.0)
        with suppress(SpeechError):
            speech.activity(-1.0, speech.duration + 1.0)
        closed: list[Generator | Take] = []
        tensors: list[int] = []
        traced: list[int] = []
        with tracing():
            tensors.append(tensor_bytes())
            for _ in range(2):
                generator = self.create(conformance_host)
                take = generator.start(speech, face, self.options(conformance_host), Device())
                list(take.render([0.5, 1.0]))
                for thing in (take, take, generator, generator):
                    thing.close()
                    closed.append(thing)
                del generator, take
                tensors.append(tensor_bytes())
                traced.append(traced_bytes())
        # The first round also imports the plugin's modules, so only the second says what one performance leaves.
        left = max(tensors[2] - tensors[0], traced[1] - traced[0]) / MEGABYTE
        assert left < 0.5, f"{left:.1f} MB are still held after close"
