"""`talkface models`: cards, and what this machine can run."""

from pathlib import Path

import pytest

import toy_plugins
from command_line import Talkface
from talkface_studio.dubbing import assets

OWN = """
[[weights]]
name = "networks"
preset = "paper"
path = "toy/paper.bin"
bundled = false
"""


def test_nothing_installed(talkface: Talkface) -> None:
    answer = talkface("models")
    assert answer.code == 0
    assert "no models are installed" in answer.out
    assert talkface("models", "--json").document == {"models": [], "failures": [], "blocked": [], "disabled": []}


def test_list(talkface: Talkface, site: Path) -> None:
    toy_plugins.install_model(site, "beta", priority=1, tables=OWN)
    toy_plugins.install_model(site, "alpha")
    lines = talkface("models").out.splitlines()
    assert lines[0].split()[:3] == ["model", "version", "takes"]
    assert [line.split()[0] for line in lines[1:]] == ["beta", "alpha"]
    assert "speech + photo, speech + video" in lines[1]
    documents = {model["name"]: model for model in talkface("models", "--json").document["models"]}
    assert documents["beta"]["runnable"] == ["compact"]
    assert documents["alpha"]["runnable"] == ["compact", "paper"]


def test_one_in_full(talkface: Talkface, site: Path) -> None:
    toy_plugins.install_model(site, "toy", tables=OWN)
    text = talkface("models", "toy").out
    for words in (
        "Toy (toy 1.0)",
        "--option strength=1.0  number 0..2",
        "--option soft=false  true | false",
        "--option side=both  left | right | both",
        "--option grain=0  integer",
        "preset compact: runs here",
        "preset paper: does not run here",
        "weights networks: missing; run: talkface weights convert toy CHECKPOINT...",
    ):
        assert words in text


def test_own_weights_make_it_run(talkface: Talkface, site: Path, home: Path) -> None:
    toy_plugins.install_model(site, "toy", tables=OWN)
    path = home / "data" / "weights" / "toy" / "paper.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights!")
    assert talkface("models", "toy", "--json").document["runnable"] == ["compact", "paper"]


def test_missing_files_of_others_are_named(
    talkface: Talkface, site: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_plugins.install_model(site, "toy", more='speech_features = ["log_mel", "whisper-tiny.en", "wav2vec2"]')
    monkeypatch.setattr(assets, "find_spec", lambda name: None)
    problems = talkface("models", "toy", "--json").document["problems"]["compact"]
    assert len(problems) == 3
    assert "talkface weights fetch face-landmarker" in problems[0]
    assert "talkface weights fetch whisper-tiny.en" in problems[1]
    assert str(home / "data" / "encoders" / "wav2vec2") in problems[2]


def test_own_encoder_stands_in(talkface: Talkface, site: Path, home: Path) -> None:
    toy_plugins.install_model(site, "toy", more='speech_features = ["wav2vec2"]')
    encoder = home / "data" / "encoders" / "wav2vec2"
    encoder.mkdir(parents=True)
    (encoder / "config.json").write_text("{}")
    assert talkface("models", "toy", "--json").document["problems"] == {}


def test_too_little_memory(talkface: Talkface, site: Path) -> None:
    toy_plugins.install_model(site, "toy", more="memory_mb = 99999999")
    assert "needs about 99999999 MB" in talkface("models", "toy").out


def test_unknown_model(talkface: Talkface, toy: str) -> None:
    answer = talkface("models", "lost")
    assert answer.code == 2
    assert "no model named 'lost'; installed: toy" in answer.line
