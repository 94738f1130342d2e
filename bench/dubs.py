"""How fast whole dubs are, and what they take of the memory, by their length."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

from report import SAMPLES, Table

LENGTHS = (8, 60, 300)


def measure() -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in LENGTHS:
            speech = Path(folder) / f"{seconds}.wav"
            loop_speech(SAMPLES / "speech.wav", speech, seconds)
            for name in ("portrait.jpg", "video.mp4"):
                done = dub(SAMPLES / name, speech, Path(folder) / "out.mp4")
                stages = ", ".join(f"{stage} {time:.0f} s" for stage, time in done["stages"].items())
                rate = done["frames"] / done["seconds"]
                memory = f"{done['peak_memory_mb']:.0f}"
                rows.append((name, f"{seconds} s", f"{done['seconds']:.1f} s", f"{rate:.0f}", memory, stages))
    return Table(
        "Dubs",
        "`talkface dub` with the default model, compact preset, on the CPU; 512 x 512 at 25 frames a second. Time "
        "includes loading. Stages overlap.",
        ("face", "speech", "time", "frames a second", "peak memory (MB)", "work by stage"),
        tuple(rows),
    )


def dub(face: Path, speech: Path, output: Path) -> dict[str, Any]:
    program = Path(sys.executable).with_name("talkface")
    done = subprocess.run(
        [program, "dub", face, speech, "-o", output, "--fit", "bounce", "--device", "cpu", "--json", "--quiet"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    output.unlink()
    account: dict[str, Any] = json.loads(done.stdout)
    return account


def loop_speech(source: Path, target: Path, seconds: int) -> None:
    with wave.open(str(source)) as file:
        settings, samples = file.getparams(), file.readframes(file.getnframes())
    size = seconds * settings.framerate * settings.sampwidth * settings.nchannels
    with wave.open(str(target), "wb") as file:
        file.setparams(settings)
        file.writeframes((samples * (size // len(samples) + 1))[:size])
