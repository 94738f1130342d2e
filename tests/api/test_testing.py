"""The conformance suite passes a generator that holds to the rules and fails each of those that break one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import toy_generators as toys
from talkface_studio.api.card import ModelCard, OptionValue, WeightFile
from talkface_studio.api.generator import Generator, PortraitGenerator
from talkface_studio.api.testing import GeneratorConformance, Host, PortraitConformance
from talkface_studio.api.values import Options

pytest_plugins = ["pytester"]


class ToyConformance(GeneratorConformance):
    """The suite over a toy that no distribution installs."""

    def __init__(self, make: Any = toys.Toy, weights: Mapping[str, Path] | None = None) -> None:
        self.make = make
        self.weights = weights or {}

    def create(self, host: Host) -> Generator:
        generator: Generator = self.make()
        return generator

    def options(self, host: Host, given: Mapping[str, OptionValue] | None = None, *, seed: int = 0) -> Options:
        values = self.make().card.parse_options(given or {})
        return Options(values=values, seed=seed, weights=self.weights)


def taking(kind: type[toys.ToyTake]) -> Any:
    """A maker of generators that are the good toy but for their takes."""
    return type("Broken", (toys.Toy,), {"take": kind})


def with_card(**changes: Any) -> Any:
    """A maker of good toys with another card."""
    return partial(toys.Toy, ModelCard.model_validate(toys.CARD.model_dump() | changes))


WEIGHTS = (WeightFile(name="networks", preset="compact", path="good.weights", sha256="0" * 64),)
RULES = [name for name in dir(GeneratorConformance) if name.startswith("test_")]


def run(suite: Any, rule: str, host: Host, tmp_path: Path) -> None:
    """One rule, as pytest would call it."""
    method = getattr(suite, rule)
    extra = {"tmp_path": tmp_path} if "tmp_path" in inspect.signature(method).parameters else {}
    method(conformance_host=host, **extra)


@pytest.mark.parametrize("rule", RULES)
def test_good_generator_passes(rule: str, conformance_host: Host, tmp_path: Path) -> None:
    weights = tmp_path / "good.weights"
    weights.write_bytes(b"weights!")
    run(ToyConformance(with_card(weights=WEIGHTS), {"networks": weights}), rule, conformance_host, tmp_path)


@pytest.mark.parametrize(
    ("make", "rule", "message"),
    [
        (with_card(api_version=99), "test_card_describes_the_model", "another version"),
        (with_card(takes=(("photo",),)), "test_card_describes_the_model", "contains speech"),
        (with_card(presets=("paper",)), "test_card_describes_the_model", "no preset compact"),
        (
            with_card(weights=(WeightFile(name="a", preset="compact", path="a"),)),
            "test_card_describes_the_model",
            "without SHA-256: a",
        ),
        (taking(toys.IgnoresSeed), "test_same_seed_gives_same_frames", "two runs with seed 3"),
        (taking(toys.RoundsTime), "test_any_time_grid", "is stamped"),
        (taking(toys.SkipsFrames), "test_any_time_grid", "instants gave"),
        (taking(toys.GivesFloats), "test_any_time_grid", "not uint8"),
        (taking(toys.GivesHalfSize), "test_any_time_grid", "crop size is 128"),
        (taking(toys.MasksBeyondOne), "test_any_time_grid", "leaves 0..1"),
        (taking(toys.CountsFrames), "test_grids_agree_where_they_meet", "they differ by up to"),
        (taking(toys.CountsFrames), "test_later_window_equals_full_run", "a later window"),
        (taking(toys.RemembersLastFrame), "test_later_window_equals_full_run", "they differ by up to"),
        (taking(toys.StartsOver), "test_late_window_reads_little", "s of speech"),
        (taking(toys.ReadsAllTimes), "test_times_are_read_lazily", "read it lazily"),
        (taking(toys.ReadsAhead), "test_times_are_read_lazily", "s ahead, the card says 0"),
        (taking(toys.NeverRests), "test_mouth_rests_in_silence", "moves in silence"),
        (taking(toys.NeverMoves), "test_mouth_rests_in_silence", "hardly moves"),
        (taking(toys.Drifts), "test_ten_minutes_of_speech", "drift apart"),
        (taking(toys.KeepsFrames), "test_memory_does_not_grow", "MB behind"),
        (taking(toys.OptionBreaks), "test_options_are_validated", "side=left"),
        (taking(toys.TrustsCache), "test_cache_changes_no_frame", "no cache and a damaged one"),
        (taking(toys.WritesIntoCrops), "test_inputs_are_left_alone", "wrote into"),
        (taking(toys.HoldsNetwork), "test_closing_releases_memory", "still held"),
        (taking(toys.HoldsTensors), "test_closing_releases_memory", "still held"),
    ],
)
def test_broken_generator_fails(make: Any, rule: str, message: str, conformance_host: Host, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=message):
        run(ToyConformance(make), rule, conformance_host, tmp_path)


def test_generator_that_needs_long_speech_fails(conformance_host: Host) -> None:
    with pytest.raises(ValueError, match="window larger"):
        ToyConformance(taking(toys.NeedsOneSecond)).test_half_a_second_of_speech(conformance_host)


@pytest.mark.parametrize(
    ("make", "rule"),
    [(toys.AcceptsNoFace, "test_missing_face_is_refused"), (toys.BelievesWeights, "test_wrong_weights_are_refused")],
)
def test_missing_refusal_fails(make: Any, rule: str, conformance_host: Host, tmp_path: Path) -> None:
    weights = {"networks": tmp_path / "good.weights"}
    weights["networks"].write_bytes(b"weights!")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        run(ToyConformance(make, weights), rule, conformance_host, tmp_path)


class ToyPortraitConformance(PortraitConformance):
    def __init__(self, kind: type[toys.ToyPortraits] = toys.ToyPortraits) -> None:
        self.kind = kind

    def create(self, host: Host) -> PortraitGenerator:
        return self.kind()

    def options(self, host: Host, *, seed: int = 0) -> Options:
        return Options(seed=seed)


@pytest.mark.parametrize("rule", [name for name in dir(PortraitConformance) if name.startswith("test_")])
def test_good_portraits_pass(rule: str, conformance_host: Host, tmp_path: Path) -> None:
    run(ToyPortraitConformance(), rule, conformance_host, tmp_path)


@pytest.mark.parametrize(
    ("kind", "rule", "message"),
    [
        (toys.PortraitsWithoutSeed, "test_same_seed_gives_same_portraits", "differ"),
        (toys.SamePortrait, "test_portraits_are_endless_and_differ", "repeated"),
        (toys.OnePortrait, "test_portraits_are_endless_and_differ", "only 1"),
        (toys.WidePortraits, "test_portraits_are_pictures", "pixels are"),
        (toys.ListensToAll, "test_long_speech_is_not_read_whole", "read 610 s of speech"),
    ],
)
def test_broken_portraits_fail(kind: Any, rule: str, message: str, conformance_host: Host, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=message):
        run(ToyPortraitConformance(kind), rule, conformance_host, tmp_path)


def test_one_line_in_a_plugin_is_enough(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from talkface_studio.api.testing import GeneratorConformance

        class TestConformance(GeneratorConformance):
            model = "a model that nobody has"
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=len(RULES))
    result.stdout.fnmatch_lines(["*no model named 'a model that nobody has'*"])
