"""An installer whose trial only takes notes; what a worker makes of a plugin is tested with the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from installing import Setting
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing.candidate import Candidate
from talkface_studio.plugin_host.installing.installer import Installer
from talkface_studio.plugin_host.installing.uv import PackageSource
from talkface_studio.plugin_host.store.values import InstalledPlugin


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A folder of wheels that stands for the package index."""
    folder = tmp_path / "links"
    folder.mkdir()
    return folder


@pytest.fixture
def setting(tmp_path: Path, links: Path) -> Setting:
    setting: Setting

    def agree(candidate: Candidate) -> bool:
        setting.asked.append(candidate)
        return setting.agrees

    def trial(plugin: InstalledPlugin) -> None:
        setting.tried.append(plugin)
        setting.trial(plugin)

    folders = Folders.under(tmp_path / "home")
    packages = PackageSource(cache=tmp_path / "uv", offline=True, folders=(links,))
    installer = Installer(folders=folders, packages=packages, trial=trial, agree=agree, report=lambda words: None)
    setting = Setting(installer)
    return setting
