"""A process that was started to be spoken to: its pipes, its last words, its end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO, cast

from talkface_studio.ipc.lines import Outbox

LAST_WORDS = 8
"""Lines of its standard error that are kept for the account of its end."""

LONGEST_WORDS = 4096
"""Bytes of a line; longer ones are heard in pieces."""


class Child:
    """A process with an outbox to its standard input. `output` is its standard output, for the owner to read.

    `said` is called with each line of its standard error, from a thread of its own.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        name: str,
        handles: tuple[int, ...],
        said: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        own_session: bool = False,
    ) -> None:
        """Start it.

        Args:
            command: what is run.
            name: of its threads.
            handles: file descriptors that it inherits under the same numbers.
            said: hears its standard error.
            environment: its variables, by default ours.
            folder: where it is run, by default ours.
            own_session: take it, and all that it starts, out of our terminal and process group.

        Raises:
            OSError: it cannot be started.
        """
        self._said = said
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._process = _spawn(command, handles, environment, folder, own_session=own_session)
        self.outbox = Outbox(cast("BinaryIO", self._process.stdin), f"{name}-outbox")
        self.output = cast("BinaryIO", self._process.stdout)
        self._words = Thread(target=self._read_words, name=f"{name}-words", daemon=True)

    def listen(self) -> None:
        """Begin to hear its standard error."""
        self._words.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """What the process ended with, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def last_words(self) -> str:
        """The last line of its standard error."""
        return self._last_words[-1] if self._last_words else ""

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def ends_within(self, timeout: float) -> bool:
        """Wait for its end for `timeout` seconds; whether it came."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait(self, timeout: float) -> None:
        """Wait for its end; after `timeout` seconds it is killed."""
        if not self.ends_within(timeout):
            self.kill()
            self._process.wait()

    def close(self, timeout: float) -> None:
        """Close its input, which ends it, and wait; after `timeout` seconds it is killed."""
        self.outbox.close(min(timeout, 1.0))
        self.wait(timeout)

    def close_outputs(self, timeout: float | None = None) -> None:
        """Close what it wrote to; whoever reads `output` has ended.

        A descendant that was given its standard error may hold that open; it is waited for `timeout` seconds.
        """
        if self._words.ident is not None:
            self._words.join(timeout)
        self.output.close()
        if self._process.stderr is not None and not self._words.is_alive():
            self._process.stderr.close()

    def end(self) -> str:
        """How a process that was closed had ended, in words."""
        code = self._process.returncode
        how = f"with code {code}" if code >= 0 else f"by {signal_name(-code)}"
        return f"{how} ({self.last_words})" if code and self.last_words else how

    def _read_words(self) -> None:
        stream = cast("BinaryIO", self._process.stderr)
        while line := stream.readline(LONGEST_WORDS):
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                self._last_words.append(text)
                self._said(text)


def _spawn(
    command: Sequence[str],
    handles: tuple[int, ...],
    environment: Mapping[str, str] | None,
    folder: Path | None,
    *,
    own_session: bool,
) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | (subprocess.CREATE_NEW_PROCESS_GROUP if own_session else 0)
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=folder, creationflags=flags
        )
    return subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=environment,
        cwd=folder,
        pass_fds=handles,
        start_new_session=own_session,
    )


def signal_name(number: int) -> str:
    """SIGSEGV for 11, and so on."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
