"""What works on this machine, to look at and to copy into a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from talkface_studio.engine.client.settings import EngineState
from talkface_studio.gui.command_line import CommandLine
from talkface_studio.gui.exports.wording import size
from talkface_studio.gui.pages.page import Facts, PageHead, empty_layout, group, scrolling_page
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


class DiagnosticsPage(QWidget):
    """Shows what `talkface doctor --json` says, and what became of the engine."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._talkface = CommandLine(studio.folders, self)
        self._document: dict[str, Any] = {}
        head = PageHead(self.tr("Diagnostics"), self.tr("What works on this machine, and what to do about the rest."))
        self._again = button(self.tr("Look again"), self.look)
        self.copy = button(self.tr("Copy the report"), self._copy, "primary")
        self.copy.setEnabled(False)
        head.add(self._again)
        head.add(self.copy)
        self._state = label(self.tr("Looking…"), "muted", wrap=True)
        self._groups = QVBoxLayout()
        self._groups.setSpacing(Space.L)
        body = scrolling_page(self, studio.theme).body
        body.addWidget(head)
        body.addWidget(self._state)
        body.addLayout(self._groups)
        body.addStretch()
        studio.bridge.engine_changed.connect(self._engine_changed)
        self.look()

    @property
    def report(self) -> str:
        """The document as JSON; the name of the user's folder is not told."""
        home = json.dumps(str(Path.home()))[1:-1]
        return json.dumps(self._document, indent=2, ensure_ascii=False).replace(home, "~")

    def look(self) -> None:
        """Examine the machine anew."""
        self._again.setEnabled(False)
        self._state.setText(self.tr("Looking…"))
        self._state.show()
        self._talkface.ask(["doctor", "--json"], self._show, self._failed, owner=self)

    def _failed(self, reason: str) -> None:
        self._again.setEnabled(True)
        self._state.setText(reason)

    def _show(self, document: dict[str, Any]) -> None:
        self._again.setEnabled(True)
        self.copy.setEnabled(True)
        self._state.hide()
        self._document = {**document, "engine": self._engine_words(self._studio.engine.state)}
        empty_layout(self._groups)
        advice = [label(f"•  {line}", "warning", wrap=True) for line in document["advice"]]
        fine = label(self.tr("Everything is fine."), "success")
        self._groups.addWidget(group(self.tr("What to do"), *(advice or [fine])))
        self._groups.addWidget(group(self.tr("Program and machine"), self._machine(document)))
        self._groups.addWidget(group(self.tr("Models"), self._models(document)))
        self._groups.addWidget(group(self.tr("Codecs"), self._codecs(document)))
        self._groups.addWidget(group(self.tr("Parts that the studio needs"), self._assets(document)))
        self._groups.addWidget(group(self.tr("Folders"), self._folders(document)))
        packages = (f"{name} {version or self.tr('missing')}" for name, version in document["packages"].items())
        self._groups.addWidget(group(self.tr("Packages"), label(", ".join(packages), wrap=True)))

    def _machine(self, document: dict[str, Any]) -> Facts:
        processor, devices = document["processor"], document["devices"]
        memory = self.tr("{0} of {1} free").format(
            size(processor["free_memory_mb"] << 20), size(processor["memory_mb"] << 20)
        )
        facts = Facts(
            [
                ("TalkFace Studio", document["talkface"]),
                ("Python", document["python"]),
                (self.tr("System"), document["platform"]),
                (self.tr("Processor"), self.tr("{0}, {1} cores").format(processor["name"], processor["cores"])),
                (self.tr("Memory"), memory),
            ]
        )
        cards = [f"{gpu['name']}, {size(gpu['memory_mb'] << 20)}" for gpu in devices["cuda"]]
        facts.add(self.tr("Graphics"), "\n".join(cards) or self.tr("No CUDA GPU: networks run on the processor"))
        facts.add(self.tr("Engine"), self._engine_words(self._studio.engine.state))
        return facts

    def _models(self, document: dict[str, Any]) -> Facts:
        facts = Facts()
        for name, model in document["models"].items():
            for preset, lacking in model["presets"].items():
                words = "; ".join(lacking) or self.tr("runs here")
                facts.add(f"{name} · {preset}", words, "warning" if lacking else "body")
        for plugin in document["plugins"]:
            if plugin["state"] != "ok":
                facts.add(plugin["name"], plugin["state"], "error")
        return facts

    def _codecs(self, document: dict[str, Any]) -> Facts:
        facts = Facts()
        none = self.tr("none")
        for name, codec in document["codecs"].items():
            words = self.tr("read by {0}, written by {1}").format(codec["decoder"] or none, codec["encoder"] or none)
            facts.add(name, words)
        if "hardware_encoders" in document:
            working = [name for name, state in document["hardware_encoders"].items() if state == "ok"]
            facts.add(self.tr("In hardware"), ", ".join(working) or self.tr("no encoder works on this machine"))
        return facts

    def _assets(self, document: dict[str, Any]) -> Facts:
        facts = Facts()
        for name, asset in document["assets"].items():
            fine = asset["state"] == "ok"
            facts.add(name, self.tr("installed") if fine else asset["state"], "body" if fine else "warning")
        return facts

    def _folders(self, document: dict[str, Any]) -> Facts:
        facts = Facts()
        for name, folder in document["folders"].items():
            used = size(folder["bytes"]) if folder["exists"] else self.tr("not there yet")
            facts.add(name, f"{folder['path']}  ({used})")
        return facts

    def _engine_words(self, state: EngineState) -> str:
        words = {
            "starting": self.tr("starting"),
            "running": self.tr("running"),
            "lost": self.tr("ended, is started again"),
            "failed": self.tr("cannot be started"),
            "stopped": self.tr("not started yet"),
        }[state.state]
        return f"{words}: {state.message}" if state.message else words

    def _engine_changed(self, state: EngineState) -> None:
        if self._document:
            self._document["engine"] = self._engine_words(state)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
        self._studio.tell(self.tr("The report is on the clipboard"), "success")
