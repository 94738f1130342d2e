"""The same frame by several models, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Document, Models, Picture
from talkface_studio.gui.parts.boxes import Card
from talkface_studio.gui.parts.labels import ElidedLabel, label
from talkface_studio.gui.parts.thumbnail import Thumbnail, image_of
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space
from talkface_studio.project.edit.segments import set_model
from talkface_studio.project.export.moment import DubMoment, with_model


@dataclass(frozen=True, slots=True)
class Model:
    """What the strip needs of an installed model."""

    name: str
    title: str
    preset: str


def fitting(models: Sequence[Mapping[str, Any]], inputs: frozenset[str]) -> tuple[Model, ...]:
    """Those that can run here and make a talking face of these inputs, such as {"speech", "video"}."""
    return tuple(
        Model(model["name"], model["title"], model["runnable"][0])
        for model in models
        if model["runnable"] and model["gives"] == "video" and inputs in map(frozenset, model["takes"])
    )


class _Sample(Card):
    def __init__(self, studio: Studio, model: Model, parent: QWidget | None = None) -> None:
        super().__init__(pressable=True, name=model.title, parent=parent)
        self._theme = studio.theme
        self.picture = Thumbnail(studio.theme, "cube")
        self.detail = label("", "small")
        self.body.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self.body.addWidget(self.picture, 1)
        self.body.addWidget(ElidedLabel(model.title))
        self.body.addWidget(self.detail)
        studio.theme.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.setFixedWidth(self._theme.px(210))


class ComparisonStrip(QWidget):
    """A card for each model that fits; pressing one gives it to the segment."""

    model_chosen = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._models: tuple[Mapping[str, Any], ...] = ()
        self._cards: dict[str, _Sample] = {}
        self._moment: DubMoment | None = None
        self._turn = 0
        self._around: QRectF | None = None
        self._body = QWidget()
        self._row = QHBoxLayout(self._body)
        self._row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self._row.setSpacing(Space.S)
        self._row.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._body)
        column = QHBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        studio.theme.changed.connect(self._measure)
        self._measure()

    @property
    def complete(self) -> bool:
        """Whether every card shows its picture."""
        return bool(self._cards) and all(card.picture.has_image for card in self._cards.values())

    def show_moment(self, moment: DubMoment | None, around: QRectF | None) -> None:
        """Compare at this instant.

        Args:
            moment: what is dubbed.
            around: the part of the picture to show, as parts of its width and height; None for all of it.
        """
        self._around = around
        if moment == self._moment and self._cards:
            return
        self._moment = moment
        if moment is None:
            return
        if self._models:
            self._compare()
        else:
            self._studio.bridge.ask(Models(), self._got_models, self._failed, owner=self)

    def forget_models(self) -> None:
        """Ask for the models anew with the next instant: others are installed now."""
        self._models, self._moment = (), None

    def _measure(self) -> None:
        self.setFixedHeight(self._studio.theme.px(204))

    def _got_models(self, answer: Document) -> None:
        self._models = tuple(answer.content["models"])  # type: ignore[arg-type]
        self._compare()

    def _failed(self, error: TalkFaceError) -> None:
        self._studio.tell(str(error), "error")

    def _compare(self) -> None:
        moment = self._moment
        if moment is None:
            return
        models = {model.name: model for model in fitting(self._models, self._inputs(moment))}
        self._show_cards(models, moment)
        self._turn += 1
        turn = self._turn
        for model in models.values():
            dub = with_model(moment.dub, model.name, model.preset)
            futures = self._studio.engine.compare(dub, [model.name], max(moment.time, 0.0))
            self._cards[model.name].detail.setText(self.tr("Dubbing…"))
            self._studio.bridge.watch(
                futures[model.name],
                partial(self._show, turn, model.name),
                partial(self._complain, turn, model.name),
                owner=self,
            )

    def _inputs(self, moment: DubMoment) -> frozenset[str]:
        media = {str(entry.path): entry.kind for entry in self._studio.project.document.media}
        return frozenset({"speech", media.get(moment.dub["face"], "")})

    def _show_cards(self, models: Mapping[str, Model], moment: DubMoment) -> None:
        if set(models) != set(self._cards):
            for card in self._cards.values():
                card.deleteLater()
            self._cards = {name: _Sample(self._studio, model) for name, model in models.items()}
            for name, card in self._cards.items():
                card.pressed.connect(partial(self._choose, models[name]))
                self._row.insertWidget(self._row.count() - 1, card)
        for name, card in self._cards.items():
            card.choose(name == moment.dub["model"])

    def _show(self, turn: int, model: str, picture: Picture) -> None:
        if turn == self._turn and model in self._cards:
            card, making = self._cards[model], picture.frame.making
            card.picture.show_image(_part(image_of(picture), self._around))
            if making is not None:
                card.detail.setText(self.tr("{0:.2f} s on {1}").format(making.seconds, making.device))

    def _complain(self, turn: int, model: str, error: TalkFaceError) -> None:
        if turn == self._turn and model in self._cards:
            self._cards[model].picture.show_image(None)
            self._cards[model].detail.setText(str(error))
            self._cards[model].detail.setToolTip(str(error))

    def _choose(self, model: Model) -> None:
        if self._moment is not None:
            self._studio.do(set_model([self._moment.segment], model.name, preset=model.preset))
            self.model_chosen.emit(model.name)


def _part(image: QImage, around: QRectF | None) -> QImage:
    if around is None:
        return image
    across, down = image.width(), image.height()
    part = QRectF(around.x() * across, around.y() * down, around.width() * across, around.height() * down)
    return image.copy(part.toRect().intersected(image.rect()))
