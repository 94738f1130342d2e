"""A job of the queue, as everybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]
"""A job waits, runs, and ends as done, failed or cancelled; a paused one waits until somebody resumes it."""

Wish = Literal["pause", "cancel", "release"]
"""What a running job was asked for: to be paused, to be cancelled, or to go back to waiting."""

ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJob:
    """One job at one moment. Instants are seconds since the epoch, on the clock of whoever wrote them."""

    id: int
    state: State
    request: Mapping[str, Any]
    """What is to be done, as JSON."""
    output: str
    """The file that the job makes; no two running jobs have the same."""
    batch: str | None = None
    """The batch that it is a row of."""
    fingerprint: str | None = None
    """Of the request and its input files, where the job is a row of a batch."""
    priority: int = 0
    """Higher runs first; equal ones in the order of `position`."""
    position: int = 0
    attempts: int = 0
    """How often it was begun, without the times that it was paused or its runner was told to end."""
    not_before: float = 0.0
    """A job that is tried again waits until then."""
    done: int = 0
    """Frames that are finished, of `total`."""
    total: int = 0
    wish: Wish | None = None
    error: str | None = None
    """One line: why the last attempt failed."""
    trace: str | None = None
    """The traceback of a failure that is no fault of the user."""
    result: Mapping[str, Any] | None = None
    """The account of a finished job."""
    created: float = 0.0
    started: float | None = None
    finished: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The document that `talkface queue list --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}
