from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from talkface_studio.api.card import CropSpec, ModelCard, OptionSpec, WeightFile
from talkface_studio.api.errors import OptionError, PluginError

STEPS = OptionSpec(name="steps", kind="integer", default=4, minimum=1, maximum=10, unit="passes", help="How often.")
GAIN = OptionSpec(name="gain", kind="number", default=1.0, minimum=0.0, help="How much.")
REST = OptionSpec(name="rest", kind="boolean", default=True, help="Whether.")
LEARN = OptionSpec(name="learn", kind="integer", default=0, references=48, help="How long.")
STYLE = OptionSpec(name="style", kind="choice", default="calm", choices=("calm", "lively"), help="Which.")

CARD = """
name = "toy"
title = "Toy"
version = "1.0"
summary = "For a test."
paper = "none"
code_licence = "Apache-2.0"
weights_licence = "none"
takes = [["speech", "photo"]]
"""


def card(**changes: Any) -> ModelCard:
    return ModelCard.model_validate(tomllib.loads(CARD) | changes)


@pytest.mark.parametrize(
    ("spec", "given", "parsed"),
    [
        (STEPS, "7", 7),
        (STEPS, 10, 10),
        (GAIN, "0.25", 0.25),
        (GAIN, 3, 3.0),
        (REST, "no", False),
        (REST, "On", True),
        (REST, False, False),
        (STYLE, "lively", "lively"),
    ],
)
def test_option_is_converted(spec: OptionSpec, given: Any, parsed: Any) -> None:
    value = spec.parse(given)
    assert value == parsed
    assert type(value) is type(parsed)


@pytest.mark.parametrize(
    ("spec", "given", "message"),
    [
        (STEPS, "2.5", "option steps: '2.5' is not a whole number"),
        (STEPS, "many", "option steps: 'many' is not a whole number"),
        (STEPS, 11, "option steps: 11 is outside 1..10 passes"),
        (GAIN, "-0.1", "option gain: -0.1 is outside 0..inf"),
        (GAIN, "nan", "option gain: nan is outside 0..inf"),
        (GAIN, "loud", "option gain: 'loud' is not a number"),
        (REST, "perhaps", "option rest: 'perhaps' is neither true nor false"),
        (STYLE, "sad", "option style: 'sad' is not one of calm, lively"),
    ],
)
def test_option_is_refused_in_one_line(spec: OptionSpec, given: Any, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        spec.parse(given)
    assert str(caught.value) == message


@given(st.floats() | st.integers())
def test_number_option_holds_its_bounds(value: float) -> None:
    spec = OptionSpec(name="gain", kind="number", default=0.0, minimum=-1, maximum=1, help="How much.")
    if -1 <= value <= 1:
        assert spec.parse(value) == value
    else:
        with pytest.raises(OptionError):
            spec.parse(value)


@pytest.mark.parametrize("changes", [{"default": 11}, {"default": "x"}, {"name": "Steps"}, {"kind": "text"}])
def test_contradictory_option_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((OptionError, ValidationError)):
        OptionSpec.model_validate(STEPS.model_dump() | changes)


def test_parse_options_fills_in_defaults_and_names_unknown_ones() -> None:
    model = card(options=(STEPS, STYLE))
    assert model.parse_options({"steps": "2"}) == {"steps": 2, "style": "calm"}
    with pytest.raises(OptionError, match=r"^model toy has no option 'stesp'; it has: steps, style$"):
        model.parse_options({"stesp": 2})
    with pytest.raises(OptionError, match="it has: none"):
        card().parse_options({"steps": 2})


def test_accepts_only_whole_combinations() -> None:
    model = card(takes=(("speech", "photo"), ("speech",)))
    assert model.accepts(frozenset({"photo", "speech"}))
    assert model.accepts(frozenset({"speech"}))
    assert not model.accepts(frozenset({"photo"}))
    assert not model.accepts(frozenset({"speech", "video"}))


def test_card_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_text(CARD + '[crop]\nsize = 96\n[[weights]]\nname = "n"\npreset = "compact"\npath = "n.safetensors"\n')
    loaded = ModelCard.load(path)
    assert loaded.crop.layout.size == 96
    assert loaded.crop.layout.eye_distance == 0.4
    assert loaded.weights == (WeightFile(name="n", preset="compact", path="n.safetensors"),)
    with pytest.raises(ValidationError):
        loaded.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        CARD.replace('name = "toy"', 'name = "Toy!"'),
        CARD + "colour = 1\n",
        CARD.replace('title = "Toy"\n', ""),
        CARD.replace('"photo"', '"statue"'),
        CARD + '[[options]]\nname = "a"\nkind = "integer"\ndefault = 1.5\nhelp = "x"\n',
        "this is no toml",
        "\x00",
    ],
)
def test_wrong_card_is_one_line_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.toml"
    path.write_text(text)
    with pytest.raises(PluginError) as caught:
        ModelCard.load(path)
    assert str(caught.value).startswith(f"{path}: not a valid model card: ")
    assert "\n" not in str(caught.value)


def test_missing_card(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="not a valid model card"):
        ModelCard.load(tmp_path / "card.toml")


def test_card_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PluginError, match="not a valid model card"):
        ModelCard.load(path)


@pytest.mark.parametrize("changes", [{"size": 31}, {"eye_distance": 1.0}, {"eye_height": 0}])
def test_impossible_crop_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CropSpec.model_validate(changes)


@pytest.mark.parametrize(
    ("face", "side"),
    [(20, 128), (51.2, 128), (60, 160), (76.8, 192), (88, 224), (90, 256), (500, 256)],
)
def test_a_large_face_gets_a_large_crop(face: float, side: int) -> None:
    spec = CropSpec(size=128, largest=256)
    assert spec.layout_for(face) == spec.layout.resized(side)
    assert CropSpec(size=128).layout_for(face) == spec.layout


def test_videos_are_not_cut_as_they_are() -> None:
    assert card(region="crop").region == "crop"
    assert card(region="crop", takes=[["speech"]]).region == "crop"
    with pytest.raises(ValidationError, match="photos or the voice alone"):
        card(region="crop", takes=[["speech", "photo"], ["speech", "video"]])


def test_an_option_that_is_on_may_ask_for_more_references() -> None:
    asking = card(references=16, options=[GAIN, LEARN])
    assert asking.references_for({}) == asking.references_for({"gain": 0.5, "learn": 0}) == 16
    assert asking.references_for({"gain": 1.0, "learn": 3}) == 48
    assert card(references=60, options=[LEARN]).references_for({"learn": 3}) == 60
