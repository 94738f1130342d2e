"""The user guide, shown in the program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space

_TEXT = Path(__file__).with_name("guide.md")


class Guide(QDialog):
    """A window of its own, so that it can be read beside the work."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("User guide"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName(self.windowTitle())
        self.text.setMarkdown(_TEXT.read_text(encoding="utf-8"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.addWidget(self.text)
        self.resize(studio.theme.px(720), studio.theme.px(640))
