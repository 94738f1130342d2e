"""A short performance of a plugin's model: real speech, a moving face, and generators that are closed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from talkface_studio.api.generator import Take
from talkface_studio.api.testing.material import Host, regular_times, whole_sound
from talkface_studio.api.values import Device, Options, RenderedFace
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.worker.host.generator import IsolatedGenerator
from talkface_studio.plugin_host.worker.host.sandbox import Isolation
from talkface_studio.plugin_host.worker.limits import WorkerLimits

QUICK = WorkerLimits(load=30, start=10, frame=1.5, stop=1, heartbeat=0.2, patience=10)
TIMES = regular_times(25, 1.0, 1.32)


class Stage:
    """Starts generators of plugins, and closes them all at the end."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._generators: list[IsolatedGenerator] = []

    def generator(
        self, installed: InstalledPlugin, limits: WorkerLimits = QUICK, found: Isolation | None = None
    ) -> IsolatedGenerator:
        generator = IsolatedGenerator(installed, installed.manifest.name, limits, found)
        self._generators.append(generator)
        return generator

    @contextmanager
    def take(
        self, generator: IsolatedGenerator, options: Options | None = None, *, moving: bool = True
    ) -> Iterator[Take]:
        card = generator.card
        face = (self._host.video if moving else self._host.photo)(card.crop.layout, card.references)
        speech = self._host.speech(whole_sound(self._host.voice))
        with generator.start(speech, face, options or Options(), Device()) as take:
            yield take

    def frames(self, generator: IsolatedGenerator, options: Options | None = None, **face: Any) -> list[RenderedFace]:
        """A third of a second."""
        with self.take(generator, options, **face) as take:
            return list(take.render(TIMES))

    def close(self) -> None:
        for generator in self._generators:
            generator.close()
