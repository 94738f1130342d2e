"""Which plugins load, which are left out, and which stop the loading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import toy_plugins
from talkface_studio.api.errors import ModelNotFoundError, PluginError
from talkface_studio.plugin_host.catalog import Catalog, load_catalog
from talkface_studio.plugin_host.discovery import FoundPlugin, find_plugins
from talkface_studio.plugin_host.presence import is_bundled, safe_mode, third_party_installed

Find = Callable[[], tuple[FoundPlugin, ...]]
Load = Callable[[], Catalog]

HOOK = "from talkface_studio.api.hookspecs import hookimpl\n\n\n@hookimpl\n"


def test_finds_installed_plugins_without_importing_them(site: Path, found: Find) -> None:
    toy_plugins.install(site, "loud_plugin", "raise AssertionError('imported')", version="2.5")
    assert found() == (FoundPlugin("loud_plugin", "loud_plugin", "loud-plugin", "2.5"),)


def test_bundled_plugins_come_first_and_through_the_same_door(site: Path) -> None:
    toy_plugins.install_model(site, "aaa")
    names = [plugin.distribution for plugin in find_plugins()]
    assert names.index("talkface-atvg") < names.index("aaa-plugin")


@pytest.mark.parametrize("name", ["talkface-atvg", "talkface_atvg", "TalkFace.ATVG"])
def test_bundled_names_are_normalised(name: str) -> None:
    assert is_bundled(name)


@pytest.mark.parametrize("name", ["", "talkface", "talkface-atvg-extra", "my-talkface-atvg"])
def test_other_names_are_third_party(name: str) -> None:
    assert not is_bundled(name)


@pytest.mark.parametrize(("value", "safe"), [("1", True), ("yes", True), ("0", False), ("", False), ("false", False)])
def test_safe_mode_variable(value: str, safe: bool) -> None:
    assert safe_mode({"TALKFACE_SAFE": value}) is safe


def test_safe_mode_imports_no_third_party_plugin(site: Path, found: Find) -> None:
    toy_plugins.install(site, "loud_plugin", "raise AssertionError('imported')")
    for catalog in (
        load_catalog(found=found(), environ={"TALKFACE_SAFE": "1"}),
        load_catalog(found=found(), third_party=False, environ={}),
    ):
        assert [plugin.name for plugin in catalog.blocked] == ["loud_plugin"]
        assert not catalog.failures
        with pytest.raises(ModelNotFoundError, match=r"left out by safe mode \(TALKFACE_SAFE\): loud_plugin"):
            catalog.card("toy")


def test_safe_mode_still_loads_bundled_plugins(site: Path) -> None:
    toy_plugins.install_model(site, "toy")
    ours = FoundPlugin("toy", "toy_plugin", "talkface-atvg", "1.0")
    assert [card.name for card in load_catalog(found=[ours], third_party=False, environ={}).cards()] == ["toy"]


def test_presence_of_third_party_plugins(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKFACE_SAFE", raising=False)
    toy_plugins.install_model(site, "toy")
    assert third_party_installed()
    monkeypatch.setenv("TALKFACE_SAFE", "1")
    assert not third_party_installed()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module_here", "ModuleNotFoundError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("1 / 0", "ZeroDivisionError"),
        ("def (", "SyntaxError"),
    ],
)
def test_plugin_that_cannot_be_imported_is_recorded(site: Path, load: Load, source: str, reason: str) -> None:
    toy_plugins.install(site, "broken_plugin", source)
    toy_plugins.install_model(site, "toy")
    catalog = load()
    assert [card.name for card in catalog.cards()] == ["toy"]
    (failure,) = catalog.failures
    assert failure.found.name == "broken_plugin"
    assert reason in failure.reason
    assert "\n" not in failure.reason
    with pytest.raises(ModelNotFoundError, match="not usable: plugin broken_plugin"):
        catalog.card("lost")


def test_unknown_hook_stops_loading(site: Path, load: Load) -> None:
    toy_plugins.install(site, "odd_plugin", HOOK + "def talkface_register_frames(registrar): ...\n")
    with pytest.raises(PluginError, match=r"plugin odd_plugin .*talkface_register_frames.*TALKFACE_SAFE=1") as error:
        load()
    assert "\n" not in str(error.value)


def test_hook_with_an_unknown_parameter_stops_loading(site: Path, load: Load) -> None:
    toy_plugins.install(site, "odd_plugin", HOOK + "def talkface_job_started(work): ...\n")
    with pytest.raises(PluginError, match="work"):
        load()


def test_unmarked_hook_stops_loading(site: Path, load: Load) -> None:
    toy_plugins.install(site, "odd_plugin", "def talkface_register_generators(registrar): ...\n")
    with pytest.raises(PluginError, match="talkface_register_generators is not marked with @hookimpl"):
        load()


def test_plugin_that_breaks_while_registering_is_left_out(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "toy", source="@hookimpl\ndef talkface_register_metrics(registrar):\n    1 / 0\n")
    catalog = load()
    assert catalog.cards() == ()
    assert "failed to register: ZeroDivisionError" in catalog.failures[0].reason


def test_invalid_card_is_recorded_with_its_file(site: Path, load: Load) -> None:
    toy_plugins.install_model(site, "toy", more='colour = "red"')
    catalog = load()
    assert "toy.toml: not a valid model card" in catalog.failures[0].reason


@pytest.mark.parametrize(("version", "advice"), [(0, "update the plugin"), (2, "update talkface-studio")])
def test_other_contract_versions_are_left_out(site: Path, load: Load, version: int, advice: str) -> None:
    toy_plugins.install_model(site, "toy", more=f"api_version = {version}")
    (failure,) = load().failures
    assert f"version {version} of the plugin contract" in failure.reason
    assert advice in failure.reason


def test_a_third_party_cannot_take_a_bundled_name(site: Path) -> None:
    toy_plugins.install_model(site, "toy")
    toy_plugins.install(site, "thief_plugin", toy_plugins.REGISTERS.format(name="toy", generator="a:B", converter=None))
    ours = FoundPlugin("toy", "toy_plugin", "talkface-atvg", "1.0")
    thief = FoundPlugin("thief", "thief_plugin", "thief", "1.0")
    catalog = load_catalog(found=[ours, thief], environ={})
    assert "model toy exists already, in plugin toy" in catalog.failures[0].reason
    assert catalog.plugins[0].found is ours
    assert len(catalog.plugins) == 1
