"""Tests of talkface_trainer.settings."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """A group."""

    kind: str = "lstm"
    layers: tuple[int, ...] = (1, 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a recipe's settings look like."""

    steps: int = 10
    rate: float = 1e-3
    augment: bool = False
    network: Network = field(default_factory=Network)


def test_nothing_changed_is_the_same() -> None:
    assert overridden(Settings(), {}) == Settings()


def test_values_and_values_of_groups_are_replaced() -> None:
    changes = {"steps": "20", "augment": "true", "network.kind": "conv", "network.layers": "[3]"}
    assert overridden(Settings(), changes) == Settings(
        steps=20, augment=True, network=Network(kind="conv", layers=(3,))
    )


def test_a_whole_number_is_good_enough_for_a_real_one() -> None:
    rate = overridden(Settings(), {"rate": "1"}).rate
    assert rate == 1.0
    assert isinstance(rate, float)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("speed", "1", r"--set speed: there is no such setting; there are: steps, rate, augment, network\.\*"),
        ("network.size", "1", r"--set network\.size: .* there are: network\.kind, network\.layers"),
        ("network", "1", "--set network: there is no such setting"),
        ("steps.more", "1", "--set steps.more: there is no such setting"),
        ("steps", "many", "steps"),
        ("steps", "1.5", "steps"),
        ("augment", "1", "augment"),
        ("network.layers", "[1.5]", "layers"),
    ],
)
def test_a_wrong_path_or_value_is_named(path: str, text: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        overridden(Settings(), {path: text})
