"""Folders come from the option, the environment or the system, in this order."""

from pathlib import Path

import pytest

from talkface_studio.plugin_host.folders import find_folders


def test_home_holds_everything(tmp_path: Path) -> None:
    folders = find_folders(tmp_path, {"TALKFACE_HOME": "/elsewhere"})
    for folder in (folders.data, folders.cache, folders.config, folders.weights, folders.encoders):
        assert folder.is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


def test_environment_stands_in_for_home(tmp_path: Path) -> None:
    assert find_folders(None, {"TALKFACE_HOME": str(tmp_path)}) == find_folders(tmp_path, {})


def test_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_folders(Path("here"), {}).data == tmp_path / "here" / "data"


def test_system_places_name_the_studio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folders = find_folders(None, {"TALKFACE_HOME": ""})
    assert {"talkface-studio"} == {path.name for path in (folders.data, folders.cache, folders.config)}
