"""How the timeline and the inspector ask the engine, without knowing how its answers reach the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Question

Answer = TypeVar("Answer")
OnError = Callable[[TalkFaceError], object]


class Ask(Protocol):
    """Asks a question; one of the two functions is called with what comes back, in the thread of the window."""

    def __call__(self, question: Question[Answer], on_answer: Callable[[Answer], Any], on_error: OnError, /) -> object:
        """Ask, and return at once."""
        ...
