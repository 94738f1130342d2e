"""Values on the command line, read exactly or refused."""

import click
import pytest

from talkface_studio.cli.parameters import parse_face_at, parse_pairs, parse_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("12.4", 12.4), ("1:02.5", 62.5), ("1:00:02.5", 3602.5), ("-3.5", -3.5), ("90", 90.0), ("0:59", 59.0)],
)
def test_seconds(text: str, seconds: float) -> None:
    assert parse_seconds(text) == pytest.approx(seconds, abs=1e-12)


@pytest.mark.parametrize("text", ["", "a", "1:60", "1:2:3:4", "nan", "inf", "1:-2", "--3", "1.5:10", ":10", "1:60:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_seconds(text)


@pytest.mark.parametrize(
    ("text", "point"), [("320,180@2.5", (320, 180, 2.5)), ("1.5,2", (1.5, 2, 0)), ("0,0@1:10", (0, 0, 70))]
)
def test_face_at(text: str, point: tuple[float, float, float]) -> None:
    assert parse_face_at(text) == point


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b@1", "1,2@x", "-1,2@0", "nan,1@0", "inf,1", "1,2@-1"])
def test_what_is_no_face_at(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_face_at(text)


def test_pairs() -> None:
    assert parse_pairs(["a=1", " b = x=y ", "c="], "--option") == {"a": "1", "b": "x=y", "c": ""}


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a=1", "a=2"]])
def test_what_is_no_pair(pairs: list[str]) -> None:
    with pytest.raises(click.BadParameter):
        parse_pairs(pairs, "--option")
