"""All texts of the window: what is written in its code, and what it shows of other rooms and of data files."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from talkface_studio.gui.places import PLACES
from talkface_studio.project.texts import source_texts

GUI = Path(__file__).parents[1]
ONLY_PLURALS = frozenset({"studio_en.ts"})
"""Files that need no more: their language is that of the code."""


def data_texts() -> Mapping[str, tuple[str, ...]]:
    """Texts that no call of `tr` holds, by translation context."""
    return {
        **source_texts(),
        "Place": tuple(dict.fromkeys(place.title for place in PLACES)),
        "preset": tuple(_preset_titles()),
    }


def write_sources(ts_file: Path) -> None:
    """Bring a file of translations up to date: new texts are added, those that are gone are taken out.

    Raises:
        subprocess.CalledProcessError: Qt's own extraction failed.
    """
    sources = sorted(str(path) for path in GUI.rglob("*.py"))
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    before = _messages(ET.parse(ts_file)) if ts_file.is_file() else {}  # noqa: S314 - our own file
    language = ts_file.stem.partition("_")[2]
    options = ["-silent", "-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language]
    if ts_file.name in ONLY_PLURALS:
        options.append("-pluralonly")
    command = [str(tool), *options, *sources, "-ts", str(ts_file)]
    subprocess.run(command, check=True, capture_output=True)
    tree = ET.parse(ts_file)  # noqa: S314 - our own file
    if ts_file.name not in ONLY_PLURALS:
        for name, texts in data_texts().items():
            _add_context(tree, name, texts, before)
    ET.indent(tree, " ")
    head = b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    ts_file.write_bytes(head + ET.tostring(tree.getroot(), encoding="utf-8") + b"\n")


def untranslated(ts_file: Path) -> list[tuple[str, str]]:
    """Context and text of each message without a translation."""
    found = []
    for context in ET.parse(ts_file).getroot().iter("context"):  # noqa: S314 - our own file
        for message in context.iter("message"):
            element = message.find("translation")
            forms = [] if element is None else [form.text or "" for form in element.iter("numerusform")]
            if element is None or not (all(forms) if forms else element.text):
                found.append((context.findtext("name", ""), message.findtext("source", "")))
    return found


def _add_context(
    tree: ET.ElementTree[ET.Element],
    name: str,
    texts: tuple[str, ...],
    before: Mapping[tuple[str, str], str],
) -> None:
    root = tree.getroot()
    context = next((each for each in root.iter("context") if each.findtext("name") == name), None)
    if context is None:
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
    there = {message.findtext("source") for message in context.iter("message")}
    for text in texts:
        if text not in there:
            message = ET.SubElement(context, "message")
            ET.SubElement(message, "source").text = text
            translation = ET.SubElement(message, "translation")
            translation.text = before.get((name, text), "")
            if not translation.text:
                translation.set("type", "unfinished")


def _messages(tree: ET.ElementTree[ET.Element]) -> dict[tuple[str, str], str]:
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message.findtext("translation", "")
        for context in tree.getroot().iter("context")
        for message in context.iter("message")
    }


def _preset_titles() -> list[str]:
    folder = GUI.parent / "media" / "presets"
    return [tomllib.loads(path.read_text(encoding="utf-8"))["title"] for path in sorted(folder.glob("*.toml"))]


def main() -> None:
    """Bring all files of translations up to date, and print what is not translated."""
    from talkface_studio.gui.translations.loader import FOLDER, LANGUAGES

    for code in LANGUAGES:
        path = FOLDER / f"studio_{code}.ts"
        write_sources(path)
        for context, text in untranslated(path):
            print(f"{path.name}: {context}: {text}")  # noqa: T201


if __name__ == "__main__":
    main()
