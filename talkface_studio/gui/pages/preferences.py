"""Preferences, each kept as soon as it is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Devices, Document
from talkface_studio.gui.consent import TEXT_VERSION, consent_text
from talkface_studio.gui.pages.page import WIDTH, Column, PageHead, group
from talkface_studio.gui.pages.shortcuts import ShortcutsEditor
from talkface_studio.gui.pages.storage import StorageSettings
from talkface_studio.gui.parts.boxes import FormRow, scrolling
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.parts.slices import Slices
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.theme import SCALES
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.gui.translations.loader import LANGUAGES


class PreferencesPage(QWidget):
    """Sections at the left, what is in them at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.fields: dict[str, QComboBox] = {}
        self.sections = QListWidget()
        self.sections.setAccessibleName(self.tr("Sections"))
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget()
        self.sections.addItems(
            [self.tr("Appearance"), self.tr("Engine"), self.tr("Storage"), self.tr("Shortcuts"), self.tr("Consent")]
        )
        self._add(self._appearance())
        self._filling = Slices(self)
        self._filling.begin(self._others())
        self.sections.currentRowChanged.connect(self._choose_section)
        self.sections.setCurrentRow(0)
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        row.addWidget(self.sections)
        row.addWidget(self._stack, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.XL, Space.XL, Space.XL, 0)
        outer.addWidget(PageHead(self.tr("Preferences")))
        outer.addLayout(row, 1)
        studio.preferences.changed.connect(self._changed)
        studio.theme.changed.connect(self._resize)
        self._resize()

    @property
    def complete(self) -> bool:
        """Whether all sections are there; the first one is at once."""
        return self._filling.done

    def show_shortcuts(self) -> None:
        """Show the section of the shortcuts, ready to search in it."""
        self._filling.finish()
        self.sections.setCurrentRow(self._stack.indexOf(self.shortcuts))
        self.shortcuts.search.setFocus()

    def _others(self) -> Iterator[None]:
        yield
        self._add(self._engine())
        self._studio.bridge.ask(Devices(), self._show_devices, lambda _: None, owner=self)
        yield
        self.storage = StorageSettings(self._studio)
        self._add(self.storage)
        yield
        self.shortcuts = ShortcutsEditor(self._studio)
        self._add(self.shortcuts, scrolls=False)
        yield
        self._add(self._consent())
        self._choose_section(self.sections.currentRow())

    def _choose_section(self, row: int) -> None:
        if row >= self._stack.count():
            self._filling.finish()
        self._stack.setCurrentIndex(row)

    def _add(self, content: QWidget, *, scrolls: bool = True) -> None:
        if scrolls:
            column = Column(self._studio.theme)
            column.layout().setContentsMargins(0, 0, Space.M, Space.XL)  # type: ignore[union-attr]
            column.body.addWidget(content)
            column.body.addStretch()
            self._stack.addWidget(scrolling(column))
        else:
            content.setContentsMargins(0, 0, Space.M, Space.L)
            content.setMaximumWidth(self._studio.theme.px(WIDTH))
            self._stack.addWidget(content)

    def _appearance(self) -> QWidget:
        themes = (("system", self.tr("As the desktop")), ("dark", self.tr("Dark")), ("light", self.tr("Light")))
        languages = (("", self.tr("As the desktop")), *LANGUAGES.items())
        scales = tuple((scale, f"{scale:.0%}".replace("%", " %")) for scale in SCALES)
        return group(
            "",
            self._row("theme", self.tr("Colours"), themes),
            self._row("text_scale", self.tr("Size of text"), scales),
            self._row("language", self.tr("Language"), languages, self.tr("Takes effect at the next start.")),
        )

    def _engine(self) -> QWidget:
        devices = (("auto", self.tr("Choose by itself: a GPU where there is one")), ("cpu", self.tr("Processor")))
        precisions = (
            ("auto", self.tr("Choose by itself")),
            ("fp32", self.tr("fp32: exact")),
            ("bf16", self.tr("bf16: half the memory")),
            ("fp16", self.tr("fp16: half the memory, for older GPUs")),
        )
        ahead = QCheckBox(self.tr("Load the engine as soon as the window is open"))
        ahead.setChecked(self._studio.preferences.values.load_ahead)
        ahead.toggled.connect(lambda on: self._choose("load_ahead", on))
        note = self.tr("The first preview comes sooner; without it, less memory is used until then.")
        return group(
            "",
            self._row("device", self.tr("Networks run on"), devices, self.tr("Unless a project says otherwise.")),
            self._row("precision", self.tr("Precision"), precisions),
            ahead,
            label(note, "small", wrap=True),
        )

    def _consent(self) -> QWidget:
        hint = self.tr("The first export of a project asks this. The answer is kept in the project.")
        return group(
            self.tr("Version {0}").format(TEXT_VERSION),
            label(consent_text(), wrap=True),
            label(hint, "small", wrap=True),
        )

    def _row(self, name: str, title: str, choices: Iterable[tuple[Any, str]], hint: str = "") -> FormRow:
        field = QComboBox()
        for value, text in choices:
            field.addItem(text, value)
        self.fields[name] = field
        self._show_value(name)
        field.activated.connect(lambda _: self._choose(name, field.currentData()))
        return FormRow(title, field, hint)

    def _choose(self, name: str, value: object) -> None:
        self._studio.preferences.set(**{name: value})
        self._studio.bridge.run(
            self._studio.preferences.save, failed=lambda error: self._studio.tell(str(error), "error"), owner=self
        )

    def _changed(self, name: str) -> None:
        if name in self.fields:
            self._show_value(name)

    def _show_value(self, name: str) -> None:
        field, value = self.fields[name], getattr(self._studio.preferences.values, name)
        if field.findData(value) < 0:
            # Chosen on a machine that had it, or not looked for yet.
            field.addItem(str(value), value)
        field.setCurrentIndex(field.findData(value))

    def _show_devices(self, answer: Document) -> None:
        field = self.fields["device"]
        for gpu in answer.content["cuda"]:  # type: ignore[union-attr]
            value = f"cuda:{gpu['index']}"  # type: ignore[call-overload,index]
            text = f"{gpu['name']} ({value})"  # type: ignore[call-overload,index]
            place = field.findData(value)
            if place < 0:
                field.addItem(text, value)
            else:
                field.setItemText(place, text)
        self._show_value("device")

    def _resize(self) -> None:
        self.sections.setFixedWidth(self._studio.theme.px(170))
        if self.complete:
            self.shortcuts.setMaximumWidth(self._studio.theme.px(WIDTH))
