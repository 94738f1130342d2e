"""Kill an export at random moments, go on, and compare it with one that nobody disturbed.

python bench/kill.py [KILLS] [SEED]
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from report import ROOT, SAMPLES

sys.path.insert(0, str(ROOT / "tests" / "support"))

from killing import decoded_hash, finish, finished_segments, kill_when, start_dub


def main(kills: int = 50, seed: int = 0) -> None:
    moments = random.Random(seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TALKFACE_HOME": str(Path(folder) / "home")}
        outputs = Path(folder) / "outputs"
        outputs.mkdir()
        arguments = [SAMPLES / "video.mp4", SAMPLES / "speech.wav", "--device", "cpu", "-o"]
        began = time.perf_counter()
        finish([*arguments, outputs / "whole.mp4"], environment)
        length = time.perf_counter() - began
        expected, output = decoded_hash(outputs / "whole.mp4"), outputs / "out.mp4"
        done = verified = 0
        while done < kills:
            end = time.perf_counter() + moments.uniform(0, length)
            if kill_when(start_dub([*arguments, output], environment), lambda end=end: time.perf_counter() >= end):
                done += 1
                print(f"kill {done}: {finished_segments(output)} segments finished", flush=True)
            if output.exists():
                verified += check(output, expected)
        finish([*arguments, output], environment)
        verified += check(output, expected)
        print(f"{done} kills; {verified} exports, each identical to the undisturbed one; nothing else was left behind")


def check(output: Path, expected: str) -> int:
    """Compare a finished export; a kill may come between its appearance and the removal of its folder."""
    if output.with_name(f"{output.name}.talkface").exists():
        return 0
    assert decoded_hash(output) == expected, "the frames differ"
    left = sorted(path.name for path in output.parent.iterdir())
    assert left == ["out.mp4", "whole.mp4"], f"left behind: {left}"
    output.unlink()
    return 1


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
