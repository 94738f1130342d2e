"""Boxes for numbers."""

from __future__ import annotations

from typing import overload

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from talkface_studio.gui.theme.tokens import Space


def whole_box() -> QSpinBox:
    """A box for whole numbers."""
    return _padded(QSpinBox())


def decimal_box() -> QDoubleSpinBox:
    """A box for numbers with decimals."""
    return _padded(QDoubleSpinBox())


@overload
def _padded(box: QSpinBox) -> QSpinBox: ...
@overload
def _padded(box: QDoubleSpinBox) -> QDoubleSpinBox: ...
def _padded(box: QSpinBox | QDoubleSpinBox) -> QSpinBox | QDoubleSpinBox:
    # The padding of a style sheet does not reach the text of these boxes.
    box.lineEdit().setTextMargins(Space.XS + 2, 0, 0, 0)
    return box
