"""`talkface dub` killed on its way, by the system and by the user, and how it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import wave
from collections.abc import Mapping
from pathlib import Path

import pytest

import toy_plugins
from killing import decoded_hash, finish, finished_segments, kill_when, start_dub

VIDEO = Path(__file__).parents[2] / "resources" / "samples" / "video.mp4"


def test_three_kills_change_nothing(toy: str, environment: Mapping[str, str], speech: Path, folder: Path) -> None:
    arguments = [VIDEO, speech, "--model", toy, "--option", "strength=2", "--end", "2.5", "-o"]
    output, whole = folder / "out.mp4", folder / "whole.mp4"
    assert finish([*arguments, whole], environment)["resumed_segments"] == 0
    for needed in (1, 2, 4):
        assert kill_when(
            start_dub([*arguments, output], environment), lambda needed=needed: finished_segments(output) >= needed
        )
        assert not output.exists()
    account = finish([*arguments, output, "--resume"], environment)
    assert account["resumed_segments"] >= 4
    assert account["frames"] == 200
    assert decoded_hash(output) == decoded_hash(whole)
    left = ["out.mp4", "speech.wav", "whole.mp4"]
    assert sorted(path.name for path in folder.iterdir() if path.name != "portrait.png") == left


SLOW = """
import os, time
from pathlib import Path
from toy_generators import Toy, ToyTake


class SlowTake(ToyTake):
    def render(self, times):
        for face in super().render(times):
            if face.time > 2.2:
                journal = Path(os.environ["WAIT_FOR"])
                while not (journal.exists() and journal.read_bytes().endswith(b"\\n")):
                    time.sleep(0.005)
                # Every face once more, as of somebody who keeps pressing.
                os.kill(os.getpid(), 2)
            yield face


class Slow(Toy):
    take = SlowTake
"""


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    site: Path, environment: Mapping[str, str], portrait: Path, speech: Path, folder: Path
) -> None:
    (site / "slow.py").write_text(SLOW)
    toy_plugins.install_model(site, "toy", generator="slow:Slow")
    journal = folder / "out.mp4.talkface" / "segments.jsonl"
    process = start_dub(
        [portrait, speech, "--model", "toy", "-o", folder / "out.mp4"], {**environment, "WAIT_FOR": str(journal)}
    )
    _, err = process.communicate()
    assert process.returncode == 3
    assert err.decode().strip() == (
        "talkface: interrupted; the first 1.9 s are kept in out.mp4.talkface, and the same command goes on from there"
    )
    assert not (folder / "out.mp4").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit on file sizes")
def test_a_full_disk_is_one_line(
    toy: str, environment: Mapping[str, str], portrait: Path, speech: Path, folder: Path
) -> None:
    limits = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); "
    process = start_dub([portrait, speech, "--model", toy, "-o", folder / "out.mp4"], environment, before=limits)
    _, err = process.communicate()
    assert process.returncode in {2, 3}
    lines = err.decode().strip().splitlines()
    assert len(lines) == 1, lines
    assert "the disk is full" in lines[0]
    assert not (folder / "out.mp4").exists()


TWICE = """
import sys
from talkface_studio.cli.main import run

for speech in sys.argv[1:3]:
    assert run(["dub", sys.argv[3], speech, *sys.argv[4:]]) == 0
"""


def test_memory_does_not_grow_with_length(
    toy: str, environment: Mapping[str, str], portrait: Path, speech: Path, folder: Path
) -> None:
    with wave.open(str(speech)) as file:
        settings, samples = file.getparams(), file.readframes(file.getnframes())
    longer = folder / "longer.wav"
    with wave.open(str(longer), "wb") as file:
        file.setparams(settings)
        file.writeframes(samples * 5)
    arguments = [speech, longer, portrait, "--model", toy, "-o", folder / "out.mp4", "--quiet", "--json"]
    out = subprocess.run(
        [sys.executable, "-c", TWICE, *map(str, arguments)], check=True, env=environment, stdout=subprocess.PIPE
    ).stdout.decode()
    first, second = (json.loads(text) for text in (out[: out.index("}\n{") + 1], out[out.index("}\n{") + 2 :]))
    assert (first["frames"], second["frames"]) == (100, 500)
    assert second["peak_memory_mb"] < 1.1 * first["peak_memory_mb"]
