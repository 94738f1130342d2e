"""The inspector of the project itself: how it is exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Devices, Document
from talkface_studio.gui.exports.choices import ExportChoices, codec_title
from talkface_studio.gui.exports.quality import QualityReport
from talkface_studio.gui.inspector.facts import Account, Facts
from talkface_studio.gui.inspector.fields import NumberField
from talkface_studio.gui.inspector.rows import Choice, Row
from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.labels import ElidedLabel, SectionHeader, label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.project.document.settings import ExportSettings
from talkface_studio.project.edit.marks import set_export


class ExportPage(QWidget):
    """The export settings of the project, and what it holds."""

    def __init__(self, studio: Studio, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._ask, self._devices_asked = studio, ask, False
        self.choices = ExportChoices(studio, self)
        self.summary = Facts()
        self.preset, self.codec, self.suffix, self.fit = Choice(), Choice(), Choice(), Choice()
        self.device, self.precision = Choice(), Choice()
        self.crf = NumberField(0, 51, whole=True, name=self.tr("Quality (CRF)"))
        self.crf.slider.setInvertedAppearance(True)
        self.account = Account()
        self.quality = QualityReport(studio)
        self.folder = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        self._preset_row = Row(self.tr("Format"), self.preset)
        self._codec_row = Row(self.tr("Codec"), self.codec)
        self._suffix_row = Row(self.tr("File type"), self.suffix)
        self._crf_row = Row(self.tr("Quality (CRF)"), self.crf, self.tr("Smaller numbers are better and larger files."))
        self._fill()
        self._lay_out()
        self._connect()
        studio.project.changed.connect(lambda _changes: self.refresh())
        self.refresh()

    def _fill(self) -> None:
        fits = {
            "cut": self.tr("End with the clip"),
            "loop": self.tr("Start the clip over"),
            "bounce": self.tr("Play it backwards and forwards"),
            "hold": self.tr("Hold the last frame"),
        }
        for value, name in fits.items():
            self.fit.addItem(name, value)
        self.device.addItem(self.tr("Automatic"), "auto")
        self.device.addItem(self.tr("CPU"), "cpu")
        self.precision.addItem(self.tr("Automatic"), "auto")
        for value in ("fp32", "bf16", "fp16"):
            self.precision.addItem(value, value)

    def _lay_out(self) -> None:
        folder = QWidget()
        row = QHBoxLayout(folder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        choose = IconButton(self._studio.theme, "folder-open", self.tr("Choose the folder"), self._choose_folder)
        self._beside = IconButton(
            self._studio.theme, "undo", self.tr("Beside the project"), self._reset_folder, size=14
        )
        row.addWidget(self._beside)
        row.addWidget(choose)
        export = button(self.tr("Export…"), lambda: self._studio.run("export.start"), "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.L)
        column.setSpacing(Space.XS)
        column.addWidget(label(self.tr("Project"), "title"))
        column.addWidget(self.summary)
        column.addWidget(SectionHeader(self.tr("Export")))
        for part in (
            self._preset_row,
            self._codec_row,
            self._suffix_row,
            self._crf_row,
            Row(self.tr("Folder"), folder),
            Row(self.tr("When the voice is longer than the clip"), self.fit),
            Row(self.tr("Device"), self.device),
            Row(self.tr("Precision"), self.precision),
        ):
            column.addWidget(part)
        column.addSpacing(Space.S)
        column.addWidget(export)
        column.addWidget(self.account)
        column.addWidget(self.quality)
        column.addStretch()
        self._export = export
        self._studio.context_changed.connect(self._show_context)

    def _connect(self) -> None:
        self.choices.changed.connect(self.refresh)
        self.preset.activated.connect(self._choose_preset)
        self.codec.activated.connect(self._choose_codec)
        self.crf.changed.connect(lambda crf: self._set(crf=crf))
        self.crf.released.connect(self._studio.project.seal)
        for name, box in {
            "suffix": self.suffix, "fit": self.fit, "device": self.device, "precision": self.precision,
        }.items():  # fmt: skip
            box.activated.connect(lambda index, name=name, box=box: self._set_sealed(**{name: box.itemData(index)}))

    def refresh(self) -> None:
        """Show the settings as they are by now."""
        document = self._studio.project.document
        settings = document.export
        codec = self.choices.codec(settings.codec)
        self._offer(settings)
        chosen = {
            self.preset: settings.preset,
            self.codec: settings.codec, self.suffix: settings.suffix, self.fit: settings.fit,
            self.device: settings.device, self.precision: settings.precision,
        }  # fmt: skip
        for box, value in chosen.items():
            if box.findData(value) < 0:
                box.addItem(str(value), value)
            box.setCurrentIndex(box.findData(value))
        for row in (self._codec_row, self._suffix_row, self._crf_row):
            row.setVisible(settings.preset is None)
        self._crf_row.setVisible(settings.preset is None and (codec is None or codec.largest_crf is not None))
        self.crf.show_value(settings.crf)
        self.folder.setText(self.tr("Beside the project") if settings.folder is None else str(settings.folder))
        self._beside.setVisible(settings.folder is not None)
        self.summary.show_facts({
            self.tr("Length"): clock(document.duration) if document.items else self.tr("empty"),
            self.tr("Clips"): str(len(document.clips) or ""),
            self.tr("Segments"): str(len(document.segments) or ""),
            self.tr("Files"): str(len(document.media) or ""),
        })  # fmt: skip

    def _offer(self, settings: ExportSettings) -> None:
        """Offer the presets and codecs that are known by now."""
        codec = self.choices.codec(settings.codec)
        with QSignalBlocker(self.preset), QSignalBlocker(self.codec), QSignalBlocker(self.suffix):
            for box in (self.preset, self.codec, self.suffix):
                box.clear()
            self.preset.addItem(self.tr("Codec and quality of your choice"), None)
            for preset in self.choices.presets:
                self.preset.addItem(preset.title, preset.name)
            for each in self.choices.codecs:
                self.codec.addItem(codec_title(each.name), each.name)
            for suffix in dict.fromkeys((*(() if codec is None else codec.suffixes), settings.suffix)):
                self.suffix.addItem(suffix[1:].upper(), suffix)

    def ask_machine(self) -> None:
        """Offer formats, and the GPUs of this machine, once it is known which there are."""
        self.choices.load_formats()
        if not self._devices_asked:
            self._devices_asked = True
            self._ask(Devices(), self._offer_devices, self._forget_devices)

    def _offer_devices(self, answer: Document) -> None:
        content: Any = answer.content
        for gpu in content["cuda"]:
            if self.device.findData(f"cuda:{gpu['index']}") < 0:
                self.device.addItem(gpu["name"], f"cuda:{gpu['index']}")
        self.refresh()

    def _forget_devices(self, _error: Exception) -> None:
        self._devices_asked = False

    def _show_context(self) -> None:
        self._export.setEnabled(self._studio.commands.can_run("export.start", self._studio.context))

    def _choose_codec(self, index: int) -> None:
        codec = self.choices.codec(self.codec.itemData(index))
        if codec is not None:
            settings = self._studio.project.document.export
            suffix = settings.suffix if settings.suffix in codec.suffixes else codec.suffixes[0]
            crf = settings.crf if codec.largest_crf is None else min(settings.crf, codec.largest_crf)
            self._set_sealed(codec=codec.name, suffix=suffix, crf=crf, preset=None)

    def _choose_preset(self, index: int) -> None:
        settings, name = self._studio.project.document.export, self.preset.itemData(index)
        format_ = next((each for each in self.choices.presets if each.name == name), self.choices.own_format(settings))
        self._set_sealed(preset=format_.name, suffix=format_.suffix)

    def _choose_folder(self) -> None:
        settings = self._studio.project.document.export
        name = QFileDialog.getExistingDirectory(self, self.tr("Where exports go"), str(settings.folder or Path.home()))
        if name:
            self._set_sealed(folder=Path(name))

    def _reset_folder(self) -> None:
        self._set_sealed(folder=None)

    def _set(self, **changes: Any) -> None:
        self._studio.do(set_export(replace(self._studio.project.document.export, **changes)))

    def _set_sealed(self, **changes: Any) -> None:
        self._set(**changes)
        self._studio.project.seal()
