"""Form fields for a model's options, made of what its card says about them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from talkface_studio.api.card import OptionSpec, OptionValue
from talkface_studio.gui.inspector.mixed import MIXED, Mixed
from talkface_studio.gui.inspector.rows import Choice, keep_from_wheel
from talkface_studio.gui.parts.buttons import IconButton
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.parts.number_box import decimal_box, whole_box
from talkface_studio.gui.theme.theme import Theme
from talkface_studio.gui.theme.tokens import Space

_STEPS = 200
"""Places of a slider for numbers with decimals."""
_FAR = 1e9
"""Stands for a bound that an option does not have; there is no slider then."""


class NumberField(QWidget):
    """A slider and a box for a number. Mixed values leave the box empty until one is chosen for all."""

    changed = Signal(object)
    """The number, while it is dragged too."""
    released = Signal()
    """The slider was let go, or a number typed in."""

    def __init__(
        self, low: float, high: float, *, whole: bool, unit: str = "", name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._whole, self._suffix = whole, f" {unit}" if unit else ""
        self._low, self._high = low, high
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self._places = min(round(high - low), 1000) if whole else _STEPS
        self.slider.setRange(0, max(self._places, 1))
        self.slider.setPageStep(max(self._places // 10, 1))
        self.slider.setAccessibleName(name)
        self.box: QSpinBox | QDoubleSpinBox = whole_box() if whole else decimal_box()
        self._set_up_box(name)
        for field in (self.slider, self.box):
            keep_from_wheel(field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.released)
        self.box.valueChanged.connect(self._typed)
        self.box.editingFinished.connect(self.released)
        self.setFocusProxy(self.slider)

    def _set_up_box(self, name: str) -> None:
        box = self.box
        box.setKeyboardTracking(False)
        box.setAccessibleName(name)
        if isinstance(box, QSpinBox):
            box.setRange(int(self._low), int(self._high))
        else:
            box.setDecimals(2)
            box.setRange(self._low, self._high)
            box.setSingleStep((self._high - self._low) / 20)

    def show_value(self, value: float | Mixed) -> None:
        """Show a number, or that there are several."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            if value is MIXED:
                self.slider.setValue(self.slider.minimum())
                self.box.setValue(self.box.minimum())  # type: ignore[arg-type]
                self.box.setSuffix("")
                self.box.lineEdit().clear()
                self.box.lineEdit().setPlaceholderText("—")
            else:
                self.box.setSuffix(self._suffix)
                number: Any = int(value) if self._whole else float(value)
                self.box.setValue(number)
                self.slider.setValue(round((number - self._low) / (self._high - self._low or 1) * self._places))

    def _slid(self, place: int) -> None:
        number = self._low + place / max(self._places, 1) * (self._high - self._low)
        value: Any = round(number) if self._whole else round(number, 2)
        with QSignalBlocker(self.box):
            self.box.setSuffix(self._suffix)
            self.box.setValue(value)
        self.changed.emit(value)
        if not self.slider.isSliderDown():
            self.released.emit()

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((value - self._low) / (self._high - self._low or 1) * self._places))
        self.changed.emit(value)


class OptionField(QWidget):
    """One option of a model: its name, what it is for, its field, and a button back to the default."""

    changed = Signal(str, object)
    """The option's name, and its value; None for the default."""
    released = Signal()

    def __init__(self, theme: Theme, spec: OptionSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.title = label(spec.name.replace("_", " ").capitalize())
        self.reset = IconButton(theme, "undo", self.tr("Back to {0}").format(self._text(spec.default)), size=14)
        self.reset.clicked.connect(self._reset)
        self.field = self._make(spec)
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        head.addWidget(self.title)
        head.addStretch()
        head.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(label(spec.help, "small", wrap=True))

    def show_value(self, value: OptionValue | Mixed) -> None:
        """Show a value, or that there are several."""
        self.reset.setVisible(value is MIXED or value != self.spec.default)
        field = self.field
        with QSignalBlocker(field):
            if isinstance(field, NumberField):
                field.show_value(value if value is MIXED else float(value))
            elif isinstance(field, QCheckBox):
                state = Qt.CheckState.Checked if value is True else Qt.CheckState.Unchecked
                field.setCheckState(Qt.CheckState.PartiallyChecked if value is MIXED else state)
            elif isinstance(field, Choice):
                field.setCurrentIndex(-1 if value is MIXED else field.findData(value))

    def _make(self, spec: OptionSpec) -> QWidget:
        name = self.title.text()
        if spec.kind == "boolean":
            box = QCheckBox(self.tr("On"))
            box.setAccessibleName(name)
            box.clicked.connect(self._checked)
            return box
        if spec.kind == "choice":
            combo = Choice()
            combo.setAccessibleName(name)
            for choice in spec.choices:
                combo.addItem(choice, choice)
            combo.activated.connect(lambda index: self._done(combo.itemData(index)))
            return combo
        low = -_FAR if spec.minimum is None else spec.minimum
        high = _FAR if spec.maximum is None else spec.maximum
        field = NumberField(low, high, whole=spec.kind == "integer", unit=spec.unit, name=name)
        field.slider.setVisible(high - low < _FAR)
        field.changed.connect(self._counted)
        field.released.connect(self.released)
        return field

    def _counted(self, number: float) -> None:
        value = self.spec.parse(number)
        # What is the default anyway is not kept: a model's next version may have another one.
        self.changed.emit(self.spec.name, None if value == self.spec.default else value)

    def _checked(self, checked: bool) -> None:
        # A mixed box is a third state only until somebody decides.
        box = self.field
        if isinstance(box, QCheckBox):
            box.setTristate(False)
        self._done(checked)

    def _reset(self) -> None:
        self._done(None)

    def _done(self, value: OptionValue | None) -> None:
        self.changed.emit(self.spec.name, value)
        self.released.emit()

    def _text(self, value: OptionValue) -> str:
        if isinstance(value, bool):
            return self.tr("on") if value else self.tr("off")
        return f"{value} {self.spec.unit}".strip()
