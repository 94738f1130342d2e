"""Dubs in a process of their own that is killed at some moment, as by a power cut."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import av

# A shell starts what it puts into the background deaf to Ctrl-C, and these processes inherit that.
_PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from talkface_studio.cli.main import main; main()"
)


def start_dub(
    arguments: Sequence[object], environment: Mapping[str, str], *, before: str = ""
) -> subprocess.Popen[bytes]:
    """Begin `talkface dub` with these arguments; the code `before` is run first in its process."""
    return subprocess.Popen(
        [sys.executable, "-c", before + _PROGRAM, "dub", *map(str, arguments), "--quiet", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
    )


def kill_when(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> bool:
    """SIGKILL the process as soon as `reached`; False where it ended before."""
    while process.poll() is None:
        if reached():
            process.kill()
            process.communicate()
            return True
        time.sleep(0.002)
    process.communicate()
    return False


def finish(arguments: Sequence[object], environment: Mapping[str, str]) -> dict[str, Any]:
    """Run to the end; gives the account."""
    process = start_dub(arguments, environment)
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    account: dict[str, Any] = json.loads(out)
    return account


def finished_segments(output: Path) -> int:
    """How many segments of an export under way are finished."""
    journal = output.with_name(f"{output.name}.talkface") / "segments.jsonl"
    try:
        return journal.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def decoded_hash(path: Path) -> str:
    """SHA-256 of all decoded frames and samples with their timestamps."""
    digest = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode():
            digest.update(f"{frame.pts} {frame.time_base} ".encode())
            digest.update(frame.to_ndarray().tobytes())
    return digest.hexdigest()
