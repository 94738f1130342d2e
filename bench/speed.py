"""How fast a minute of 1280 x 720 is dubbed: cold, again, in an open studio, without a model, and a photo that moves.

    python bench/speed.py [SECONDS]

measures these alone, and puts their table in place of the one in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from dubs import loop_speech
from preview import write_long_clip
from report import ROOT, SAMPLES, Table

from talkface_studio.engine.client.client import EngineClient, Event
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.engine.protocol.questions import Job, StartJob
from talkface_studio.engine.server.exports import ENDED

sys.path.append(str(ROOT / "tests" / "support"))
import toy_plugins

TITLE = "Speed at 1280 x 720"
SECONDS = 60
ROUNDS = 3
IDENTITY = """
from talkface_studio.api.generator import Generator, Take
from talkface_studio.api.values import RenderedFace


class Same(Take):
    def __init__(self, face):
        self._face = face

    def render(self, times):
        for time in times:
            yield RenderedFace(next(iter(self._face.crops([time]))).pixels, time)

    def close(self):
        pass


class Identity(Generator):
    def start(self, speech, face, options, device):
        return Same(face)
"""


def measure(seconds: int = SECONDS) -> Table:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        clip, photo, speech, site = (folder / name for name in ("clip.mp4", "photo.png", "speech.wav", "site"))
        write_long_clip(clip, seconds)
        write_photo(photo)
        loop_speech(SAMPLES / "speech.wav", speech, seconds)
        site.mkdir()
        (site / "identity.py").write_text(IDENTITY, encoding="utf-8")
        toy_plugins.install_model(site, "same", generator="identity:Identity")
        rounds = [rows(folder / str(number), (clip, photo, speech)) for number in range(ROUNDS)]
    best = [min(each, key=lambda timed: timed[0])[1] for each in zip(*rounds, strict=True)]
    note = (
        f"`talkface dub` of {seconds} s at 25 frames a second with compact weights on the CPU, H.264 veryfast, crf 18. "
        "Time is that of the whole command, start-up included; in the open studio, from the order of an export to its "
        f"end, in an engine that has made one before. Stages overlap. The fastest of {ROUNDS} runs."
    )
    head = ("what", "time", "frames a second", "processor time a frame", "work by stage (ms a frame)")
    return Table(TITLE, note, head, tuple(best))


def rows(folder: Path, material: tuple[Path, Path, Path]) -> list[tuple[float, tuple[str, ...]]]:
    """Seconds and the row of each dub, in a home of its own where it must not know the clip."""
    clip, photo, speech = material
    folder.mkdir()
    return [
        row("LTFG-GAN, a clip never seen", folder / "one", clip, speech),
        row("LTFG-GAN, a second take of it", folder / "one", clip, speech),
        studio_row("LTFG-GAN, a further take in the open studio", folder / "one", clip, speech),
        row("no model: the face is put back as it was", folder / "two", clip, speech, "--model", "same"),
        row("SDM, a photo that moves its head", folder / "three", photo, speech, "--model", "sdm"),
    ]


def row(what: str, home: Path, face: Path, speech: Path, *more: str) -> tuple[float, tuple[str, ...]]:
    output = home.with_suffix(".mp4")
    words = [Path(sys.executable).with_name("talkface"), "--home", home, "dub", face, speech, "-o", output, *more]
    site = speech.parent / "site"
    began, before = time.perf_counter(), processor_time()
    done = subprocess.run(
        [*words, "--device", "cpu", "--json", "--quiet"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    seconds, work = time.perf_counter() - began, processor_time() - before
    account: dict[str, Any] = json.loads(done.stdout)
    output.unlink()
    return seconds, shown_row(what, seconds, work, account)


def studio_row(what: str, home: Path, face: Path, speech: Path) -> tuple[float, tuple[str, ...]]:
    """The second of two exports of an engine, as the window orders them."""
    ended: queue.Queue[Job] = queue.Queue()

    def listen(event: Event) -> None:
        if isinstance(event, Job) and event.state in ENDED:
            ended.put(event)

    with EngineClient(EngineSettings(home=home)) as client:
        client.listen(listen)
        for name in ("first", "second"):
            output = home.with_name(f"{name}.mp4")
            dub = {"face": str(face), "speech": str(speech), "output": str(output), "device": "cpu"}
            began, before = time.perf_counter(), engine_time()
            client.ask(StartJob(job=name, dub=dub)).result()
            job = ended.get()
            seconds, work = time.perf_counter() - began, engine_time() - before
            if job.result is None:
                raise SystemExit(f"the export {job.state}: {job.message}")
            output.unlink()
    return seconds, shown_row(what, seconds, work, job.result)


def engine_time() -> float:
    """Processor time of the processes that this one has started and that run."""
    times = [each.cpu_times() for each in psutil.Process().children(recursive=True)]
    return sum(each.user + each.system for each in times)


def shown_row(what: str, seconds: float, work: float, account: Mapping[str, Any]) -> tuple[str, ...]:
    frames = account["frames"]
    stages = ", ".join(f"{stage} {spent / frames * 1000:.0f}" for stage, spent in account["stages"].items())
    return what, f"{seconds:.1f} s", f"{frames / seconds:.1f}", f"{work / frames * 1000:.1f} ms", stages


def processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_photo(path: Path) -> None:
    """The sample portrait on a canvas of 1280 x 720."""
    portrait = cv2.imread(str(SAMPLES / "portrait.jpg"))
    assert portrait is not None
    canvas = np.full((720, 1280, 3), 80, np.uint8)
    canvas[:, 280:1000] = cv2.resize(portrait, (720, 720), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), canvas)


def main() -> None:
    table = measure(*map(int, sys.argv[1:]))
    table.put_into(ROOT / "docs" / "benchmarks.md")
    print(table.markdown())


if __name__ == "__main__":
    main()
