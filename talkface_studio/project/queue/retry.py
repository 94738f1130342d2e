"""Which failures are worth another attempt, and when."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from talkface_studio.api.errors import TalkFaceError

PASSING = {
    errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ETIMEDOUT, errno.ESTALE,
    errno.ENOTCONN, errno.ECONNRESET, errno.ECONNREFUSED, errno.ECONNABORTED, errno.ENETDOWN, errno.ENETUNREACH,
    errno.EHOSTDOWN, errno.EHOSTUNREACH,
}  # fmt: skip
"""What the system says when a drive, a network or memory fails for a moment. A full disk is not among them: it stays
full until somebody makes room."""


class RunnerDiedError(Exception):
    """The process that had a job ended without a word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """How often a job is begun, and how long it waits in between."""

    attempts: int = 4
    first_wait: float = 5.0
    """Seconds after the first failure; each later wait is twice as long."""
    longest_wait: float = 300.0

    def wait_after(self, attempts: int, error: BaseException) -> float | None:
        """Seconds until a job that failed for the `attempts`-th time is begun again; None when it is not."""
        if attempts >= self.attempts or not is_passing(error):
            return None
        return float(min(self.longest_wait, self.first_wait * 2.0 ** (attempts - 1)))


def is_passing(error: BaseException) -> bool:
    """Whether the same job may go well the next time.

    What the user got wrong stays wrong, and so does a bug. What passes is a lack of memory, on a GPU too, a process
    that died, and a drive or network that failed; such an error counts too where another one was raised from it.
    """
    return any(_passes(item) for item in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _passes(error: BaseException) -> bool:
    if isinstance(error, TalkFaceError):
        return False
    if isinstance(error, (MemoryError, RunnerDiedError, ConnectionError, TimeoutError)):
        return True
    if isinstance(error, OSError):
        return error.errno in PASSING
    # torch has an error of this name of its own, and is not imported here.
    return type(error).__name__ == "OutOfMemoryError"
