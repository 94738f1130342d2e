"""Reading and writing lines without ever waiting for a peer that does not read."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
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
    """Writes lines from a thread of its own, in order. After the peer is gone, lines are thrown away."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._write, name=name, daemon=True)
        self._thread.start()

    def send(self, line: bytes) -> None:
        """Write a line soon; returns at once."""
        self._lines.put(line)

    def close(self, timeout: float) -> None:
        """Write what waits, for at most `timeout` seconds, and close the stream. Calling it twice is allowed."""
        self._lines.put(None)
        self._thread.join(timeout)

    def _write(self) -> None:
        gone = False
        while (line := self._lines.get()) is not None:
            if not gone:
                try:
                    self._stream.write(line)
                    self._stream.flush()
                except (OSError, ValueError):
                    gone = True
        try:
            self._stream.close()
        except OSError:
            return
