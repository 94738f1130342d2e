"""Reading and writing lines without ever waiting for a peer that does not read."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Lock, Thread
from typing import BinaryIO

from talkface_studio.ipc.codec import MAX_LINE


def read_lines(stream: BinaryIO, limit: int = MAX_LINE) -> Iterator[bytes | None]:
    """The lines of a stream until its end; None for one that is longer than `limit` bytes, which is skipped.

    A last line without an end is left out: its writer died while writing it.
    """
    while line := stream.readline(limit):
        if line.endswith(b"\n"):
            yield line
            continue
        if len(line) < limit:
            return
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield None


class Outbox:
    """Writes lines in order, and never keeps whoever sends them waiting. After the peer is gone, they are thrown away.

    A line is written at once where the pipe has room for it, which spares a change of threads; what has to wait is
    written by a thread of the outbox.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._pipe = _unblocked(stream)
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._lock = Lock()
        self._waiting = 0
        self._gone = False
        self._thread = Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def send(self, line: bytes) -> None:
        """Write a line soon; returns at once."""
        with self._lock:
            if self._pipe is not None and not self._waiting:
                line = self._written(self._pipe, line)
            if line and not self._gone:
                self._waiting += 1
                self._lines.put(line)

    def close(self, timeout: float) -> None:
        """Write what waits, for at most `timeout` seconds, and close the stream. Calling it twice is allowed."""
        self._lines.put(None)
        self._thread.join(timeout)

    def _written(self, pipe: int, line: bytes) -> bytes:
        """Write what there is room for; gives the rest."""
        try:
            return line[os.write(pipe, line) :]
        except BlockingIOError:
            return line
        except OSError:
            self._gone = True
            return b""

    def _serve(self) -> None:
        while (line := self._lines.get()) is not None:
            while line and not self._gone:
                line = self._wait_and_write(line)
            with self._lock:
                self._waiting -= 1
        with self._lock:
            self._gone, self._pipe = True, None
        try:
            self._stream.close()
        except OSError:
            return

    def _wait_and_write(self, line: bytes) -> bytes:
        if self._pipe is not None:
            select.select([], [self._pipe], [])
            return self._written(self._pipe, line)
        try:
            self._stream.write(line)
            self._stream.flush()
        except (OSError, ValueError):
            self._gone = True
        return b""


def _unblocked(stream: BinaryIO) -> int | None:
    """The descriptor of a pipe that was told not to block; None where there is no such thing."""
    if sys.platform == "win32":
        return None
    try:
        pipe = stream.fileno()
        os.set_blocking(pipe, False)
    except (OSError, ValueError):
        return None
    return pipe
