"""The editor without a screen, with a real engine and the sample media."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from talkface_studio.engine.client.client import EngineClient
from talkface_studio.engine.client.settings import EngineSettings
from talkface_studio.gui.collector import Collector
from talkface_studio.gui.preferences import Preferences
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts
from talkface_studio.project.document.timeline import Clip, Lane, Segment

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
PATIENCE = 120_000
"""Milliseconds; an engine that is started beside other work takes its time."""


@pytest.fixture(scope="session")
def theme(qapp) -> Theme:
    """The theme that all tests wear."""
    return Theme(qapp, "dark")


@pytest.fixture(autouse=True)
def collector(qapp) -> Iterator[Collector]:
    """Who collects garbage, as in the application: threads of engines would destroy widgets that tests left."""
    made = Collector()
    yield made
    made.look()
    made.stop()


def make_studio(theme: Theme, home: Path, engine: EngineClient) -> Studio:
    """What places share, in a home of its own."""
    theme.wear(mode="dark", scale=1.0)
    folders = Folders.under(home)
    preferences = Preferences(folders.config / "preferences.json")
    preferences.set(theme="dark")
    return Studio(folders, theme, preferences, engine)


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory):
    """One engine for many tests: loading models takes longer than what is tested with them."""
    with EngineClient(EngineSettings(home=tmp_path_factory.mktemp("engine"), load_ahead=False)) as engine:
        yield engine


@pytest.fixture
def studio(theme, tmp_path, shared_engine):
    """What places share. Its engine is that of other tests too."""
    made = make_studio(theme, tmp_path / "home", shared_engine)
    yield made
    made.bridge.close()


@pytest.fixture
def own_studio(theme, tmp_path):
    """What places share, with an engine of its own that is started when it is first asked."""
    home = tmp_path / "home"
    made = make_studio(theme, home, EngineClient(EngineSettings(home=home, load_ahead=False)))
    yield made
    made.close()


@pytest.fixture
def window(studio, qtbot):
    """The window, shown."""
    from talkface_studio.gui.window import StudioWindow

    made = StudioWindow(studio)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.projects.close()
    made.hide()
    made.deleteLater()
    # A window that is still there is dressed anew with every change of the theme.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], object]], None]:
    """Wait until something is true."""

    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    return until


@pytest.fixture
def film() -> Document:
    """The sample video from 0 s, with a voice over its first 6 s."""
    video = Media(
        path=SAMPLES / "video.mp4", kind="video",
        facts=MediaFacts(duration=8.0, width=512, height=512, frame_rate=Fraction(25), has_sound=True),
    )  # fmt: skip
    voice = Media(path=SAMPLES / "speech.wav", kind="audio", facts=MediaFacts(duration=7.9, has_sound=True))
    lane = Lane()
    return Document(
        media=(video, voice),
        lanes=(lane,),
        clips=(Clip(media=video.id, start=0.0, end=8.0),),
        segments=(Segment(lane=lane.id, media=voice.id, start=0.0, end=6.0),),
    )
