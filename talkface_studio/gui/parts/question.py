"""A question that the user must decide; anything that needs no decision is a notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.tokens import Space


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer, and what it does; None only closes the question."""

    text: str
    act: Callable[[], object] | None = None
    rank: Literal["plain", "primary", "danger"] = "plain"


class QuestionDialog(QDialog):
    """A question with its answers as buttons. Escape gives the last one."""

    def __init__(
        self, title: str, text: str, choices: Sequence[Choice], *, more: QWidget | None = None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(label(title, "title", wrap=True))
        words = label(text, "muted", wrap=True)
        words.setMinimumWidth(380)
        column.addWidget(words)
        if more is not None:
            column.addWidget(more)
        row = QHBoxLayout()
        row.addStretch()
        self._last = choices[-1]
        for choice in reversed(choices):
            made = button(choice.text, partial(self.answer, choice), choice.rank)
            made.setDefault(choice.rank == "primary")
            made.setAutoDefault(choice.rank == "primary")
            row.addWidget(made)
        column.addSpacing(Space.XS)
        column.addLayout(row)

    def answer(self, choice: Choice) -> None:
        """Close, then do what was chosen."""
        super().accept()
        if choice.act is not None:
            choice.act()

    def reject(self) -> None:
        """Escape, or the window's own button."""
        super().reject()
        if self._last.act is not None:
            self._last.act()


def ask_user(
    parent: QWidget, title: str, text: str, choices: Sequence[Choice], more: QWidget | None = None
) -> QuestionDialog:
    """Ask; returns at once, and the answer's own function is called later."""
    dialog = QuestionDialog(title, text, choices, more=more, parent=parent)
    dialog.open()
    return dialog
