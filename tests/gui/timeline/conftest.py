"""A timeline with the story of `project_documents`, and a hand over it."""

import pytest

from project_documents import story
from qt_widgets import delete_now
from talkface_studio.gui.timeline.panel import TimelinePanel
from timeline_hand import Hand


@pytest.fixture
def panel(studio, qtbot, monkeypatch):
    # The files of the story do not exist: no engine is started to say so.
    monkeypatch.setattr(studio.bridge, "ask", lambda *_, **__: None)
    studio.project.load(story())
    studio.preferences.set(snapping=False)
    made = TimelinePanel(studio)
    made.resize(1200, 360)
    made.show()
    qtbot.waitExposed(made)
    made.view.fit()
    yield made
    delete_now(made)


@pytest.fixture
def hand(panel):
    return Hand(panel)


@pytest.fixture
def project(studio):
    return studio.project
