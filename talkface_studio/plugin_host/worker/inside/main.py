"""Starts a worker on the process's standard input and output."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from talkface_studio.ipc.lines import Outbox, read_lines
from talkface_studio.ipc.slots import SlotMemory
from talkface_studio.plugin_host.worker.inside.server import Server

LAST_LINES = 2.0
"""Seconds to get the last answers out."""
_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> None:
    """Be a worker until the input ends; does not return."""
    options = _options(arguments)
    source, out = _own_streams()
    # Ctrl-C goes to every process of a terminal; the program that started us decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    outbox = Outbox(out, "outbox")
    code = 1
    try:
        if options.die_with_parent:
            _die_with_parent()
        _limit(options.memory)
        server = Server(SlotMemory.open(options.inputs), SlotMemory.open(options.frames), outbox)
        code = 0 if server.serve(read_lines(source)) else 2
    except BaseException:  # noqa: BLE001 - leaving at once skips Python's own last words
        traceback.print_exc()
    finally:
        outbox.close(LAST_LINES)
        os._exit(code)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the studio, under other numbers: what a plugin prints or reads must not get between our lines."""
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, out


def _limit(memory: int) -> None:
    """Refuse private memory beyond so many bytes, and leave no core dump of a crash, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _die_with_parent() -> None:
    """End when the studio is killed, even in the middle of a computation that never looks at its input again."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("talkface-worker", description="Runs a plugin of TalkFace Studio.")
    parser.add_argument("--inputs", required=True, help="The inherited memory for what the plugin is given.")
    parser.add_argument("--frames", required=True, help="The inherited memory for what it gives.")
    parser.add_argument("--site", required=True, type=Path, help="The folder of the plugin's packages.")
    parser.add_argument("--memory", required=True, type=int, help="Bytes of private memory that it may ask for.")
    parser.add_argument("--die-with-parent", action="store_true", help="End when the program that started it does.")
    return parser.parse_args(arguments)
