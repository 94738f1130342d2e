"""Installing, updating, rolling back, rebuilding, removing: what is on the disk after each."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from installing import Setting
from plugin_packages import build_wheel, module_wheel, write_plugin
from talkface_studio.api.errors import ModelNotFoundError, PluginError
from talkface_studio.plugin_host.catalog import load_catalog
from talkface_studio.plugin_host.installing import installer as installer_module
from talkface_studio.plugin_host.installing.installer import DeclinedError
from talkface_studio.plugin_host.store.listing import read_list
from talkface_studio.plugin_host.trust import Trust


def wheel(tmp_path: Path, version: str = "1.0", **values: object) -> Path:
    package = write_plugin(tmp_path / f"source-{version}", version=version, **values)  # type: ignore[arg-type]
    return build_wheel(package, tmp_path / "wheels", version)


def test_a_wheel_becomes_exactly_these_files(setting: Setting, tmp_path: Path) -> None:
    path = wheel(tmp_path)
    entry = setting.installer.install(str(path))
    folder = f"darkener/{entry.current}"
    site = f"{folder}/site"
    assert {name for name in setting.files() if "__pycache__" not in name} == {
        "plugins.toml",
        f"{folder}/installed.toml",
        f"{folder}/requirements.lock",
        *(f"{site}/darkener/{name}" for name in ("__init__.py", "generator.py", "plugin.toml")),
        *(f"{site}/darkener-1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL")),
    }
    assert (entry.source, entry.enabled, entry.previous) == (str(path), True, "")
    assert [plugin.trust for plugin in setting.tried] == [Trust.UNKNOWN]


def test_wheel_zip_and_folder_are_the_same_plugin(setting: Setting, tmp_path: Path) -> None:
    package = write_plugin(tmp_path / "source")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "old.pyc").write_bytes(b"old")
    archive = shutil.make_archive(str(tmp_path / "darkener"), "zip", tmp_path / "source")
    path = build_wheel(package, tmp_path / "wheels", "1.0")
    hashes = {setting.installer.inspect(str(source)).sha256 for source in (path, archive, tmp_path / "source", package)}
    assert len(hashes) == 1
    assert setting.tried == []
    assert not setting.root.exists()


def test_update_keeps_the_version_before_and_rollback_comes_back(setting: Setting, tmp_path: Path) -> None:
    first = setting.installer.install(str(wheel(tmp_path)))
    setting.installer.store.enable("darkener", enabled=False)
    before = setting.files()
    assert setting.installer.update("darkener") is None
    assert setting.files() == before
    newer = wheel(tmp_path, "2.0", pixels="crop.pixels // 3")
    second = setting.installer.update("darkener", str(newer))
    assert second is not None
    assert (second.version, second.previous, second.enabled) == ("2.0", first.current, False)
    assert len(setting.asked) == 1, "an update that asks for nothing new asks nobody"
    with setting.installer.store.changing():
        back = setting.installer.store.rollback("darkener")
    assert (back.version, back.source, back.previous) == ("1.0", first.source, second.current)
    assert {name: data for name, data in setting.files().items() if second.current not in name}.keys() == before.keys()
    third = setting.installer.install(str(wheel(tmp_path, "3.0", pixels="crop.pixels // 4")))
    assert third.previous == first.current
    assert not (setting.root / "darkener" / second.current).exists(), "one version before is kept, not two"


def test_an_update_that_asks_for_more_asks_again(setting: Setting, tmp_path: Path) -> None:
    setting.installer.install(str(wheel(tmp_path)))
    before = setting.files()
    setting.agrees = False
    with pytest.raises(DeclinedError, match=r"darkener 2\.0 was not installed"):
        setting.installer.update("darkener", str(wheel(tmp_path, "2.0", permissions="network = true")))
    assert setting.files() == before


def test_remove_leaves_no_file(setting: Setting, tmp_path: Path) -> None:
    more = '[[generator.weights]]\nname = "n"\npreset = "paper"\npath = "darkener/n.safetensors"\nbundled = false\n'
    folders = setting.installer.folders
    setting.installer.install(str(wheel(tmp_path, more='presets = ["compact", "paper"]\n' + more)))
    made, cached = folders.weights / "darkener" / "n.safetensors", folders.models / "darkener" / "kept"
    for path in (made, cached):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    assert setting.installer.remove("darkener") == (made,)
    assert [path for path in folders.data.rglob("*") if path.is_file()] == [made]
    assert not cached.parent.exists()
    with pytest.raises(PluginError, match="no plugin 'darkener' is installed; installed: none"):
        setting.installer.remove("darkener")


def test_what_fails_in_its_trial_is_not_installed(setting: Setting, tmp_path: Path) -> None:
    setting.installer.install(str(wheel(tmp_path)))
    before = setting.files()

    def fails(plugin: object) -> None:
        raise PluginError("it gave a face of 1 x 1 pixels")

    setting.trial = fails
    with pytest.raises(PluginError, match="1 x 1"):
        setting.installer.install(str(wheel(tmp_path, "2.0", pixels="crop.pixels[:1, :1]")))
    assert setting.files() == before


def test_requirements_of_the_studio_are_shared(setting: Setting, tmp_path: Path) -> None:
    entry = setting.installer.install(str(wheel(tmp_path, requirements=("numpy>=2", "torch", "talkface-studio"))))
    assert set(setting.installer.store.record(entry).shared) == {"numpy", "torch"}
    assert (setting.root / "darkener" / entry.current / "requirements.lock").read_text() == ""
    assert not (setting.root / "darkener" / entry.current / "site" / "numpy").exists()


def test_two_plugins_have_contradicting_packages(setting: Setting, tmp_path: Path, links: Path) -> None:
    for version in ("1.0", "2.0"):
        module_wheel(links, "tinydep", version)
    module_wheel(links, "click", "0.1")
    sites = []
    for name, requirements in (("old", ("tinydep<2", "click<1", "numpy")), ("new", ("tinydep>=2", "click"))):
        package = write_plugin(tmp_path / name, name, requirements=requirements)
        entry = setting.installer.install(str(build_wheel(package, tmp_path / "wheels", "1.0")))
        sites.append(setting.root / name / entry.current / "site")
        lock = (sites[-1].parent / "requirements.lock").read_text()
        assert f"tinydep=={'1.0' if name == 'old' else '2.0'}" in lock
        assert "--hash=sha256:" in lock
    assert 'VERSION = "1.0"' in (sites[0] / "tinydep.py").read_text()
    assert 'VERSION = "2.0"' in (sites[1] / "tinydep.py").read_text()
    assert (sites[0] / "click.py").exists(), "where the studio's package contradicts, the plugin has its own"
    assert not (sites[1] / "click.py").exists()
    assert not (sites[0] / "numpy").exists()


def test_a_wheel_that_is_not_the_locked_one_is_refused(
    setting: Setting, tmp_path: Path, links: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module_wheel(links, "tinydep", "1.0")
    real = subprocess.run

    def changed_meanwhile(words: list[str], **options: object) -> object:
        if "install" in words:
            shutil.rmtree(tmp_path / "uv")
            module_wheel(links, "tinydep", "1.0", "evil = True\n")
        return real(words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", changed_meanwhile)
    with pytest.raises(PluginError, match=r"plugin darkener: its requirements cannot be met.*[Hh]ash"):
        setting.installer.install(str(wheel(tmp_path, requirements=("tinydep",))))
    assert setting.files() == {}


def test_requirements_that_nothing_meets(setting: Setting, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"plugin darkener: its requirements cannot be met \(--offline.*tinydep"):
        setting.installer.install(str(wheel(tmp_path, requirements=("tinydep",))))
    with pytest.raises(PluginError, match=r"its requirements cannot be met.*pydantic"):
        setting.installer.install(str(wheel(tmp_path, requirements=("pydantic<2",))))


def test_by_name_from_the_index(setting: Setting, links: Path, tmp_path: Path) -> None:
    for version in ("1.0", "1.1"):
        build_wheel(write_plugin(tmp_path / version, version=version), links, version)
    assert setting.installer.install("darkener==1.0").version == "1.0"
    updated = setting.installer.update("darkener")
    assert updated is not None
    assert (updated.version, updated.source) == ("1.1", "darkener")
    with pytest.raises(PluginError, match="nosuch: cannot be fetched"):
        setting.installer.install("nosuch")


def test_the_list_rebuilds_everything(setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = setting.installer.install(str(wheel(tmp_path, requirements=("numpy",))))
    store = setting.installer.store
    assert setting.installer.rebuild(entry) is None
    # The studio was updated: another numpy, so the plugin is built and tried again from the files that are here.
    host = dict(installer_module.host_packages(), numpy="9.9")
    monkeypatch.setattr(installer_module, "host_packages", lambda: host)
    Path(entry.source).unlink()
    assert not setting.installer.fits_host(entry)
    rebuilt = setting.installer.rebuild(entry)
    assert rebuilt is not None
    assert (rebuilt.sha256, rebuilt.previous) == (entry.sha256, "")
    assert len(setting.tried) == 2
    assert len(setting.asked) == 1
    # Its files were lost: they come from the source, and only if they are the same.
    shutil.rmtree(setting.root / "darkener")
    with pytest.raises(PluginError, match="is not there any more"):
        setting.installer.rebuild(rebuilt)
    wheel(tmp_path, requirements=("numpy",), pixels="crop.pixels // 5")
    with pytest.raises(PluginError, match=r"holds other files than those that were installed as darkener 1\.0"):
        setting.installer.rebuild(rebuilt)
    wheel(tmp_path, requirements=("numpy",))
    assert setting.installer.rebuild(rebuilt) is not None
    assert store.installed(store.entry("darkener")).manifest.version == "1.0"


def test_a_list_of_another_machine(setting: Setting, tmp_path: Path) -> None:
    setting.installer.install(str(wheel(tmp_path)))
    setting.installer.store.enable("darkener", enabled=False)
    copy = Path(shutil.copy(setting.root / "plugins.toml", tmp_path))
    setting.installer.remove("darkener")
    for entry in read_list(copy):
        setting.installer.rebuild(entry)
    assert len(setting.asked) == 2, "on a new machine the user is asked"
    assert not setting.installer.store.entry("darkener").enabled


def test_only_the_file_that_was_asked_for(setting: Setting, tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with pytest.raises(PluginError, match="not the one that you gave: refused"):
        setting.installer.install(str(path), sha256="0" * 64)
    setting.installer.install(str(path), sha256=setting.installer.inspect(str(path)).sha256.upper())


def test_installed_models_are_in_the_catalog(setting: Setting, tmp_path: Path) -> None:
    folders = setting.installer.folders
    setting.installer.install(str(wheel(tmp_path)))
    catalog = load_catalog(found=(), folders=folders, environ={})
    assert [card.name for card in catalog.cards()] == ["darkener"]
    plugin = catalog.installed_plugin("darkener")
    assert plugin is not None
    assert catalog.folder("darkener") == plugin.package
    assert catalog.generator("darkener").card == plugin.manifest.card("darkener")
    safe = load_catalog(found=(), folders=folders, environ={"TALKFACE_SAFE": "1"})
    with pytest.raises(ModelNotFoundError, match=r"left out by safe mode \(TALKFACE_SAFE\): darkener"):
        safe.card("darkener")
    setting.installer.store.enable("darkener", enabled=False)
    with pytest.raises(ModelNotFoundError, match="run: talkface plugins enable darkener"):
        load_catalog(found=(), folders=folders, environ={}).card("darkener")
    plugin.package.joinpath("plugin.toml").write_text("broken")
    (failure,) = load_catalog(found=(), folders=folders, environ={}).failures
    assert failure.reason.startswith("plugin darkener 1.0: ")
