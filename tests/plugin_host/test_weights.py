"""Weight files are used only when they are there and are what the card says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from talkface_studio.api.card import ModelCard, WeightFile
from talkface_studio.api.errors import OptionError, WeightsError
from talkface_studio.plugin_host.weights import check_weight, file_sha256, resolve_weights, weight_path

DATA = b"weights!"
SHA256 = hashlib.sha256(DATA).hexdigest()


def card(*weights: WeightFile) -> ModelCard:
    return ModelCard(
        name="toy",
        title="Toy",
        version="1",
        summary="",
        paper="",
        code_licence="",
        weights_licence="",
        takes=(("speech", "photo"),),
        presets=("compact", "paper"),
        weights=weights,
    )


BUNDLED = WeightFile(name="networks", preset="compact", path="weights/small.bin", sha256=SHA256)
OWN = WeightFile(
    name="networks", preset="paper", path="toy/large.bin", sha256=SHA256, bundled=False, source="large.pth"
)


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    return {"plugin_folder": tmp_path / "plugin", "weights_folder": tmp_path / "user"}


def put(weight: WeightFile, places: dict[str, Path], data: bytes = DATA) -> Path:
    path = weight_path(weight, **places)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path


def test_bundled_and_own_files_lie_apart(places: dict[str, Path]) -> None:
    assert weight_path(BUNDLED, **places) == places["plugin_folder"] / "weights/small.bin"
    assert weight_path(OWN, **places) == places["weights_folder"] / "toy/large.bin"


def test_resolves_the_files_of_the_preset_only(places: dict[str, Path]) -> None:
    path = put(BUNDLED, places)
    assert resolve_weights(card(BUNDLED, OWN), "compact", **places) == {"networks": path}


def test_unknown_preset_names_those_there_are(places: dict[str, Path]) -> None:
    with pytest.raises(OptionError, match="no preset 'huge'; it has: compact, paper"):
        resolve_weights(card(BUNDLED), "huge", **places)


def test_missing_own_weights_tell_how_to_convert(places: dict[str, Path]) -> None:
    with pytest.raises(WeightsError) as error:
        resolve_weights(card(OWN), "paper", **places)
    message = str(error.value)
    assert message.startswith(str(places["weights_folder"] / "toy/large.bin"))
    assert "talkface weights convert toy" in message
    assert "large.pth" in message


def test_missing_bundled_weights_tell_to_reinstall(places: dict[str, Path]) -> None:
    with pytest.raises(WeightsError, match="install the plugin again"):
        resolve_weights(card(BUNDLED), "compact", **places)


def test_one_changed_byte_is_refused_with_both_hashes(places: dict[str, Path]) -> None:
    path = put(BUNDLED, places, b"weights?")
    with pytest.raises(WeightsError) as error:
        resolve_weights(card(BUNDLED), "compact", **places)
    message = str(error.value)
    assert str(path) in message
    assert SHA256[:12] in message
    assert hashlib.sha256(b"weights?").hexdigest()[:12] in message
    assert "\n" not in message


def test_bundled_weights_need_a_hash_and_own_ones_do_not(places: dict[str, Path]) -> None:
    unnamed = BUNDLED.model_copy(update={"sha256": None})
    put(unnamed, places)
    with pytest.raises(WeightsError, match="names no SHA-256"):
        resolve_weights(card(unnamed), "compact", **places)
    own = OWN.model_copy(update={"sha256": None})
    path = put(own, places)
    assert resolve_weights(card(own), "paper", **places) == {"networks": path}


def test_states(places: dict[str, Path]) -> None:
    path = weight_path(BUNDLED, **places)
    assert check_weight(BUNDLED, path) == "missing"
    put(BUNDLED, places)
    assert check_weight(BUNDLED, path) == "ok"
    assert check_weight(BUNDLED.model_copy(update={"sha256": None}), path) == "unchecked"
    path.write_bytes(b"")
    assert check_weight(BUNDLED, path) == "mismatch"


def test_hash_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
