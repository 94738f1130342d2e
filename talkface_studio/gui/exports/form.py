"""The part of a form that says how, and where to, something is exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from talkface_studio.gui.exports.choices import ExportChoices, Format
from talkface_studio.gui.parts.boxes import FormRow
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.document.settings import ExportSettings


class ExportForm(QWidget):
    """Format, encoder where there is a choice, folder."""

    changed = Signal()

    def __init__(self, choices: ExportChoices, settings: ExportSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._settings = choices, settings
        self.format = QComboBox()
        self.encoder = QComboBox()
        self.folder = QLineEdit(str(settings.folder or default_folder()))
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.folder, 1)
        row.addWidget(button(self.tr("Choose…"), self._browse))
        self.label = QCheckBox(self.tr("Say in a corner that the picture was generated"))
        self.label.setChecked(settings.label)
        self._format_row = FormRow(self.tr("Format"), self.format, " ")
        self._encoder_row = FormRow(self.tr("Encoder"), self.encoder)
        self._folder_row = FormRow(self.tr("Folder"), place)
        self.folder.setAccessibleName(self.tr("Folder"))
        self._folder_row.name.setBuddy(self.folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._format_row, self._encoder_row, self._folder_row):
            column.addWidget(part)
        column.addWidget(self.label)
        self._wanted = settings.preset
        self._fill()
        choices.changed.connect(self._fill)
        self.format.currentIndexChanged.connect(lambda _: self._chose())
        self.encoder.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.folder.editingFinished.connect(self.changed)
        self.label.toggled.connect(lambda _: self.changed.emit())
        choices.load()

    @property
    def chosen(self) -> Format:
        """The format that is chosen."""
        chosen: Format = self.format.currentData()
        return chosen

    @property
    def hardware(self) -> str | None:
        """The encoder in hardware that is chosen, None for the one in software."""
        name: str | None = self.encoder.currentData()
        return name

    @property
    def target(self) -> Path:
        """Where outputs go, absolute."""
        return Path(self.folder.text().strip() or default_folder()).expanduser().absolute()

    def settings(self) -> ExportSettings:
        """The settings with what is chosen here."""
        return replace(
            self._settings,
            preset=self.chosen.name,
            suffix=self.chosen.suffix,
            folder=self.target,
            label=self.label.isChecked(),
        )

    def _fill(self) -> None:
        formats = (self._choices.own_format(self._settings), *self._choices.presets)
        self.format.blockSignals(True)
        self.format.clear()
        for each in formats:
            self.format.addItem(each.title, each)
        names = [each.name for each in formats]
        self.format.setCurrentIndex(names.index(self._wanted) if self._wanted in names else 0)
        self.format.blockSignals(False)
        self._show_format()

    def _chose(self) -> None:
        self._wanted = self.chosen.name
        self._show_format()
        self.changed.emit()

    def _show_format(self) -> None:
        self._format_row.note.setText(self.chosen.describe())
        encoders = self._choices.encoders_for(self.chosen.codec)
        kept = self.hardware
        self.encoder.blockSignals(True)
        self.encoder.clear()
        self.encoder.addItem(self.tr("Software, best quality"), None)
        for name in encoders:
            self.encoder.addItem(self.tr("{0}, in hardware: faster").format(_maker(name)), name)
        self.encoder.setCurrentIndex(max(0, self.encoder.findData(kept)) if kept is not None else 0)
        self.encoder.blockSignals(False)
        self._encoder_row.setVisible(bool(encoders))

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder for exports"), str(self.target))
        if folder:
            self.folder.setText(folder)
            self.changed.emit()


def default_folder() -> Path:
    """Where exports go as long as nobody says."""
    movies = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(movies or Path.home(), "TalkFace Studio")


def _maker(name: str) -> str:
    return {"nvenc": "NVIDIA NVENC", "qsv": "Intel Quick Sync", "amf": "AMD AMF", "vaapi": "VA-API",
            "videotoolbox": "VideoToolbox"}.get(name.partition("_")[2], name)  # fmt: skip
