"""A field to search with."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from talkface_studio.gui.theme.theme import Theme


class SearchField(QLineEdit):
    """One line with a magnifying glass and a button that empties it."""

    def __init__(self, theme: Theme, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
