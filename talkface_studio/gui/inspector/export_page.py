"""The inspector of the project itself: how it is exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Devices, Document
from talkface_studio.gui.inspector.facts import Account, Facts
from talkface_studio.gui.inspector.fields import NumberField
from talkface_studio.gui.inspector.rows import Choice, Row
from talkface_studio.gui.parts.buttons import IconButton, button
from talkface_studio.gui.parts.labels import ElidedLabel, SectionHeader, label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.timeline.asking import Ask
from talkface_studio.gui.timeline.ruler import clock
from talkface_studio.project.edit.marks import set_export

CODECS: Mapping[str, tuple[str, int, tuple[str, ...]]] = {
    "h264": ("H.264", 51, (".mp4", ".mov", ".mkv")),
    "hevc": ("H.265 (HEVC)", 51, (".mp4", ".mov", ".mkv")),
    "av1": ("AV1", 63, (".mp4", ".mkv", ".webm")),
    "vp9": ("VP9", 63, (".webm", ".mkv", ".mp4")),
    "prores": ("ProRes", 0, (".mov", ".mkv")),
    "ffv1": ("FFV1", 0, (".mkv",)),
}
"""What `media.codecs` writes, which this process does not load: name, largest CRF (0: it has none), file suffixes."""


class ExportPage(QWidget):
    """The export settings of the project, and what it holds."""

    def __init__(self, studio: Studio, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._ask, self._devices_asked = studio, ask, False
        self.summary = Facts()
        self.codec, self.suffix, self.fit = Choice(), Choice(), Choice()
        self.device, self.precision = Choice(), Choice()
        self.crf = NumberField(0, 51, whole=True, name=self.tr("Quality (CRF)"))
        self.crf.slider.setInvertedAppearance(True)
        self.account = Account()
        self.folder = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        self._crf_row = Row(self.tr("Quality (CRF)"), self.crf, self.tr("Smaller numbers are better and larger files."))
        self._fill()
        self._lay_out()
        self._connect()
        studio.project.changed.connect(lambda _changes: self.refresh())
        self.refresh()

    def _fill(self) -> None:
        for value, (name, _, _) in CODECS.items():
            self.codec.addItem(name, value)
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
            Row(self.tr("Codec"), self.codec),
            Row(self.tr("File type"), self.suffix),
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
        column.addStretch()
        self._export = export
        self._studio.context_changed.connect(self._show_context)

    def _connect(self) -> None:
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
        _, most, suffixes = CODECS.get(settings.codec, (settings.codec, 51, (settings.suffix,)))
        with QSignalBlocker(self.suffix):
            self.suffix.clear()
            for suffix in dict.fromkeys((*suffixes, settings.suffix)):
                self.suffix.addItem(suffix[1:].upper(), suffix)
        chosen = {
            self.codec: settings.codec, self.suffix: settings.suffix, self.fit: settings.fit,
            self.device: settings.device, self.precision: settings.precision,
        }  # fmt: skip
        for box, value in chosen.items():
            if box.findData(value) < 0:
                box.addItem(value, value)
            box.setCurrentIndex(box.findData(value))
        self._crf_row.setVisible(bool(most))
        self.crf.show_value(settings.crf)
        self.folder.setText(self.tr("Beside the project") if settings.folder is None else str(settings.folder))
        self._beside.setVisible(settings.folder is not None)
        self.summary.show_facts({
            self.tr("Length"): clock(document.duration) if document.items else self.tr("empty"),
            self.tr("Clips"): str(len(document.clips) or ""),
            self.tr("Segments"): str(len(document.segments) or ""),
            self.tr("Files"): str(len(document.media) or ""),
        })  # fmt: skip

    def ask_devices(self) -> None:
        """Offer the GPUs of this machine, once it is known which there are."""
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
        codec = self.codec.itemData(index)
        _, most, suffixes = CODECS[codec]
        settings = self._studio.project.document.export
        suffix = settings.suffix if settings.suffix in suffixes else suffixes[0]
        self._set_sealed(codec=codec, suffix=suffix, crf=min(settings.crf, most) if most else settings.crf, preset=None)

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
