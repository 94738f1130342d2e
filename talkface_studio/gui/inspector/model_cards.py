"""Models as cards: what they take, where they come from, and what they cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.gui.inspector.mixed import MIXED, Mixed
from talkface_studio.gui.inspector.models import Model, preferred
from talkface_studio.gui.parts.boxes import Card
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label
from talkface_studio.gui.theme.tokens import Space


class ModelCardView(Card):
    """One model."""

    def __init__(self, model: Model, *, fits: bool, speed: str, parent: QWidget | None = None) -> None:
        super().__init__(pressable=bool(fits and model.runnable), name=model.card.title, parent=parent)
        self.model = model
        card = model.card
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        title = label(card.title, wrap=True)
        title.setStyleSheet("font-weight: 600")
        head.addWidget(title, 1)
        self.body.addLayout(head)
        self.body.addWidget(label(card.summary, "small", wrap=True))
        badges = QHBoxLayout()
        badges.setSpacing(Space.XS)
        for text in (*self._takes(), speed):
            if text:
                badges.addWidget(label(text, "badge"))
        badges.addStretch()
        self.body.addLayout(badges)
        if not fits:
            self.body.addWidget(label(self.tr("Does not take what is selected."), "warning", wrap=True))
        for problem in () if model.runnable else dict.fromkeys(line for p in model.problems.values() for line in p):
            self.body.addWidget(label(problem, "error", wrap=True))
        self._details = QWidget()
        self._fill_details()
        self.body.addWidget(self._details)
        self.show_details(False)

    def show_details(self, shown: bool) -> None:
        """Tell everything that the card knows, or only what helps to choose."""
        self._details.setVisible(shown)

    def _takes(self) -> list[str]:
        names = {"photo": self.tr("photo"), "video": self.tr("video")}
        given = [next((names[name] for name in inputs if name in names), "") for inputs in self.model.card.takes]
        return [text or self.tr("voice alone") for text in given]

    def _fill_details(self) -> None:
        card = self.model.card
        side = card.crop.largest or card.crop.size
        facts = {
            self.tr("Limits"): card.limits,
            self.tr("Paper"): card.paper,
            self.tr("Licence"): self.tr("code {0}, weights {1}").format(card.code_licence, card.weights_licence),
            self.tr("Trained on"): card.training_data,
            self.tr("Size"): self.tr("weights {0:.1f} MB, memory about {1} MB, faces up to {2} pixels").format(
                self.model.size / 1e6, card.memory_mb, side
            ),
        }
        column = QVBoxLayout(self._details)
        column.setContentsMargins(0, Space.XS, 0, 0)
        column.setSpacing(2)
        for name, text in facts.items():
            if text:
                column.addWidget(label(name, "section"))
                line = label(text, "small", wrap=True)
                line.setAccessibleName(f"{name}: {text}")
                column.addWidget(line)


class ModelCards(QWidget):
    """The models to choose from, and "automatic"."""

    chosen = Signal(object)
    """The name of a model; None leaves the choice to the engine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str | None, Card] = {}
        self._chosen: str | Mixed | None = None
        self.toggle = button("", self._show, "flat")
        self.toggle.setCheckable(True)
        self._note = label(self.tr("The selected segments are made by different models."), "small", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        self._column.addWidget(self._note)
        self._column.addWidget(self.toggle, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_models(self, models: Sequence[Model], inputs: frozenset[str], speeds: Mapping[str, str]) -> None:
        """Show these models, for segments that have these inputs; `speeds` are by a model's name."""
        for card in self.cards.values():
            card.deleteLater()
        self.cards = {}
        best = preferred(models, inputs)
        automatic = Card(pressable=True, name=self.tr("Automatic"))
        title = label(self.tr("Automatic"))
        title.setStyleSheet("font-weight: 600")
        automatic.body.addWidget(title)
        if best is not None:
            told = self.tr("The best that fits: {0}.").format(best.card.title)
        elif models:
            told = self.tr("No installed model takes what is selected.")
        else:
            told = self.tr("The engine takes the best that fits.")
        automatic.body.addWidget(label(told, "small", wrap=True))
        self._add(None, automatic)
        for model in models:
            name = model.card.name
            self._add(name, ModelCardView(model, fits=model.accepts(inputs), speed=speeds.get(name, "")))
        self._show()

    def show_chosen(self, model: str | Mixed | None) -> None:
        """Show which one is chosen; none of them where several are."""
        self._chosen = model
        self._show()

    def _show(self) -> None:
        """The chosen one alone, or all of them, and of the chosen one all facts."""
        everything = self.toggle.isChecked()
        self._note.setVisible(self._chosen is MIXED)
        for name, card in self.cards.items():
            chosen = self._chosen is not MIXED and name == self._chosen
            card.choose(chosen)
            card.setVisible(everything or chosen)
            if isinstance(card, ModelCardView):
                card.show_details(everything and chosen)
        self.toggle.setText(self.tr("Show only the chosen model") if everything else self.tr("Facts and other models"))

    def _add(self, name: str | None, card: Card) -> None:
        self.cards[name] = card
        card.pressed.connect(lambda: self.chosen.emit(name))
        self._column.insertWidget(self._column.count() - 2, card)
