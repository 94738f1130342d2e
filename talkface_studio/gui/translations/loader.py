"""Which language the editor speaks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

_FOLDER = Path(__file__).parent
LANGUAGES = {"en": "English", "zh_CN": "简体中文", "vi": "Tiếng Việt"}
"""By code, each in its own words."""


def wear_language(app: QCoreApplication, language: str = "") -> str:
    """Load the texts of a language; gives its code.

    Args:
        app: what speaks.
        language: one of `LANGUAGES`; empty takes that of the desktop, or English where there are no texts in it.
    """
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    code = next((name for name in LANGUAGES if locale.name().startswith(name)), "en")
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"studio_{code}", str(_FOLDER)), (f"qtbase_{code}", qt)):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
    return code
