"""Files that are dropped on the timeline."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from project_documents import story
from talkface_studio.engine.protocol.questions import Probe
from talkface_studio.project.document.media import MediaFacts
from talkface_studio.project.edit.media import learn
from timeline_hand import LEFT, NONE

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def drop(panel, place, paths):
    port = panel.view.viewport()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    kinds = (QDragEnterEvent, QDragMoveEvent)
    for kind in kinds:
        event = kind(place, Qt.DropAction.CopyAction, data, LEFT, NONE)
        QApplication.sendEvent(port, event)
    preview = panel.view.overlay.drop
    event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(port, event)
    return preview, event.isAccepted()


def test_a_file_of_the_bin_lands_where_it_was_shown(project, panel, hand, wait):
    voice = project.document.media_of("voice")
    place = hand.at("anna", 12.0)
    panel.drops._scan = lambda paths, found: found(paths)

    preview, taken = drop(panel, place, [voice.path])

    assert taken
    assert panel.view.overlay.drop is None
    (landed,) = project.selection
    segment = project.document.segment(landed)
    assert (segment.lane, segment.start) == ("anna", preview.items[0].start)
    assert segment.end - segment.start == 12.0


def test_files_from_outside_join_the_bin_and_are_laid_when_they_are_known(
    studio, project, panel, hand, wait, tmp_path, monkeypatch
):
    new = tmp_path / "new.wav"
    shutil.copy(SAMPLES / "speech_b.wav", new)
    before = len(project.document.segments)

    drop(panel, hand.at("ben", 12.0), [new])
    wait(lambda: any(media.path == new for media in project.document.media))

    media = next(media for media in project.document.media if media.path == new)
    assert len(project.document.segments) == before
    monkeypatch.undo()
    studio.bridge.ask(
        Probe(path=new), lambda answer: project.amend(learn(media, facts=MediaFacts.from_probe(answer.content)))
    )
    wait(lambda: len(project.document.segments) > before)
    segment = next(segment for segment in project.document.segments if segment.media == media.id)
    assert (segment.lane, segment.end - segment.start) == ("ben", pytest.approx(3.09))


def test_what_is_no_media_is_not_taken(project, panel, hand, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no media")

    preview, taken = drop(panel, hand.at("ben", 12.0), [text])

    assert preview is None
    assert not taken
    assert project.document == story()
