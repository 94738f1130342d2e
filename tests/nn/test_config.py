"""Tests of talkface_studio.nn.config."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import build_config, config_from_metadata


@dataclass(frozen=True)
class Speech:
    """A group."""

    kind: Literal["mfcc", "whisper"] = "mfcc"
    noise: float = 0.0


@dataclass(frozen=True)
class Config:
    """What a model's configuration looks like."""

    blocks: int = 2
    skips: bool = False
    widths: tuple[int, ...] = (8, 16)
    place: tuple[float, float] = (0.5, 0.5)
    speech: Speech = field(default_factory=Speech)


def test_a_configuration_survives_json() -> None:
    config = Config(blocks=3, widths=(4,), place=(0.25, 1.0), speech=Speech(kind="whisper", noise=0.5))
    assert build_config(Config, json.loads(json.dumps(asdict(config)))) == config


def test_what_is_not_given_keeps_its_default() -> None:
    assert build_config(Config, {"speech": {"noise": 1}}) == Config(speech=Speech(noise=1.0))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "file: expected a table, got list"),
        ({"depth": 1}, "file: unknown field 'depth'"),
        ({"blocks": True}, r"file\.blocks: True is not a valid int"),
        ({"skips": 1}, r"file\.skips: 1 is not a valid bool"),
        ({"speech": {"kind": "mel"}}, r"file\.speech\.kind: 'mel' is not a valid"),
        ({"speech": 1}, r"file\.speech: expected a table"),
        ({"widths": [1.5]}, r"file\.widths: 1.5 is not a valid int"),
        ({"place": [0.5]}, r"file\.place: expected 2 values, got 1"),
    ],
)
def test_wrong_fields_are_named(data: Any, message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        build_config(Config, data, "file")


@pytest.mark.parametrize("metadata", [{}, {"config": "{"}, {"config": '{"depth": 1}'}])
def test_a_file_without_a_usable_configuration_is_named(metadata: dict[str, str]) -> None:
    with pytest.raises(WeightsError, match=r"^net\.safetensors: "):
        config_from_metadata(Config, Path("net.safetensors"), metadata)
