"""What a voice alone takes: portraits by SCLDM and a talking face by Speech2Video, by the length of the speech.

python bench/voices.py [SECONDS ...]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dubs import dub, loop_speech
from report import SAMPLES, Table

LENGTHS = (60, 600)


def measure(lengths: tuple[int, ...] = LENGTHS) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in lengths:
            speech = Path(folder) / f"{seconds}.wav"
            loop_speech(SAMPLES / "speech.wav", speech, seconds)
            wall, processor, memory = imagine(speech, Path(folder) / f"{seconds}")
            rows.append(("scldm, four portraits", f"{seconds} s", f"{wall:.1f} s", f"{processor:.1f} s", "", memory))
            before = os.times()
            done = dub(Path("voice"), speech, Path(folder) / "out.mp4")
            after = os.times()
            work = after.children_user + after.children_system - before.children_user - before.children_system
            rate, memory = done["frames"] / done["seconds"], f"{done['peak_memory_mb']:.0f}"
            took = f"{done['seconds']:.1f} s"
            rows.append(("speech2video", f"{seconds} s", took, f"{work:.1f} s", f"{rate:.0f}", memory))
    return Table(
        "A voice alone",
        "`talkface imagine` and `talkface dub voice` on the CPU, start-up included.",
        ("what", "speech", "time", "processor time", "frames a second", "peak memory (MB)"),
        tuple(rows),
    )


def imagine(speech: Path, output: Path) -> tuple[float, float, str]:
    """Seconds, seconds of the processor, and the largest resident size in MB."""
    program = Path(sys.executable).with_name("talkface")
    begun = time.perf_counter()
    running = subprocess.Popen([program, "imagine", speech, "-o", output, "--device", "cpu"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, running.args)
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, f"{used.ru_maxrss / 1024:.0f}"


if __name__ == "__main__":
    print(measure(tuple(int(each) for each in sys.argv[1:]) or LENGTHS).markdown())
