"""Two hundred broken files: one line and exit code 2, or a valid answer; never a crash, a hang or much memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from broken_media import make_broken_files
from command_line import Talkface
from talkface_studio.api.errors import MediaError
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.video import VideoReader

LONGEST = 30.0
"""Seconds that one file may take."""
MOST_MEMORY = 1_200
"""MiB by which the process may grow: a decoded photo of the largest size."""
SEEN_BY_A_PROCESS = ("cut_0.3.mp4", "flipped_8.mkv", "bomb_20000.png", "pipe.wav", "deep.mp4", "rate_huge.wav")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and links of POSIX")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_broken_files(tmp_path_factory.mktemp("broken"))


def test_broken_files_get_an_answer_or_a_line(talkface: Talkface, toy: str, broken: list[Path], folder: Path) -> None:
    assert len(broken) >= 200
    assert len({path.name for path in broken}) == len(broken)
    memory, answers = _memory(), Counter[int]()
    there = sorted(broken[0].parent.iterdir())
    for path in broken:
        began = time.monotonic()
        probed = talkface("probe", path, "--no-faces", "--json")
        answers[probed.code] += 1
        if probed.code == 0:
            assert probed.document["kind"] in {"photo", "video", "audio"}, path
            _read_on(path, probed.document)
        else:
            assert (probed.code, probed.document["error"]["kind"]) == (2, "MediaError"), path
            assert path.name in probed.line
        # The model is unknown, so what is wrong with the files has to be found before a model is looked for.
        dubbed = talkface("dub", path, path, "-o", folder / "out.mp4", "--model", "nothing", "--quiet")
        assert dubbed.code == 2, path
        assert dubbed.line
        assert time.monotonic() - began < LONGEST, path
    assert answers[0] > 40, "files that are a little broken still open"
    assert answers[2] > 80
    assert _memory() - memory < MOST_MEMORY
    assert list(folder.iterdir()) == []
    assert sorted(broken[0].parent.iterdir()) == there


def _read_on(path: Path, document: dict) -> None:
    """Decode the first second and the last of what opened; whatever is missing there is told as ever."""
    with suppress(MediaError):
        if document["kind"] == "video":
            with VideoReader(path) as video:
                assert video.frame_at(0.0).pixels.size
                assert video.frame_at(video.duration - 1).pixels.size
    with suppress(MediaError):
        if document["audios"]:
            with AudioReader(path) as audio:
                for start in (0.0, audio.duration - 1):
                    assert audio.read(start, start + 1).samples.shape[1] == audio.rate


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_command_itself_stays_calm(broken: list[Path], environment: Mapping[str, str]) -> None:
    program = "import sys; from talkface_studio.cli.main import main; sys.argv[0] = 'talkface'; sys.exit(main())"
    for path in broken:
        if path.name not in SEEN_BY_A_PROCESS:
            continue
        result = subprocess.run(
            [sys.executable, "-c", program, "probe", str(path)],
            capture_output=True,
            text=True,
            check=False,
            env=dict(environment),
            timeout=LONGEST,
        )
        assert result.returncode in {0, 2}, (path, result.stderr)
        assert result.returncode == 0 or len(result.stderr.splitlines()) == 1, result.stderr
