"""The model manager: what is installed, whether it runs here, and what is to be known of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Document, Models
from talkface_studio.gui.command_line import CommandLine
from talkface_studio.gui.pages.model_details import ModelDetails, state_of
from talkface_studio.gui.pages.page import PageHead, empty_layout, group
from talkface_studio.gui.parts.boxes import Card, EmptyState, scrolling
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
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
        head = PageHead(self.tr("Models"), self.tr("What makes faces speak: the generators that are installed."))
        head.setContentsMargins(0, 0, Space.L, 0)
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
        if model is not None:
            empty_layout(self._right)
            own = [weight for weight in self._weights if weight["owner"] == self.chosen]
            self._right.addWidget(ModelDetails(self._studio, model, own, self._sizes))
            self._right.addStretch()

    def _resize(self) -> None:
        self._left.setFixedWidth(self._studio.theme.px(300))


def _sizes(paths: list[str]) -> dict[str, int]:
    return {path: Path(path).stat().st_size for path in paths if Path(path).is_file()}
