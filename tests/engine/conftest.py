"""Engines in processes of their own, with the installed models, on the sample media."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from talkface_studio.engine.client.client import EngineClient, Event
from talkface_studio.engine.client.settings import EngineSettings

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
PATIENCE = 120.0


class Watched:
    """A client whose events can be waited for."""

    def __init__(self, client: EngineClient) -> None:
        self.client = client
        self._events: queue.Queue[Event] = queue.Queue()
        client.listen(self._events.put)

    def wait(self, wanted: Callable[[Event], bool]) -> Event:
        """The next event of this kind; those before it are lost."""
        end = time.monotonic() + PATIENCE
        while True:
            event = self._events.get(timeout=max(end - time.monotonic(), 0.01))
            if wanted(event):
                return event

    def job(self, name: str, *states: str, done: int = 0) -> Event:
        """Wait until a job is in one of these states, and so many frames are done."""
        return self.wait(
            lambda event: getattr(event, "job", "") == name and event.state in states and event.done >= done
        )

    def answer(self, question):
        return self.client.ask(question).result(PATIENCE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """An engine that the tests of a module share."""
    home = tmp_path_factory.mktemp("home")
    with EngineClient(EngineSettings(home=home, load_ahead=False)) as client:
        yield Watched(client)


@pytest.fixture
def fresh(tmp_path):
    """An engine of a test's own."""
    with EngineClient(EngineSettings(home=tmp_path / "home", load_ahead=False)) as client:
        yield Watched(client)


@pytest.fixture
def photo_dub(tmp_path):
    """A dub of the sample photo, as a document."""
    return {
        "face": str(SAMPLES / "portrait.jpg"),
        "speech": str(SAMPLES / "speech_b.wav"),
        "output": str(tmp_path / "out.mp4"),
        "model": "atvg",
    }
