"""The form of a model's options, generated from its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from talkface_studio.api.card import OptionValue
from talkface_studio.gui.inspector.fields import OptionField
from talkface_studio.gui.inspector.mixed import MIXED, common
from talkface_studio.gui.inspector.models import Model
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

ADAPT = "adapt"
"""The option of models that can be trained on the clip at hand."""
ADAPT_STEPS = 60
"""Steps that the button asks for: what the models' own help calls worth its time on a CPU."""


class OptionsForm(QWidget):
    """A field for each option, with a button for the one that adapts the model to the clip."""

    changed = Signal(str, object)
    """The option's name, and its value; None for the default."""
    released = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._of: object = None
        self.fields: dict[str, OptionField] = {}
        self.adapt = button(self.tr("Adapt to this clip"), self._toggle_adapting)
        self.adapt.setCheckable(True)
        self._note = label("", "small", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)
        self._column.addWidget(self.adapt)
        self._column.addWidget(self._note)

    def show_options(self, model: Model | None, given: Sequence[Mapping[str, OptionValue]]) -> None:
        """Show the options of a model, None where several are chosen, with what each segment has given."""
        specs = () if model is None else model.card.options
        if self._of != specs:
            self._rebuild(model)
        for spec in specs:
            self.fields[spec.name].show_value(common(options.get(spec.name, spec.default) for options in given))
        self.adapt.setVisible(ADAPT in self.fields)
        if ADAPT in self.fields:
            steps = common(options.get(ADAPT, self.fields[ADAPT].spec.default) for options in given)
            self.adapt.setChecked(steps is not MIXED and bool(steps))
        text = "" if specs else self.tr("This model has no settings.")
        self._note.setText(text if model is not None else self.tr("Choose one model for all that is selected."))
        self._note.setVisible(bool(self._note.text()))

    def _rebuild(self, model: Model | None) -> None:
        for field in self.fields.values():
            field.deleteLater()
        self.fields = {}
        self._of = () if model is None else model.card.options
        for spec in () if model is None else model.card.options:
            field = self.fields[spec.name] = OptionField(self._theme, spec)
            field.changed.connect(self.changed)
            field.released.connect(self.released)
            self._column.addWidget(field)

    def _toggle_adapting(self) -> None:
        spec = self.fields[ADAPT].spec
        most = ADAPT_STEPS if spec.maximum is None else min(ADAPT_STEPS, int(spec.maximum))
        self.changed.emit(ADAPT, most if self.adapt.isChecked() else None)
        self.released.emit()
