"""Asking for what the user looks at now, and only for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Question
from talkface_studio.gui.bridge import Bridge

Answer = TypeVar("Answer")


class Newest(QObject):
    """One question at a time; while it is answered, the newest of those that come waits and the others are dropped.

    Every answer is handed on, so that dragging shows as many pictures as can be made, and ends with the last one.
    """

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._next: tuple[Question[Any], Callable[[Any], object], Callable[[TalkFaceError], object]] | None = None
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    def want(
        self,
        question: Question[Answer],
        done: Callable[[Answer], object],
        failed: Callable[[TalkFaceError], object],
    ) -> None:
        """Ask this, now or as soon as what was asked before is answered."""
        self._next = question, done, failed
        if not self._busy:
            self._ask()

    def forget(self) -> None:
        """Ask nothing more; what was asked is still handed on."""
        self._next = None

    def _ask(self) -> None:
        if self._next is None:
            return
        (question, done, failed), self._next = self._next, None
        self._busy = True
        self._bridge.ask(
            question,
            lambda answer: self._ended(done, answer),
            lambda error: self._ended(failed, error),
            dropped=self._dropped,
            owner=self,
        )

    def _dropped(self) -> None:
        # Somebody else asks on this channel.
        self._busy = False
        self._ask()

    def _ended(self, tell: Callable[[Any], object], what: object) -> None:
        self._busy = False
        tell(what)
        if not self._busy:
            self._ask()
