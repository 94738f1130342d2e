"""Plugins of others: which there are, and their changes, made by the command line beside the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from talkface_studio.gui.command_line import CommandLine
from talkface_studio.gui.pages.page import Facts
from talkface_studio.gui.parts.question import Choice, QuestionDialog, ask_user
from talkface_studio.gui.studio import Studio

Row = Mapping[str, Any]
"""An entry of `talkface plugins list --json`, or the document of `talkface plugins inspect --json`."""


class PluginChanges(QObject):
    """Asks, changes, and tells when something changed. One change at a time."""

    changed = Signal()
    """The list was read anew, or a change began or ended."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._parent = studio, parent
        self._talkface = CommandLine(studio.folders, self)
        self.rows: dict[str, Row] = {}
        """All plugins by name."""
        self.enforced = False
        """Whether the system keeps plugins to what they asked for."""
        self.doing = ""
        """What is being done, in a line; empty when nothing is."""
        self.question: QuestionDialog | None = None

    def look(self) -> None:
        """Read the list."""
        self._talkface.ask(["plugins", "list", "--json"], self._heard, self._complain, owner=self)

    def consider(self, source: str) -> None:
        """Look at a wheel, zip, folder or package name, show what it asks for, and install it if the user agrees."""
        words = ["plugins", "inspect", source, "--json"]
        self._run(self.tr("Looking at {0}…").format(Path(source).name), words, partial(self._ask, source))

    def update(self, name: str) -> None:
        """Install another version, if there is one where the plugin came from."""
        words = ["plugins", "update", name, "--json"]
        self._run(self.tr("Looking for another version of {0}…").format(name), words, self._updated)

    def change(self, verb: str, name: str) -> None:
        """Let the command line "enable", "disable", "rollback" or "remove" a plugin."""
        self._run(self.tr("Changing {0}…").format(name), ["plugins", verb, name, "--json"], self._changed)

    def ask_to_remove(self, name: str) -> None:
        """Remove a plugin after a question."""
        remove = Choice(self.tr("Remove"), partial(self.change, "remove", name), "danger")
        words = self.tr(
            "Its files are deleted. Segments that use it keep its name and need another model to be exported."
        )
        self.question = ask_user(
            self._parent, self.tr("Remove {0}?").format(name), words, [remove, Choice(self.tr("Keep it"))]
        )

    def _run(self, doing: str, words: Sequence[str], done: Any) -> None:
        if self.doing:
            self._studio.tell(self.doing, "warning")
            return
        self.doing = doing

        def ended(document: dict[str, Any]) -> None:
            self.doing = ""
            self.changed.emit()
            done(document)

        self.changed.emit()
        self._talkface.ask(words, ended, self._complain, owner=self)

    def _ask(self, source: str, found: Row) -> None:
        install = partial(self._install, source, found)
        title = self.tr("Install {0} {1}?").format(found["name"], found["version"])
        facts = plugin_facts(found, enforced=bool(found["isolation"]["enforced"]))
        choices = [Choice(self.tr("Install"), install, "primary"), Choice(self.tr("Do not install"))]
        self.question = ask_user(self._parent, title, found["summary"], choices, facts)

    def _install(self, source: str, found: Row) -> None:
        # The hash makes sure that what is installed is what was shown.
        words = ["plugins", "install", source, "--sha256", found["sha256"], "--yes", "--quiet", "--json"]
        self._run(self.tr("Installing and trying {0}…").format(found["name"]), words, self._changed)

    def _updated(self, document: Row) -> None:
        row = document["plugins"][0]
        if row["state"] == "up to date":
            self._studio.tell(self.tr("{0} is up to date.").format(row["name"]))
        elif row["state"] == "failed":
            self._complain(row["reason"])
        self.look()

    def _changed(self, _document: Row) -> None:
        self._studio.tell(self.tr("Done."), "success")
        self.look()

    def _heard(self, document: Row) -> None:
        self.rows = {row["name"]: row for row in document["plugins"]}
        self.enforced = bool(document["isolation"]["enforced"])
        self.changed.emit()

    def _complain(self, reason: str) -> None:
        self.doing = ""
        self._studio.tell(reason, "error")
        self.changed.emit()


def plugin_facts(row: Row, *, enforced: bool) -> Facts:
    """Who made it, how far it is trusted, what it asks for, and whether it is kept to that."""
    trust = {
        "known publisher": QCoreApplication.translate("PluginFacts", "Signed by a publisher whom this studio knows."),
        "unknown": QCoreApplication.translate("PluginFacts", "Unknown: the studio cannot tell who made it."),
    }
    asked = [QCoreApplication.translate("PluginFacts", "It sees the voices and faces that you dub with it.")]
    permissions = row.get("permissions", {})
    if permissions.get("network"):
        asked.append(QCoreApplication.translate("PluginFacts", "It uses the network and can send them to others."))
    folders = QCoreApplication.translate("PluginFacts", "It reads and changes the files in {0}.")
    asked += [folders.format(folder) for folder in permissions.get("folders", ())]
    if len(asked) == 1:
        asked.append(QCoreApplication.translate("PluginFacts", "It asks for neither the network nor your folders."))
    kept = QCoreApplication.translate("PluginFacts", "Enforced by the system.")
    free = QCoreApplication.translate(
        "PluginFacts", "Not enforced: on this system it could use the network and your files like any program."
    )
    facts = Facts(
        [
            (QCoreApplication.translate("PluginFacts", "Publisher"), row.get("publisher", "")),
            (QCoreApplication.translate("PluginFacts", "Trust"), trust.get(row["trust"], str(row["trust"]))),
        ]
    )
    facts.add(QCoreApplication.translate("PluginFacts", "Permissions"), "\n".join(asked))
    facts.add("", kept if enforced else free, "success" if enforced else "warning")
    return facts
