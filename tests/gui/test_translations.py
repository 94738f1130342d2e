"""Every text that is seen is in every language, with the same places for what is put into it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from talkface_studio.gui.studio import translated
from talkface_studio.gui.translations.loader import FOLDER, LANGUAGES, TextFile
from talkface_studio.gui.translations.sources import data_texts, untranslated, write_sources

OTHERS = [code for code in LANGUAGES if code != "en"]
PLACE = re.compile(r"\{\d[^}]*\}|%n")


def path_of(code):
    return FOLDER / f"studio_{code}.ts"


def texts(path):
    tree = ET.parse(path)
    return {
        (context.findtext("name"), message.findtext("source"))
        for context in tree.getroot().iter("context")
        for message in context.iter("message")
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_visible_text_is_untranslated(code, tmp_path):
    """A text that is new in the code is missing in the file: run the module `sources`, and translate it."""
    fresh = tmp_path / path_of(code).name
    write_sources(fresh)
    assert texts(fresh) - texts(path_of(code)) == set()
    assert texts(path_of(code)) - texts(fresh) == set(), "texts that are gone from the code"
    assert untranslated(path_of(code)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_its_source(code):
    for message in ET.parse(path_of(code)).getroot().iter("message"):
        element, source = message.find("translation"), message.findtext("source")
        for text in [form.text for form in element.iter("numerusform")] or [element.text]:
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(source)), (source, text)


def test_every_text_says_which_context_it_belongs_to():
    """Extraction takes `tr(context, text)` for a text and a comment: an alias must be called `translate`."""
    for code in OTHERS:
        assert {source for name, source in texts(path_of(code)) if not name} == set()


@pytest.mark.parametrize("code", OTHERS)
def test_texts_of_other_rooms_are_spoken(code, qapp):
    file = TextFile(path_of(code), qapp)
    qapp.installTranslator(file)
    try:
        for context, sources in data_texts().items():
            for source in sources:
                assert file.translate(context, source), (context, source)
        assert translated("command", "Undo") != "Undo"
        # Qt's own texts are none of ours: they stay as they are, and do not become empty.
        assert QKeySequence("Ctrl+N").toString(QKeySequence.SequenceFormat.NativeText) == "Ctrl+N"
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    finally:
        qapp.removeTranslator(file)


def test_english_counts(qapp):
    file = TextFile(path_of("en"), qapp)
    qapp.installTranslator(file)
    try:
        count = QCoreApplication.translate("ExportDialog", "%n voice(s)", "", 1)
        assert count == "1 voice"
        assert QCoreApplication.translate("ExportDialog", "%n voice(s)", "", 3) == "3 voices"
    finally:
        qapp.removeTranslator(file)
