"""The model manager: what is installed, whether it runs here, and what is to be known of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Document, Models
from talkface_studio.gui.command_line import CommandLine
from talkface_studio.gui.pages.model_details import ModelDetails, state_of
from talkface_studio.gui.pages.page import PageHead, empty_layout, group
from talkface_studio.gui.pages.plugin_changes import PluginChanges, Row
from talkface_studio.gui.pages.plugin_panel import PluginPanel
from talkface_studio.gui.parts.boxes import Card, EmptyState, scrolling
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.parts.question import Choice, ask_user
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


class ModelsPage(QWidget):
    """The models as cards at the left, the chosen one in full at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._talkface = CommandLine(studio.folders, self)
        self._weights: list[dict[str, Any]] = []
        self._sizes: dict[str, int] = {}
        self.models: list[dict[str, Any]] = []
        self.chosen = ""
        self.cards: dict[str, Card] = {}
        self.plugins = PluginChanges(studio, self)
        self.plugins.changed.connect(self._plugins_changed)
        self._known_rows: dict[str, Row] = {}
        self.setAcceptDrops(True)
        head = PageHead(self.tr("Models"), self.tr("What makes faces speak: the generators that are installed."))
        head.setContentsMargins(0, 0, Space.L, 0)
        self._doing = label("", "muted")
        head.add(self._doing)
        self.install = button(self.tr("Install…"), rank="primary")
        self.install.setMenu(self._install_menu())
        head.add(self.install)
        head.add(button(self.tr("Look again"), self.look))
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.S)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, Space.S, Space.XL)
        column.addLayout(self._list)
        column.addStretch()
        self._left = scrolling(left)
        self._right = QVBoxLayout()
        self._right.setContentsMargins(0, 0, Space.M, Space.XL)
        self._right.setSpacing(Space.L)
        right = QWidget()
        right.setLayout(self._right)
        both = QHBoxLayout()
        both.setSpacing(Space.L)
        both.addWidget(self._left)
        both.addWidget(scrolling(right), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.XL, Space.XL, Space.S, 0)
        outer.addWidget(head)
        outer.addLayout(both, 1)
        studio.theme.changed.connect(self._resize)
        self._resize()
        self._wait()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: weights may have come meanwhile."""
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Ask which models there are, and where their weights lie."""
        self._studio.bridge.ask(Models(), self._heard, lambda error: self._fail(str(error)), owner=self)
        self._talkface.ask(["weights", "list", "--json"], self._heard_weights, lambda _: None, owner=self)
        self.plugins.look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Wheels, zips and folders may be plugins."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask about the first of them."""
        if paths := _dropped(event):
            event.acceptProposedAction()
            self.plugins.consider(str(paths[0]))

    def _install_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("From a wheel or zip…"), self._choose_file)
        menu.addAction(self.tr("From a folder…"), self._choose_folder)
        menu.addAction(self.tr("By the name of its package…"), self._choose_name)
        return menu

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Install a plugin"), "", "*.whl *.zip")
        if name:
            self.plugins.consider(name)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Install a plugin"))
        if name:
            self.plugins.consider(name)

    def _choose_name(self) -> None:
        field = QLineEdit()
        field.setAccessibleName(self.tr("Name of the package"))
        fetch = Choice(self.tr("Look at it"), lambda: self.plugins.consider(field.text().strip()), "primary")
        words = self.tr("The package is fetched from the package index. You are asked again before any of it is run.")
        ask_user(self, self.tr("Install a plugin"), words, [fetch, Choice(self.tr("Cancel"))], field)

    def choose(self, name: str) -> None:
        """Show a model in full."""
        self.chosen = name
        for other, card in self.cards.items():
            card.choose(other == name)
        self._show_details()

    def _wait(self) -> None:
        self._right.addWidget(EmptyState(self._studio.theme, "cube", self.tr("Looking for models…")))

    def _fail(self, reason: str) -> None:
        empty_layout(self._right)
        empty = EmptyState(self._studio.theme, "alert", self.tr("The models cannot be listed"), reason)
        empty.add(button(self.tr("Look again"), self.look))
        self._right.addWidget(empty)

    def _heard(self, answer: Document) -> None:
        content: dict[str, Any] = answer.content
        self.models = content["models"]
        empty_layout(self._list)
        self.cards = {model["name"]: self._card(model) for model in self.models}
        for card in self.cards.values():
            self._list.addWidget(card)
        for failure in content["failures"]:
            self._list.addWidget(group(failure["plugin"], label(failure["reason"], "error", wrap=True)))
        for name in content["blocked"]:
            words = label(self.tr("Left out: safe mode loads no third-party models."), "warning", wrap=True)
            self._list.addWidget(group(name, words))
        for name in content["disabled"]:
            self.cards[name] = self._disabled_card(name)
            self._list.addWidget(self.cards[name])
        if not self.models:
            empty_layout(self._right)
            self._right.addWidget(EmptyState(self._studio.theme, "cube", self.tr("No models are installed")))
            return
        self.choose(self.chosen if self.chosen in self.cards else self.models[0]["name"])

    def _heard_weights(self, document: dict[str, Any]) -> None:
        self._weights = document["weights"]
        paths = [weight["path"] for weight in self._weights if weight["path"]]
        self._studio.bridge.run(partial(_sizes, paths), self._measured, owner=self)

    def _measured(self, sizes: dict[str, int]) -> None:
        self._sizes = sizes
        self._show_details()

    def _plugins_changed(self) -> None:
        self._doing.setText(self.plugins.doing)
        self.install.setEnabled(not self.plugins.doing)
        if self.plugins.rows != self._known_rows:
            self._known_rows = dict(self.plugins.rows)
            self._studio.bridge.ask(Models(), self._heard, lambda error: self._fail(str(error)), owner=self)
            self._studio.models_changed.emit()
        self._show_details()

    def _disabled_card(self, name: str) -> Card:
        card = Card(pressable=True, name=name)
        card.body.addWidget(label(name, "title", wrap=True))
        card.body.addWidget(label(self.tr("Disabled"), "muted"))
        card.pressed.connect(partial(self.choose, name))
        return card

    def _card(self, model: dict[str, Any]) -> Card:
        card = Card(pressable=True, name=model["title"])
        head = QHBoxLayout()
        head.addWidget(label(model["title"], "title", wrap=True), 1)
        text, rank = state_of(model)
        head.addWidget(label(text, rank), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        card.body.addWidget(label(model["summary"], "muted", wrap=True))
        card.pressed.connect(partial(self.choose, model["name"]))
        return card

    def _show_details(self) -> None:
        model = next((each for each in self.models if each["name"] == self.chosen), None)
        plugin = self.plugins.rows.get(model["plugin"]["name"] if model else self.chosen)
        own = [weight for weight in self._weights if weight["owner"] == self.chosen]
        parts: list[QWidget] = []
        if plugin is not None and plugin["trust"] != "bundled":
            parts.append(PluginPanel(self.plugins, plugin))
        if model is not None:
            parts.append(ModelDetails(self._studio, model, own, self._sizes))
        if parts:
            empty_layout(self._right)
            for part in parts:
                self._right.addWidget(part)
            self._right.addStretch()

    def _resize(self) -> None:
        self._left.setFixedWidth(self._studio.theme.px(300))


def _sizes(paths: list[str]) -> dict[str, int]:
    return {path: Path(path).stat().st_size for path in paths if Path(path).is_file()}


def _dropped(event: QDropEvent) -> list[Path]:
    """The files and folders of a drop that may be plugins."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in {".whl", ".zip"} or (path / "pyproject.toml").is_file()]
