"""`talkface doctor`: everything it looks at, and advice instead of failure."""

from pathlib import Path

import pytest

import toy_plugins
from command_line import Talkface
from talkface_studio import __version__
from talkface_studio.cli import examination
from talkface_studio.dubbing import assets


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the largest file, which takes most of the time."""
    small = {name: asset for name, asset in assets.ASSETS.items() if asset.size < 5e6}
    monkeypatch.setattr(examination, "ASSETS", small)


def test_healthy_machine(talkface: Talkface, toy: str, home: Path) -> None:
    document = talkface("doctor", "--json").document
    assert document["talkface"] == __version__
    assert document["packages"]["numpy"]
    assert document["codecs"]["h264"]["encoder"] == "libx264"
    assert {"h264_nvenc", "hevc_videotoolbox"} <= set(document["hardware_encoders"])
    assert {asset["state"] for asset in document["assets"].values()} == {"ok"}
    assert document["models"]["toy"]["presets"] == {"compact": [], "paper": []}
    assert document["plugins"][0]["state"] == "ok"
    assert document["folders"]["cache"] == {"path": str(home / "cache"), "exists": False, "bytes": 0}
    assert document["devices"]["cpu_threads"] >= 1
    assert document["advice"] == []
    assert not home.exists()


def test_in_words(talkface: Talkface, toy: str) -> None:
    answer = talkface("doctor")
    assert answer.code == 0
    assert "everything is fine" in answer.out
    assert "codec h264" in answer.out


def test_sizes_of_folders(talkface: Talkface, toy: str, home: Path) -> None:
    (home / "cache" / "deep").mkdir(parents=True)
    (home / "cache" / "deep" / "file").write_bytes(bytes(1000))
    assert talkface("doctor", "--json").document["folders"]["cache"]["bytes"] == 1000


def test_missing_things_become_advice(talkface: Talkface, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy_plugins.install(site, "broken_plugin", "import no_such_module_here")
    monkeypatch.setattr(assets, "find_spec", lambda name: None)
    monkeypatch.setattr(examination, "PACKAGES", (*examination.PACKAGES, "no-such-package-here"))
    answer = talkface("doctor", "--json")
    assert answer.code == 0
    advice = "\n".join(answer.document["advice"])
    for words in (
        "pip install no-such-package-here",
        "talkface weights fetch face-landmarker",
        "no_such_module_here",
        "no models are installed",
    ):
        assert words in advice


def test_plugin_that_stops_loading_does_not_stop_doctor(talkface: Talkface, site: Path) -> None:
    hook = "from talkface_studio.api.hookspecs import hookimpl\n@hookimpl\ndef talkface_paint(frame): ...\n"
    toy_plugins.install(site, "odd_plugin", hook)
    assert talkface("models").code == 2
    answer = talkface("doctor", "--json")
    assert answer.code == 0
    assert any("talkface_paint" in line and "TALKFACE_SAFE=1" in line for line in answer.document["advice"])
    answer = talkface("--safe", "doctor", "--json")
    assert answer.document["plugins"] == [
        {"name": "odd_plugin", "package": "odd-plugin", "state": "left out by safe mode"}
    ]


def test_damaged_bundled_weights(talkface: Talkface, site: Path) -> None:
    digest = "0" * 64
    tables = "".join(
        f'[[weights]]\nname = "networks"\npreset = "{preset}"\npath = "toy.bin"\nsha256 = "{digest}"\n'
        for preset in ("compact", "paper")
    )
    toy_plugins.install_model(site, "toy", tables=tables)
    (site / "toy.bin").write_bytes(b"weights?")
    document = talkface("doctor", "--json").document
    assert document["weights"][0]["state"] == "mismatch"
    assert any("bundled weights networks: mismatch" in line for line in document["advice"])
