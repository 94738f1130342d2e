"""Answers what plugins ask about speech and faces, from a thread of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar

from talkface_studio.api.errors import PluginError, TalkFaceError
from talkface_studio.api.generator import Face, Speech
from talkface_studio.plugin_host.worker.parcels import Packer, ParcelError, crop_arrays, crop_info
from talkface_studio.plugin_host.worker.protocol import Answer, Ask, AskCrop, AskSamples, Failure

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the takes of a worker were given."""

    MOST: ClassVar[int] = 256
    """Questions that may wait."""

    speech: Speech
    face: Face | None


class Answers:
    """Answers one question after another, so that a plugin that asks much keeps nobody busy but this thread."""

    def __init__(self, send: Callable[[Answer | Failure], None], packer: Packer) -> None:
        self._send, self._packer = send, packer
        self._takes: dict[int, Asked] = {}
        self._questions: SimpleQueue[Ask | None] = SimpleQueue()
        self._spent = 0.0
        self._since: float | None = None
        self._thread = Thread(target=self._serve, name="plugin-answers", daemon=True)

    @property
    def seconds(self) -> float:
        """Spent on answers so far, on the one under way as well."""
        since = self._since
        return self._spent + (0.0 if since is None else time.monotonic() - since)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def add(self, take: int, asked: Asked) -> None:
        """Answer for a take from now on."""
        self._takes[take] = asked

    def remove(self, take: int) -> None:
        """A take is closed."""
        self._takes.pop(take, None)

    def ask(self, question: Ask) -> bool:
        """Answer a question soon; False if too many wait already."""
        if self._questions.qsize() >= Asked.MOST:
            return False
        self._questions.put(question)
        return True

    def close(self) -> None:
        """Answer nothing more."""
        self._questions.put(None)

    def _serve(self) -> None:
        while (question := self._questions.get()) is not None:
            self._since = time.monotonic()
            try:
                self._send(self._answer(question))
            except TalkFaceError as error:
                self._send(Failure(id=question.id, kind=type(error).__name__, message=str(error)[:1000]))
            except ParcelError:
                # Who does not take what it asked for is found by the watch over the process.
                _log.info("nobody took an answer")
            except Exception as error:  # noqa: BLE001 - a bug here must not leave the plugin waiting
                _log.exception("a plugin's question failed")
                message = f"the studio failed to answer: {type(error).__name__}: {error}"
                self._send(Failure(id=question.id, kind=PluginError.__name__, message=message[:1000]))
            finally:
                self._spent = self.seconds
                self._since = None

    def _answer(self, question: Ask) -> Answer:
        asked = self._takes.get(question.take)
        if asked is None:
            raise PluginError("asked something for a take that is closed")
        if isinstance(question, AskCrop):
            if asked.face is None:
                raise PluginError("asked for a face, and there is none")
            crop = next(iter(asked.face.crops([question.time])))
            return Answer(id=question.id, crop=crop_info(crop), parcel=self._packer.pack(crop_arrays(crop)))
        if isinstance(question, AskSamples):
            clip = asked.speech.samples(question.start, question.end)
            parcel = self._packer.pack([clip.samples])
            return Answer(id=question.id, rate=float(clip.rate), start=float(clip.start), parcel=parcel)
        features = (
            asked.speech.features(question.kind, question.start, question.end)
            if question.kind
            else asked.speech.activity(question.start, question.end)
        )
        parcel = self._packer.pack([features.values])
        return Answer(
            id=question.id, rate=float(features.rate), start=float(features.start), kind=features.kind, parcel=parcel
        )
