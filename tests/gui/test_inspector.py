"""The inspector: forms from cards, mixed values, one step of the history for each change."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from project_documents import story
from qt_widgets import delete_now
from talkface_studio.api.card import ModelCard, OptionSpec
from talkface_studio.engine.protocol.questions import Document, Job, Making, Models
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.inspector.fields import OptionField
from talkface_studio.gui.inspector.mixed import MIXED, common
from talkface_studio.gui.inspector.model_cards import ModelCardView
from talkface_studio.gui.inspector.models import preferred, read_models
from talkface_studio.gui.inspector.panel import InspectorPanel
from talkface_studio.project.document.media import MediaProblem
from talkface_studio.project.edit import segments as edits

OPTIONS = (
    OptionSpec(name="gain", kind="number", default=1.0, minimum=0.0, maximum=2.0, help="How far."),
    OptionSpec(
        name="adapt", kind="integer", default=0, minimum=0, maximum=500, unit="steps", help="Train on the clip."
    ),
    OptionSpec(name="still", kind="boolean", default=True, help="Rest."),
    OptionSpec(name="mask", kind="choice", default="soft", choices=("soft", "hard"), help="The edge."),
)


def card(name, takes, **more):
    told = {"summary": "Speaks.", "paper": "A paper.", "code_licence": "MIT", "weights_licence": "MIT"}
    return ModelCard(name=name, title=name.upper(), version="1", takes=takes, **told, **more).model_dump(mode="json")


BOTH = (("speech", "video"), ("speech", "photo"))
MODELS = {
    "models": [
        {**card("video-first", BOTH, priority=5, options=OPTIONS, presets=("compact", "paper")),
         "runnable": ["compact"], "problems": {"paper": ["weights are missing; fetch them"]}},
        {**card("photo-first", BOTH[::-1], priority=5, limits="No teeth."),
         "runnable": ["compact"], "problems": {}},
        {**card("voice-only", (("speech",),)), "runnable": [], "problems": {"compact": ["torch is not installed"]}},
    ],
    "failures": [],
    "blocked": [],
}  # fmt: skip


@pytest.fixture
def panel(studio, qtbot, monkeypatch):
    def ask(question, done, failed=None, *, owner=None):
        if isinstance(question, Models):
            done(Document(content=MODELS))

    monkeypatch.setattr(studio.bridge, "ask", ask)
    studio.project.load(story())
    made = InspectorPanel(studio)
    made.resize(340, 900)
    made.show()
    yield made
    delete_now(made)


@pytest.fixture
def project(studio):
    return studio.project


@pytest.fixture
def shown(panel, project):
    """Select, and the page of segments as it shows that."""

    def select(*ids):
        project.select(ids)
        panel.refresh()
        return panel.segments

    return select


def test_what_several_things_have_in_common():
    assert common([1, 1]) == 1
    assert common([1, 2]) is MIXED
    assert common([1, True]) is MIXED
    with pytest.raises(ValueError, match="nothing"):
        common([])


def test_the_preferred_model_depends_on_the_inputs():
    models = read_models(MODELS)

    assert preferred(models, {"speech", "photo"}).card.name == "photo-first"
    assert preferred(models, {"speech", "video"}).card.name == "video-first"
    assert preferred(models, {"speech"}).card.name == "voice-only"
    assert preferred(models, {"video"}) is None


def test_the_page_follows_the_selection(panel, project):
    pages = {
        (): panel.project, ("a1",): panel.segments, ("first",): panel.media, ("voice",): panel.media,
        ("here",): panel.marker, ("a1", "first"): panel.segments,
    }  # fmt: skip
    for ids, page in pages.items():
        project.select(ids)
        panel.refresh()
        assert panel.page is page


def test_a_segment_tells_who_speaks_and_by_which_model(shown):
    page = shown("a1")

    assert page.title.text() == "voice.wav"
    assert page.place.text() == "0:01.00 to 0:04.00, Anna"
    assert page.voice.currentText() == "voice.wav"
    assert page.cards.cards[None].property("chosen")
    assert list(page.options.fields) == ["gain", "adapt", "still", "mask"]


def test_a_form_is_made_of_the_options_and_each_change_is_undone(shown, project):
    page = shown("a1")
    fields = page.options.fields
    for act, name, value in [
        (lambda: fields["gain"].field.box.setValue(1.5), "gain", 1.5),
        (fields["still"].field.click, "still", False),
        (lambda: fields["mask"].field.activated.emit(1), "mask", "hard"),
        (page.options.adapt.click, "adapt", 60),
    ]:
        act()
        project.seal()
        assert project.document.segment("a1").options[name] == value
    for _ in range(4):
        project.undo()
    assert project.document == story()


def test_a_dragged_slider_is_one_step_and_the_default_is_not_kept(shown, project):
    slider = shown("a1").options.fields["gain"].field.slider
    slider.setSliderDown(True)
    for place in (120, 140, 160):
        slider.setValue(place)
    slider.setSliderDown(False)
    assert project.document.segment("a1").options == {"gain": 1.6}

    project.undo()
    assert project.document == story()
    project.redo()
    shown("a1").options.fields["gain"].reset.click()
    assert project.document.segment("a1").options == {}


def test_mixed_values_are_shown_as_mixed_and_become_one(shown, project):
    project.do(edits.set_audio_offset({"a2"}, 0.2))
    project.do(edits.set_option({"a2"}, "gain", 0.5))
    project.do(edits.set_option({"a2"}, "still", False))
    project.do(edits.set_muted({"a2"}, muted=True))
    page = shown("a1", "a2", "b1")

    assert page.title.text() == "3 segments"
    assert page.voice.currentIndex() == -1
    assert page.offset.box.text() == ""
    assert page.muted.checkState() == Qt.CheckState.PartiallyChecked
    assert page.options.fields["gain"].field.box.text() == ""
    assert page.options.fields["still"].field.checkState() == Qt.CheckState.PartiallyChecked

    page.options.fields["still"].field.click()
    page.offset.box.setValue(40)
    page.voice.activated.emit(page.voice.findData("voice"))

    chosen = [project.document.segment(name) for name in ("a1", "a2", "b1")]
    assert {segment.audio_offset for segment in chosen} == {0.04}
    assert {segment.media for segment in chosen} == {"voice"}
    assert len({segment.options.get("still", True) for segment in chosen}) == 1
    assert project.document.segment("a2").options["gain"] == 0.5


def test_mixed_models_offer_no_settings_until_one_is_chosen(shown, project):
    project.do(edits.set_model({"a1"}, "photo-first"))
    page = shown("a1", "a2")
    assert not page.options.fields
    assert not any(card.property("chosen") for card in page.cards.cards.values())

    page.cards.cards["video-first"].pressed.emit()

    assert {project.document.segment(name).model for name in ("a1", "a2")} == {"video-first"}
    assert list(shown("a1", "a2").options.fields) == ["gain", "adapt", "still", "mask"]


def test_a_card_says_what_the_model_cannot_do_and_why_it_cannot_run(shown, qtbot):
    page = shown("a1")
    page.cards.toggle.click()
    texts = {name: texts_of(card) for name, card in page.cards.cards.items() if isinstance(card, ModelCardView)}

    assert "No teeth." in texts["photo-first"]
    assert "torch is not installed" in texts["voice-only"]
    assert "Does not take what is selected." in texts["voice-only"]
    assert page.cards.cards["voice-only"].focusPolicy() == Qt.FocusPolicy.NoFocus
    qtbot.keyClick(page.cards.cards["photo-first"], Qt.Key.Key_Return)
    assert shown("a1").cards.cards["photo-first"].property("chosen")


def texts_of(widget: QWidget) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(part.text() for part in widget.findChildren(QLabel))


def test_the_speed_on_this_machine_is_told_once_it_was_measured(studio, panel, shown):
    page = shown("a1")
    assert "here" not in texts_of(page.cards.cards["video-first"])

    studio.frame_made.emit(
        Making(model="video-first", device="cpu", seconds=0.5, model_seconds=0.04, setup_seconds=0.1, face_found=True)
    )

    assert "40 ms a frame here" in texts_of(shown("a1").cards.cards["video-first"])


def test_the_face_is_chosen_and_a_picked_one_is_offered(shown, project):
    project.do(edits.assign_face({"a1"}, FaceChoice(point=(5.0, 6.0), time=1.0)))
    page = shown("a1")
    assert page.faces.button(FaceChoice(point=(5.0, 6.0), time=1.0)).isChecked()

    page.faces.button(None).click()

    assert project.document.segment("a1").face is None
    assert "VOICE-ONLY" in texts_of(shown("a1").cards.cards[None])


def test_the_preset_keeps_the_options_and_names_what_cannot_run(shown, project):
    project.do(edits.set_model({"a1"}, "video-first", {"gain": 0.5}))
    page = shown("a1")
    assert "cannot run here" in page.preset.itemText(1)

    page.preset.activated.emit(1)

    segment = project.document.segment("a1")
    assert (segment.preset, segment.options) == ("paper", {"gain": 0.5})


def test_the_seed_is_typed_or_thrown(shown, project):
    page = shown("a1")
    page.seed.setValue(7)
    assert project.document.segment("a1").seed == 7

    page.findChild(QWidget, "dice").click()
    assert project.document.segment("a1").seed != 7


def test_media_show_their_facts_or_their_problem(panel, project):
    project.select({"second"})
    panel.refresh()
    assert "1280 x 720" in texts_of(panel.media)
    assert "0:10.00 to 0:20.00" in texts_of(panel.media)

    reason = "voice.wav: is missing; find it again"
    media = tuple(
        replace(entry, problem=MediaProblem(status="missing", reason=reason)) if entry.id == "voice" else entry
        for entry in project.document.media
    )
    project.load(replace(project.document, media=media))
    project.select({"voice"})
    panel.refresh()
    assert panel.media.problem.text() == reason
    assert not panel.media.picture.isVisible()


def test_a_marker_is_renamed_in_one_step(panel, project, qtbot):
    project.select({"here"})
    panel.refresh()
    panel.marker.name.clear()
    qtbot.keyClicks(panel.marker.name, "Intro")
    assert project.document.markers[0].name == "Intro"

    project.undo()
    assert project.document == story()


def test_export_settings_are_edits(panel, project, wait):
    page = panel.project
    page.ask_machine()
    wait(lambda: page.codec.findData("prores") >= 0)
    page.codec.activated.emit(page.codec.findData("prores"))
    export = project.document.export
    assert (export.codec, export.suffix) == ("prores", ".mov")
    assert not page._crf_row.isVisibleTo(page)

    project.undo()
    assert project.document.export.codec == "h264"
    assert page.codec.currentData() == "h264"
    page.crf.box.setValue(23)
    assert project.document.export.crf == 23
    page.preset.activated.emit(page.preset.findData("web-vp9"))
    assert (project.document.export.preset, project.document.export.suffix) == ("web-vp9", ".webm")
    assert not page._codec_row.isVisibleTo(page)
    page.preset.activated.emit(page.preset.findData(None))
    assert (project.document.export.preset, project.document.export.suffix) == (None, ".mp4")


def test_only_what_the_engine_said_of_an_export_is_shown(studio, panel):
    account = panel.project.account
    assert not account.isVisibleTo(panel.project)
    result = {"output": "/out/talk-dub.mp4", "frames": 200, "model": "video-first", "frames_without_face": 3}

    studio.bridge.job_changed.emit(Job(job="one", state="finished", result=result))

    assert account.isVisibleTo(panel.project)
    text = texts_of(account)
    assert "talk-dub.mp4" in text
    assert "3 frames show no face" in text
    assert "real time" not in text


def test_every_field_has_a_name_and_can_be_reached(shown):
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox

    page = shown("a1")
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    fields = [field for kind in kinds for field in page.findChildren(kind) if field.isVisibleTo(page)]

    assert len(fields) > 12
    for field in fields:
        named = field.accessibleName() or (isinstance(field, QAbstractButton) and field.text())
        assert named, field
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus, field


def test_scrolling_past_a_field_changes_nothing(shown, project, qtbot):
    page = shown("a1")
    for field in (page.seed, page.voice, page.offset.slider, page.offset.box):
        place, turned = QPointF(5, 5), QPoint(0, -120)
        event = QWheelEvent(
            place, place, QPoint(), turned, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, event)

    assert project.document == story()


def test_nothing_in_the_inspector_is_wider_than_its_place(panel, shown):
    shown("a1").cards.toggle.click()

    for page in (panel.project, panel.segments, panel.media, panel.marker):
        assert page.minimumSizeHint().width() <= 280


def test_an_option_without_bounds_has_no_slider(theme, qtbot):
    field = OptionField(theme, OptionSpec(name="steps", kind="integer", default=5, help="How many."))
    qtbot.addWidget(field)

    field.show_value(1200)

    assert not field.field.slider.isVisibleTo(field)
    assert field.field.box.value() == 1200
    assert field.reset.isVisibleTo(field)


def test_models_and_faces_come_from_the_engine(studio, film, qtbot, wait):
    studio.project.load(film)
    panel = InspectorPanel(studio)
    qtbot.addWidget(panel)
    panel.show()
    studio.project.select({film.segments[0].id})

    wait(lambda: len(panel.segments.cards.cards) > 2)
    wait(lambda: not panel.segments.faces.button(FaceChoice(0)).icon().isNull() and panel.segments.options.fields)

    assert panel.page is panel.segments
    assert panel.segments.options.fields["motion_gain"].field.box.value() > 0
