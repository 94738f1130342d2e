"""What it costs that other people's models run in a process of their own: a bundled one, here and there."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from report import Table

import talkface_ltfg_gan
import talkface_sdm
from talkface_studio.api.generator import Face, Generator, Take
from talkface_studio.api.testing.material import LoopedSound, regular_times
from talkface_studio.api.values import Device, FaceCrop
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.trust import Trust
from talkface_studio.plugin_host.worker import isolated_generator, isolation
from talkface_studio.testing_host import StudioHost

MODELS = {"ltfg-gan": (talkface_ltfg_gan, "video", 50), "sdm": (talkface_sdm, "photo", 25)}
ROUNDS = 5


class Ready:
    """A face whose crops are at hand, as they are in a dub, where another stage cuts them."""

    def __init__(self, face: Face, times: list[float]) -> None:
        self.references = face.references
        self._crops = {crop.time: crop for crop in face.crops(times)}

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        return (self._crops[time] for time in times)


def measure() -> Table:
    host = StudioHost()
    rows = [measure_model(host, name) for name in MODELS]
    return Table(
        "Models in a process of their own",
        "The same model on the CPU in the studio's process and in a worker, in turns; the median of "
        f"{ROUNDS} rounds, and of their ratios. Sandbox: {isolation()}.",
        ("model", "in process", "in a worker", "throughput in the worker", "first frame in a worker"),
        tuple(rows),
    )


def measure_model(host: StudioHost, name: str) -> tuple[str, ...]:
    count = MODELS[name][2]
    times = regular_times(25, 0.0, count / 25)
    began = time.perf_counter()
    with take_of(host, name, times, isolated=True) as there:
        next(iter(there.render(times)))
        first = time.perf_counter() - began
        with take_of(host, name, times, isolated=False) as here:
            # The first ones load, compile and take memory.
            seconds(here, times)
            seconds(there, times)
            rounds = [(seconds(here, times), seconds(there, times)) for _ in range(ROUNDS)]
    direct, isolated = (statistics.median(each) / count * 1000 for each in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    return name, f"{direct:.1f} ms a frame", f"{isolated:.1f} ms a frame", f"{ratio:.0%}", f"{first:.1f} s"


def seconds(take: Take, times: list[float]) -> float:
    began = time.perf_counter()
    for _ in take.render(times):
        pass
    return time.perf_counter() - began


@contextmanager
def take_of(host: StudioHost, name: str, times: list[float], *, isolated: bool) -> Iterator[Take]:
    generator: Generator = isolated_generator(installed(name), name) if isolated else host.generator(name)
    card = generator.card
    speech = host.speech(LoopedSound(host.voice, 60.0))
    face = (host.video if MODELS[name][1] == "video" else host.photo)(card.crop.layout, card.references)
    options = host.options(name, {}, preset="compact", seed=0)
    try:
        with generator.start(speech, Ready(face, times), options, Device()) as take:
            yield take
    finally:
        generator.close()


def installed(name: str) -> InstalledPlugin:
    """A bundled plugin as if a user had installed it."""
    package = Path(MODELS[name][0].__file__ or "").parent
    toml = package / "plugin.toml"
    return InstalledPlugin(PluginManifest.load(toml), package, package.parent, None, Trust.UNKNOWN, enabled=True)


if __name__ == "__main__":
    print(measure().markdown())
