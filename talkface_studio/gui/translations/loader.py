"""Which language the editor speaks."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent
LANGUAGES = {"en": "English", "zh_CN": "简体中文", "vi": "Tiếng Việt"}
"""By code, each in its own words."""


class TextFile(QTranslator):
    """The translations of a .ts file, as they are written: nothing has to be compiled."""

    def __init__(self, path: Path, parent: QCoreApplication) -> None:
        """Read a file.

        Raises:
            OSError: it cannot be read.
            ET.ParseError: it is not XML.
        """
        super().__init__(parent)
        self._forms: dict[tuple[str, str], tuple[str, ...]] = {}
        for context in ET.parse(path).getroot().iter("context"):  # noqa: S314 - our own file
            name = context.findtext("name", "")
            for message in context.iter("message"):
                translation = message.find("translation")
                if translation is not None:
                    forms = tuple(form.text or "" for form in translation.iter("numerusform"))
                    forms = forms or (translation.text or "",)
                    if all(forms):
                        self._forms[name, message.findtext("source", "")] = forms

    def isEmpty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._forms

    def translate(
        self,
        context: str,
        sourceText: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """The text in this language, in the form for `n` things; None where it is not here, which is no empty text."""
        forms = self._forms.get((context, sourceText))
        if forms is None:
            return None
        return forms[0] if n == 1 else forms[-1]


def wear_language(app: QCoreApplication, language: str = "") -> str:
    """Load the texts of a language; gives its code.

    Args:
        app: what speaks.
        language: one of `LANGUAGES`; empty takes that of the desktop, or English where there are no texts in it.
    """
    locale = QLocale(language) if language else QLocale.system()
    code = next((name for name in LANGUAGES if locale.name().startswith(name)), "en")
    # Numbers are written as the words around them are.
    QLocale.setDefault(locale if locale.name().startswith(code) else QLocale(code))
    app.installTranslator(TextFile(FOLDER / f"studio_{code}.ts", app))
    base = QTranslator(app)
    if base.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(base)
    return code
