"""Plugins that are installed for one test only: nothing that happens to be on the machine is loaded."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from talkface_studio.plugin_host.catalog import Catalog, load_catalog
from talkface_studio.plugin_host.discovery import FoundPlugin, find_plugins


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path where `toy_plugins` installs plugins; its modules are forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in [name for name, module in sys.modules.items() if _lies_in(module, folder)]:
        del sys.modules[name]


def _lies_in(module: object, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)


@pytest.fixture
def found(site: Path) -> Callable[[], tuple[FoundPlugin, ...]]:
    """The plugins of the test's folder."""

    def find() -> tuple[FoundPlugin, ...]:
        importlib.invalidate_caches()
        return tuple(plugin for plugin in find_plugins() if (site / f"{plugin.reference}.py").exists())

    return find


@pytest.fixture
def load(found: Callable[[], tuple[FoundPlugin, ...]]) -> Callable[[], Catalog]:
    """A catalog of the plugins of the test's folder."""
    return lambda: load_catalog(found=found(), environ={})
