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
    claps = tuple(60.0 * minute + 30.25 for minute in range(minutes))
    rows = []
    for name, variable in (("29.97", False), ("variable", True)):
        with tempfile.TemporaryDirectory() as folder:
            source, voice, output = (Path(folder) / each for each in ("source.mp4", "voice.wav", "out.mp4"))
            base = Fraction(1, 90_000) if variable else Fraction(1, 30_000)
            times = frame_times(RATE, 60.0 * minutes, variable=variable)
            count = write_video(source, times, RATE, claps, base)
            write_speech(voice, 44_100, 1, 60.0 * minutes, claps)
            request = DubRequest(face=source, speech=voice, output=output, device="cpu", model="atvg")
            result = dub(request, load_catalog(third_party=False), Folders.under(Path(folder) / "home"))
            assert result.frames == count
            assert timestamps(output) == timestamps(source)
            found = list(zip(heard_and_seen(output, claps), claps, strict=True))
            offsets = [1000 * (click - clap) for (click, _), clap in found]
            shown = [1000 * (flash - clap) for (_, flash), clap in found]
            rows.append(
                (name, f"{count} of {count}", f"{min(offsets):.1f} to {max(offsets):.1f} ms", f"{max(shown):.1f} ms")
            )
    return Table(
        "An hour",
        f"{minutes} minutes with a clap every minute, all of it dubbed with a voice of 44.1 kHz; only the first frame "
        "shows a face. Every frame has the source's own timestamp.",
        ("rate", "frames", "clicks against their claps", "latest white frame behind its clap"),
        tuple(rows),
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:])).markdown())
