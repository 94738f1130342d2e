"""The installed models, as the engine lists them; no Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from talkface_studio.api.card import ModelCard


@dataclass(frozen=True, slots=True)
class Model:
    """A model's card, the presets that run on this machine, and what keeps the others from it, in lines."""

    card: ModelCard
    runnable: tuple[str, ...]
    problems: Mapping[str, tuple[str, ...]]

    @property
    def size(self) -> int:
        """Bytes of its bundled weights; 0 where the card does not say."""
        return sum(weight.size or 0 for weight in self.card.weights if weight.bundled)

    def accepts(self, inputs: Collection[str]) -> bool:
        """Whether it makes a talking face of exactly these: "speech", "photo", "video"."""
        return self.card.gives == "video" and self.card.accepts(frozenset(inputs))


def read_models(document: Mapping[str, Any]) -> tuple[Model, ...]:
    """The models in a document that `talkface models --json` prints, the preferred first."""
    found = []
    for entry in document["models"]:
        # What the listing says besides the card is for others.
        card = {name: entry[name] for name in ModelCard.model_fields if name in entry}
        problems = {preset: tuple(lines) for preset, lines in entry["problems"].items()}
        found.append(Model(ModelCard.model_validate(card), tuple(entry["runnable"]), problems))
    return tuple(found)


def preferred(models: Sequence[Model], inputs: Collection[str]) -> Model | None:
    """The one that the engine takes where none was chosen: of the highest priority, best with these inputs."""
    fitting = [model for model in models if model.accepts(inputs)]
    wanted = frozenset(inputs)
    return min(fitting, key=lambda model: (-model.card.priority, model.card.place_of(wanted)), default=None)
