"""An hour with a clapper every minute, at 29.97 frames a second and at a variable rate: where clicks end up.

python bench/hour.py [MINUTES]
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from report import ROOT, Table

sys.path.insert(0, str(ROOT / "tests" / "support"))

from clapper import OnlyAtFirst, frame_times, heard_and_seen, timestamps, write_speech, write_video
from talkface_studio.dubbing import picture
from talkface_studio.dubbing.dub import dub
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.plugin_host.catalog import load_catalog
from talkface_studio.plugin_host.folders import Folders

RATE = Fraction(30000, 1001)


def measure(minutes: int = 60) -> Table:
    picture.FaceTracker = OnlyAtFirst  # type: ignore[misc,assignment]
    rows = []
    for name, variable in (("29.97", False), ("variable", True)):
        with tempfile.TemporaryDirectory() as folder:
            source, voice, output = (Path(folder) / each for each in ("source.mp4", "voice.wav", "out.mp4"))
            base = Fraction(1, 90_000) if variable else Fraction(1, 30_000)
            times = [round(time / base) * base for time in frame_times(RATE, 60.0 * minutes, variable=variable)]
            # A clap is where a frame begins, so that what is seen and what is heard can be at one instant.
            claps = [float(next(time for time in times if time > 60 * minute + 30)) for minute in range(minutes)]
            count = write_video(source, times, RATE, claps, base)
            write_speech(voice, 44_100, 1, 60.0 * minutes, claps)
            request = DubRequest(face=source, speech=voice, output=output, device="cpu", model="atvg")
            result = dub(request, load_catalog(third_party=False), Folders.under(Path(folder) / "home"))
            assert result.frames == count
            assert timestamps(output) == timestamps(source)
            offsets = [1000 * (click - flash) for click, flash in heard_and_seen(output, claps)]
            assert max(map(abs, offsets)) <= 500 / RATE
            rows.append((name, f"{count} of {count}", f"{min(offsets):.2f} to {max(offsets):.2f} ms"))
    return Table(
        "An hour",
        f"{minutes} minutes with a clap every minute, all of it dubbed with a voice of 44.1 kHz; only the first frame "
        "shows a face. Every frame has the source's own timestamp; a frame lasts 33.37 ms.",
        ("rate", "frames", "clicks against their white frames"),
        tuple(rows),
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:])).markdown())
