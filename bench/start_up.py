"""How long the commands take that must open at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from report import SAMPLES, Table, best


def measure() -> Table:
    program = Path(sys.executable).with_name("talkface")
    rows = []
    for arguments in (["--help"], ["models"], ["dub", "--help"], ["probe", "--no-faces", str(SAMPLES / "video.mp4")]):

        def run(arguments: list[str] = arguments) -> None:
            subprocess.run([program, *arguments], check=True, capture_output=True)

        shown = " ".join(Path(word).name if "/" in word else word for word in arguments)
        rows.append((f"`talkface {shown}`", f"{best(run):.2f} s"))
    return Table("Start-up", "The fastest of five runs, process start included.", ("command", "time"), tuple(rows))
