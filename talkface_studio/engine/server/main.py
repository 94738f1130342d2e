"""Starts the engine on the process's standard input and output."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from talkface_studio.dubbing.heap import keep_heap_small
from talkface_studio.engine.server.engine import Engine, LogSender, Settings, leave
from talkface_studio.engine.server.studio import Studio
from talkface_studio.ipc.lines import Outbox, read_lines
from talkface_studio.ipc.slots import SlotMemory
from talkface_studio.runtime import set_up

LAST_LINES = 2.0
"""Seconds to get the last answers out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run an engine until its input ends; does not return."""
    set_up()
    options = _options(arguments)
    # What libraries print must not get between our lines.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Ctrl-C goes to every process of a terminal; the program that started us decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    outbox = Outbox(out, "outbox")
    code = 1
    keep_heap_small()
    try:
        memory = SlotMemory.open(options.pixels) if options.pixels else SlotMemory.create(1, 3)
        studio = Studio(options.home, third_party=not options.safe_mode)
        settings = Settings(parallel_exports=options.exports, load_ahead=not options.idle)
        engine = Engine(studio, memory, outbox, settings)
        logging.getLogger().addHandler(LogSender(engine))
        code = 0 if engine.serve(read_lines(sys.stdin.buffer)) else 2
    except SystemExit:
        code = 0
    except Exception:  # noqa: BLE001
        # Leaving at once skips Python's own last words.
        traceback.print_exc()
    finally:
        outbox.close(LAST_LINES)
        leave(code)


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("talkface_studio.engine", description="The engine of TalkFace Studio.")
    parser.add_argument("--pixels", default="", help="The inherited memory for pictures.")
    parser.add_argument("--home", type=Path, help="The folder of the user's files.")
    parser.add_argument("--safe-mode", action="store_true", help="Load no third-party plugins.")
    parser.add_argument("--exports", type=int, default=1, help="Exports at a time.")
    parser.add_argument("--idle", action="store_true", help="Load the networks' libraries only when they are needed.")
    return parser.parse_args(arguments)
