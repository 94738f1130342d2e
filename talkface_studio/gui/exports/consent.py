"""The question whether the person shown agrees to be dubbed: asked before the first export, kept in the project."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from talkface_studio.gui.parts.boxes import FormRow
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.document.settings import Consent
from talkface_studio.project.project import Project

TEXT_VERSION = "1"
"""Of the text below, in every language; a project that was asked another version is asked again."""


def consent_text() -> str:
    """What is asked, in the user's language."""
    return QCoreApplication.translate(
        "Consent",
        "A dub makes a person say what they did not say. Export it only if the person shown agreed to this use of "
        "their face, and whoever is heard to that of their voice.",
    )


def has_consent(project: Project) -> bool:
    """Whether the question was answered with yes."""
    return any(each.answer == "given" and each.text_version == TEXT_VERSION for each in project.document.consents)


class ConsentBox(QFrame):
    """Asks; hidden where the project has an answer."""

    changed = Signal()

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.setProperty("part", "card")
        self.person = QLineEdit()
        self.person.setPlaceholderText(self.tr("Name, or a description such as “the speaker of the lecture”"))
        self.agreed = QCheckBox(self.tr("The person shown agreed to be dubbed"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(label(self.tr("Consent"), "section"))
        column.addWidget(label(consent_text(), wrap=True))
        column.addWidget(FormRow(self.tr("Who is shown?"), self.person))
        column.addWidget(self.agreed)
        column.addWidget(label(self.tr("The answer is kept in the project. It is asked once."), "small", wrap=True))
        self.setVisible(not has_consent(project))
        self.person.textChanged.connect(lambda _: self.changed.emit())
        self.agreed.toggled.connect(lambda _: self.changed.emit())

    @property
    def answered(self) -> bool:
        """Whether an export may go on."""
        return has_consent(self._project) or (self.agreed.isChecked() and bool(self.person.text().strip()))

    def keep(self) -> None:
        """Write the answer into the project, if it was asked."""
        if not has_consent(self._project):
            now = datetime.now(UTC)
            person = self.person.text().strip()
            self._project.record_consent(Consent(person=person, answer="given", time=now, text_version=TEXT_VERSION))
