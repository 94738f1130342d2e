"""The pages: diagnostics, preferences, models, training; each with what the machine really says."""

from __future__ import annotations

import json
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QPushButton

from talkface_studio.gui.pages.curves import POINTS, thinned
from talkface_studio.gui.pages.diagnostics import DiagnosticsPage
from talkface_studio.gui.pages.models import ModelsPage
from talkface_studio.gui.pages.preferences import PreferencesPage
from talkface_studio.gui.pages.storage import measure
from talkface_studio.gui.pages.training import TrainingPage
from talkface_studio.gui.pages.training_files import EventReader, find_samples, read_dataset
from talkface_studio.gui.parts.question import QuestionDialog

from .conftest import SAMPLES


def shown(widget, qtbot):
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    widget.show()
    return widget


def press(dialog: QuestionDialog, text: str) -> None:
    next(each for each in dialog.findChildren(QPushButton) if each.text() == text).click()


def test_diagnostics_are_copied_without_the_name_of_the_home(studio, qtbot, wait, monkeypatch):
    monkeypatch.setattr("pathlib.Path.home", lambda: studio.folders.data.parent)
    page = shown(DiagnosticsPage(studio), qtbot)
    wait(page.copy.isEnabled)
    page.copy.click()
    report = json.loads(QGuiApplication.clipboard().text())
    assert report["models"]["atvg"]["presets"]["compact"] == []
    assert report["folders"]["data"]["path"].startswith("~")


