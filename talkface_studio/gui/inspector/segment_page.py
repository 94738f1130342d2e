"""The inspector of segments: who speaks for whom, when, and by which model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.inspector.face_picker import FacePicker
from talkface_studio.gui.inspector.fields import NumberField
from talkface_studio.gui.inspector.mixed import MIXED, Mixed, common
from talkface_studio.gui.inspector.model_cards import ModelCards
from talkface_studio.gui.inspector.models import Model, preferred
from talkface_studio.gui.inspector.options import OptionsForm
from talkface_studio.gui.inspector.rows import Choice, Row, Switch, keep_from_wheel
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import SectionHeader, label
from talkface_studio.gui.parts.number_box import whole_box
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.casting import casting
from talkface_studio.gui.timeline.changes import chosen_segments, set_preset, speak_with
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.gui.timeline.texts import Texts
from talkface_studio.project.document.timeline import Segment
from talkface_studio.project.edit import segments as edits
from talkface_studio.project.edit.edit import Edit

OFFSET = 500.0
"""Milliseconds by which the speech can be moved to either side by the slider; the box takes more."""
SEEDS = 2**31 - 1


class SegmentPage(QWidget):
    """One or several segments. What differs among them is shown as mixed, and becomes one when it is changed."""

    def __init__(self, studio: Studio, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._texts = studio, Texts(self)
        self._models: Sequence[Model] = ()
        self._segments: tuple[Segment, ...] = ()
        self._asked_for: tuple[object, ...] = ()
        self.title = label("", "title", wrap=True)
        self.place = label("", "small", wrap=True)
        self.voice = Choice()
        self.faces = FacePicker(studio.theme, ask)
        self.offset = NumberField(-OFFSET, OFFSET, whole=True, unit="ms", name=self.tr("Audio offset"))
        self.offset.box.setRange(-60_000, 60_000)
        self._mute = Switch(self.tr("Muted"), self.tr("Leave it out of preview and export."))
        self.muted = self._mute.box
        self.cards = ModelCards()
        self.options = OptionsForm(studio.theme)
        self.preset = Choice()
        self.seed = whole_box()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        theme = self._studio.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.L)
        column.setSpacing(Space.XS)
        self.seed.setRange(0, SEEDS)
        keep_from_wheel(self.seed)
        dice = IconButton(theme, "retry", self.tr("Another seed"), self._throw, size=16)
        dice.setObjectName("dice")
        seed = QWidget()
        row = QHBoxLayout(seed)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.seed, 1)
        row.addWidget(dice)
        seed.setFocusProxy(self.seed)
        self.seed.setAccessibleName(self.tr("Seed"))
        self._preset_row = Row(self.tr("Size"), self.preset)
        offset_help = self.tr("Moves the speech later (positive) or earlier against the picture.")
        seed_help = self.tr("What chance starts from: the same seed gives the same frames.")
        parts: tuple[QWidget, ...] = (
            self.title,
            self.place,
            SectionHeader(self.tr("Voice")),
            Row(self.tr("Speaks with"), self.voice),
            Row(self.tr("Audio offset"), self.offset, offset_help),
            self._mute,
            SectionHeader(self.tr("Face")),
            self.faces,
            SectionHeader(self.tr("Model")),
            self.cards,
            SectionHeader(self.tr("Settings of the model")),
            self.options,
            self._preset_row,
            Row(self.tr("Seed"), seed, seed_help),
        )
        for part in parts:
            column.addWidget(part)
        column.addStretch()

    def _connect(self) -> None:
        project = self._studio.project
        self.voice.activated.connect(lambda index: self._do_sealed(speak_with(self._ids, self.voice.itemData(index))))
        self.faces.chosen.connect(lambda face: self._do_sealed(edits.assign_face(self._ids, face)))
        self.offset.changed.connect(lambda ms: self._do(edits.set_audio_offset(self._ids, ms / 1000)))
        self.muted.clicked.connect(lambda on: self._do_sealed(edits.set_muted(self._ids, muted=on)))
        self.cards.chosen.connect(self._choose_model)
        self.preset.activated.connect(lambda index: self._do_sealed(set_preset(self._ids, self.preset.itemData(index))))
        self.seed.valueChanged.connect(lambda seed: self._do(edits.set_seed(self._ids, seed)))
        self.options.changed.connect(lambda name, value: self._do(edits.set_option(self._ids, name, value)))
        for released in (self.offset.released, self.options.released, self.seed.editingFinished):
            released.connect(project.seal)

    @property
    def _ids(self) -> frozenset[str]:
        return frozenset(segment.id for segment in self._segments)

    def show_selection(self, models: Sequence[Model], speeds: Mapping[str, str]) -> None:
        """Show the segments that are selected, as they are by now."""
        document = self._studio.project.document
        self._segments = chosen_segments(document, self._studio.project.selection)
        if not self._segments:
            return
        self._models = models
        self._show_head()
        self._show_voice()
        pictures = casting(document)
        under = [pictures.get(segment.id) for segment in self._segments]
        picture = common(None if media is None else media.path for media in under)
        self.faces.show_faces(None if picture is MIXED else picture, common(s.face for s in self._segments))
        offset = common(segment.audio_offset for segment in self._segments)
        self.offset.show_value(MIXED if offset is MIXED else offset * 1000)
        self._show_muted(common(segment.muted for segment in self._segments))
        # What a model is to take depends on the picture, and on whether the face is to be made from the voice.
        inputs = common(
            frozenset({"speech"} if segment.face is None or media is None else {"speech", media.kind})
            for segment, media in zip(self._segments, under, strict=True)
        )
        self._show_model(inputs, speeds)

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        self.faces.retry()

    def _show_head(self) -> None:
        document = self._studio.project.document
        if len(self._segments) == 1:
            (segment,) = self._segments
            self.title.setText(document.media_of(segment.media).path.name)
            lane = self._texts.lane(document, segment.lane)
            self.place.setText(self.tr("{0} to {1}, {2}").format(clock(segment.start), clock(segment.end), lane))
        else:
            self.title.setText(self.tr("{0} segments").format(len(self._segments)))
            length = sum(segment.end - segment.start for segment in self._segments)
            self.place.setText(self.tr("{0} together; changes are made to all of them").format(clock(length)))

    def _show_voice(self) -> None:
        document = self._studio.project.document
        chosen = common(segment.media for segment in self._segments)
        with QSignalBlocker(self.voice):
            self.voice.clear()
            for entry in document.media:
                if entry.speaks and (entry.problem is None or entry.id == chosen):
                    self.voice.addItem(entry.path.name, entry.id)
            self.voice.setCurrentIndex(-1 if chosen is MIXED else self.voice.findData(chosen))

    def _show_muted(self, muted: bool | Mixed) -> None:
        with QSignalBlocker(self.muted):
            self.muted.setTristate(muted is MIXED)
            state = Qt.CheckState.Checked if muted is True else Qt.CheckState.Unchecked
            self.muted.setCheckState(Qt.CheckState.PartiallyChecked if muted is MIXED else state)

    def _show_model(self, inputs: frozenset[str] | Mixed, speeds: Mapping[str, str]) -> None:
        wanted = frozenset() if inputs is MIXED else inputs
        asked_for = (self._models, wanted, tuple(speeds.items()))
        if asked_for != self._asked_for:
            self._asked_for = asked_for
            self.cards.show_models(self._models, wanted, speeds)
        name = common(segment.model for segment in self._segments)
        self.cards.show_chosen(name)
        model = None
        if name is None:
            model = preferred(self._models, wanted)
        elif name is not MIXED:
            model = next((model for model in self._models if model.card.name == name), None)
        self.options.show_options(model, [segment.options for segment in self._segments])
        self._show_preset(model)
        seed = common(segment.seed for segment in self._segments)
        with QSignalBlocker(self.seed):
            self.seed.setValue(0 if seed is MIXED else seed)
            if seed is MIXED:
                self.seed.lineEdit().clear()
                self.seed.lineEdit().setPlaceholderText(self.tr("Mixed"))

    def _show_preset(self, model: Model | None) -> None:
        chosen = common(segment.preset for segment in self._segments)
        with QSignalBlocker(self.preset):
            self.preset.clear()
            for preset in () if model is None else model.card.presets:
                self.preset.addItem(preset, preset)
                if model is not None and preset not in model.runnable:
                    index = self.preset.count() - 1
                    self.preset.setItemText(index, self.tr("{0} (cannot run here)").format(preset))
                    self.preset.setItemData(index, "\n".join(model.problems[preset]), Qt.ItemDataRole.ToolTipRole)
            self.preset.setCurrentIndex(-1 if chosen is MIXED else self.preset.findData(chosen))
        index = self.preset.currentIndex()
        self.preset.setToolTip(self.preset.itemData(index, Qt.ItemDataRole.ToolTipRole) or "")
        self._preset_row.setVisible(model is not None and len(model.card.presets) > 1)

    def _choose_model(self, name: str | None) -> None:
        if any(segment.model != name for segment in self._segments):
            self._do_sealed(edits.set_model(self._ids, name))

    def _throw(self) -> None:
        from random import SystemRandom

        self._do_sealed(edits.set_seed(self._ids, SystemRandom().randint(0, SEEDS)))

    def _do(self, edit: Edit) -> None:
        self._studio.do(edit)

    def _do_sealed(self, edit: Edit) -> None:
        self._studio.do(edit)
        self._studio.project.seal()
