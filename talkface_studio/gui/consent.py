"""The question that the first export of a project asks: did the person shown agree?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from talkface_studio.gui.parts.boxes import FormRow
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.studio import Studio
from talkface_studio.project.document.settings import Consent

TEXT_VERSION = "1"
"""Of the words below; raised with every change of their meaning."""


def consent_text() -> str:
    """What is asked, in the user's language."""
    return QCoreApplication.translate(
        "Consent",
        "You are about to make a video in which a person appears to say what they did not say. Do so only if they "
        "agreed, or if they are yourself. Your answer is kept in the project.",
    )


def with_consent(studio: Studio, parent: QWidget, then: Callable[[], object]) -> None:
    """Do something that makes a dub for keeps, once the user has said that the person shown agreed.

    The answer travels in the project and is asked for once in it. A refusal is kept too, and asked for again.
    """
    translate = QCoreApplication.translate
    if any(consent.answer == "given" for consent in studio.project.document.consents):
        then()
        return
    field = QLineEdit()
    field.setPlaceholderText(translate("Consent", "Name, or how you call them"))

    def answer(given: bool) -> None:
        studio.project.record_consent(
            Consent(
                person=field.text().strip() or translate("Consent", "the person shown"),
                answer="given" if given else "refused",
                time=datetime.now(UTC),
                text_version=TEXT_VERSION,
            )
        )
        if given:
            then()
        else:
            studio.tell(translate("Consent", "Nothing was exported."))

    ask_user(
        parent,
        translate("Consent", "Does the person shown agree?"),
        consent_text(),
        (
            Choice(translate("Consent", "They agreed"), lambda: answer(True), "primary"),
            Choice(translate("Consent", "They did not"), lambda: answer(False), "danger"),
            Choice(translate("Consent", "Cancel")),
        ),
        FormRow(translate("Consent", "Who is shown"), field),
    )