def test_a_shortcut_that_is_taken_is_only_given_away_after_a_question(studio, qtbot, wait):
    page = shown(PreferencesPage(studio), qtbot)
    page.show_shortcuts()
    editor, keymap = page.shortcuts, studio.keymap
    wait(lambda: editor.complete)
    field = editor.fields["timeline.split"]
    field.click()
    qtbot.keyClick(field, Qt.Key.Key_Q)
    assert keymap.keys("timeline.split") == ("S",)
    press(editor.findChild(QuestionDialog), "Take it over")
    assert keymap.keys("timeline.split") == ("Q",)
    assert "Q" not in keymap.keys("timeline.trim_start")
    assert json.loads(studio.keymap_file.read_text())["timeline.split"] == ["Q"]
    field.click()
    qtbot.keyClick(field, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert keymap.keys("timeline.split") == ("Ctrl+Alt+Y",)
    editor.search.setText("ctrl+alt+y")
    assert [name for name, each in editor.fields.items() if each.isVisibleTo(editor)] == ["timeline.split"]


def test_preferences_are_kept_at_once_and_followed(studio, qtbot, wait):
    page = shown(PreferencesPage(studio), qtbot)
    theme = page.fields["theme"]
    theme.setCurrentIndex(theme.findData("light"))
    theme.activated.emit(theme.currentIndex())
    assert not studio.theme.dark
    file = studio.folders.config / "preferences.json"
    wait(lambda: file.is_file() and json.loads(file.read_text()).get("theme") == "light")
    studio.preferences.set(theme="dark")
    assert theme.currentData() == "dark"


def test_caches_are_measured_and_cleared_and_nothing_else(studio, qtbot, wait):
    cache = studio.folders.cache / "tracks"
    cache.mkdir(parents=True)
    (cache / "a").write_bytes(bytes(5000))
    studio.folders.weights.mkdir(parents=True)
    (studio.folders.weights / "own.safetensors").write_bytes(bytes(10))
    page = shown(PreferencesPage(studio), qtbot)
    page.sections.setCurrentRow(2)
    wait(lambda: page.complete)
    wait(lambda: [(each.path.name, each.size) for each in page.storage.caches] == [("tracks", 5000)])
    page.storage.clear(page.storage.caches)
    wait(lambda: not page.storage.caches)
    assert not cache.exists()
    assert measure(studio.folders.weights).size == 10


def test_models_say_where_they_come_from_and_what_their_weights_take(studio, qtbot, wait):
    page = shown(ModelsPage(studio), qtbot)
    wait(lambda: page._sizes and page.cards)
    assert set(page.cards) >= {"atvg", "ltfg-gan"}
    atvg = next(model for model in page.models if model["name"] == "atvg")
    assert atvg["plugin"] == {
        "name": "atvg",
        "package": "talkface-atvg",
        "version": "0.1.0",
        "bundled": True,
        "trust": "bundled",
        "isolated": False,
    }
    assert atvg["trainable"]
    page.choose("atvg")
    words = " ".join(each.text() for each in page.findChildren(QLabel))
    assert "CC BY 4.0" in words


def test_clips_are_checked_with_reasons_before_anything_is_trained(studio, tmp_path, qtbot, wait):
    clips = tmp_path / "clips" / "somebody"
    clips.mkdir(parents=True)
    shutil.copy(SAMPLES / "video.mp4", clips)
    (clips / "broken.mp4").write_bytes(b"no video")
    setup = shown(TrainingPage(studio), qtbot).setup
    wait(setup.model.count)
    setup.clips.setText(str(tmp_path / "nowhere"))
    setup.check.click()
    assert "exists" in setup._problem.text()
    setup.clips.setText(str(tmp_path / "clips"))
    setup.check.click()
    wait(setup.start.isEnabled)
    facts = read_dataset(setup.dataset)
    assert (facts.clips, facts.speakers) == (1, 1)
    ((path, reason),) = facts.rejected
    assert path.endswith("broken.mp4")
    assert reason


@pytest.fixture
def run(studio):
    """The files of a run that is in its second stage."""
    folder = studio.folders.data / "training" / "atvg-run"
    (folder / "samples").mkdir(parents=True)
    document = {"model": "atvg", "made_with": {"preset": "compact"}, "sessions": [{"steps": {"at": 2, "vg": 4}}]}
    (folder / "run.json").write_text(json.dumps(document))
    (folder.parent / "atvg-run.dataset").write_text("/nowhere\n")
    lines = [{"event": "step", "stage": "at", "step": n, "losses": {"loss": 1 / n}, "seconds": n} for n in (1, 2)]
    lines += [{"event": "finished", "stage": "at", "step": 2, "seconds": 2.0}]
    lines += [{"event": "step", "stage": "vg", "step": 1, "losses": {"pixel": 0.5}, "seconds": 3.0}]
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    image = QImage(8, 4, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    image.save(str(folder / "samples" / "vg_00000001_val_unseen.png"))
    return folder


def test_events_are_followed_as_they_are_written_and_when_a_run_goes_back(run):
    reader = EventReader(run)
    assert reader.read()
    assert not reader.read()
    with (run / "events.jsonl").open("a") as file:
        file.write('{"event": "step", "stage": "vg", "step": 2, "losses": {"pi')
        file.flush()
        assert not reader.read(), "a line that is being written is left for later"
        file.write('xel": 0.4}, "seconds": 4.0}\n')
    assert reader.read()
    assert reader.stages["vg"].losses["pixel"] == ([1, 2], [0.5, 0.4])
    assert reader.stages["at"].finished
    whole = (run / "events.jsonl").read_text().splitlines(keepends=True)
    (run / "events.jsonl").write_text("".join(whole[:2]))
    assert reader.read()
    assert list(reader.stages) == ["at"]
    assert [(sample.stage, sample.step, sample.name) for sample in find_samples(run)] == [("vg", 1, "val_unseen")]


def test_a_run_is_shown_with_curves_pictures_and_what_stopped_it(run, studio, qtbot, wait):
    page = shown(TrainingPage(studio), qtbot)
    wait(lambda: page.list.count() == 2)
    page.show_run(run)
    shown_run = page.run
    wait(lambda: shown_run._pictures.count() and shown_run._curves)
    assert shown_run.stages.tabText(shown_run.stages.currentIndex()) == "vg"
    assert (shown_run._progress.bar.value(), shown_run._progress.bar.maximum()) == (3, 6)
    assert not shown_run.finished
    shown_run.pause.click()
    assert page.jobs.running(run)
    wait(lambda: not page.jobs.running(run))
    assert "nowhere" in page.jobs.problems[run]
    wait(lambda: "nowhere" in shown_run._state.text())


def test_curves_are_thinned_to_what_can_be_seen():
    steps, values = thinned(range(1, 10_001), [float("nan"), *([2.0] * 9999)])
    assert len(steps) <= POINTS
    assert steps[-1] == 10_000
    assert set(values) == {2.0}
