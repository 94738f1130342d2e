"""What it costs that other people's models run in a process of their own: a bundled one, here and there."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from report import Table

import talkface_ltfg_gan
import talkface_sdm
from talkface_studio.api.generator import Face, Generator, Take
from talkface_studio.api.testing.material import LoopedSound, regular_times
from talkface_studio.api.values import Device, FaceCrop
from talkface_studio.dubbing.device import beside_other_stages
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.trust import Trust
from talkface_studio.plugin_host.worker import isolated_generator, isolation
from talkface_studio.testing_host import StudioHost

MODELS = {"ltfg-gan": (talkface_ltfg_gan, "video", 50), "sdm": (talkface_sdm, "photo", 25)}
ROUNDS = 9


class Ready:
    """A face whose crops are at hand, as they are in a dub, where another stage cuts them."""

    def __init__(self, face: Face, times: list[float]) -> None:
        self.references = face.references
        self._crops = {crop.time: crop for crop in face.crops(times)}

    def crops(self, times: Iterable[float]) -> Iterator[FaceCrop]:
        return (self._crops[time] for time in times)


def measure() -> Table:
    return Table(
        "Models in a process of their own",
        "The same model on half of the cores, as in a dub, in the studio's process and in a worker, "
        f"{ROUNDS} rounds in turns, each as fast as this machine was at that moment: medians. At least 90% is what we "
        f"want. Sandbox: {isolation()}.",
        ("model", "in process", "in a worker", "throughput in the worker", "from nothing to the first frame"),
        tuple(row(name, run(name)) for name in MODELS),
    )


def row(name: str, found: dict[str, list[float]]) -> tuple[str, ...]:
    here, there = found["here"], found["there"]
    ratio = statistics.median(one / other for one, other in zip(here, there, strict=True))
    return (
        name,
        f"{statistics.median(here) * 1000:.1f} ms a frame",
        f"{statistics.median(there) * 1000:.1f} ms a frame",
        f"{ratio:.0%}",
        f"{found['first'][0]:.1f} s in process, {found['first'][1]:.1f} s in a worker",
    )


def run(name: str) -> dict[str, list[float]]:
    """What `run_here` measures, in a new process that does nothing else."""
    done = subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def run_here(name: str) -> dict[str, list[float]]:
    """Seconds a frame in this process and in a worker, in turns, and until the first frame of each."""
    count = MODELS[name][2]
    times = regular_times(25, 0.0, count / 25)
    host = StudioHost()
    found: dict[str, list[float]] = {"here": [], "there": [], "first": []}
    with beside_other_stages(), ExitStack() as stack:
        takes = {}
        for where in ("here", "there"):
            began = time.perf_counter()
            takes[where] = stack.enter_context(take_of(host, name, times, isolated=where == "there"))
            next(iter(takes[where].render(times)))
            found["first"].append(time.perf_counter() - began)
            seconds(takes[where], times)
        for number in range(ROUNDS):
            # Neither is always the first of a pair.
            for where in ("here", "there") if number % 2 else ("there", "here"):
                found[where].append(seconds(takes[where], times) / count)
    return found


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
    print(json.dumps(run_here(sys.argv[1])) if sys.argv[1:] else measure().markdown())
