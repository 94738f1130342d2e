"""How fast a minute of 1280 x 720 is dubbed: cold, a second time, without a model, and a photo that moves.

    python bench/speed.py [SECONDS]

measures these alone, and puts their table in place of the one in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from dubs import loop_speech
from preview import write_long_clip
from report import ROOT, SAMPLES, Table

sys.path.append(str(ROOT / "tests" / "support"))
import toy_plugins

TITLE = "Speed at 1280 x 720"
SECONDS = 60
ROUNDS = 2
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
        f"Time is that of the whole command, start-up included; stages overlap. The faster of {ROUNDS} runs."
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
    frames = account["frames"]
    stages = ", ".join(f"{stage} {spent / frames * 1000:.0f}" for stage, spent in account["stages"].items())
    shown = (what, f"{seconds:.1f} s", f"{frames / seconds:.1f}", f"{work / frames * 1000:.1f} ms", stages)
    return seconds, shown


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
