"""torch for NVIDIA GPUs: fetched whole or not at all, and found before the application's own."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from talkface_studio import launch
from talkface_studio.api.errors import PluginError
from talkface_studio.plugin_host.folders import Folders
from talkface_studio.plugin_host.installing import cuda
from talkface_studio.plugin_host.installing.uv import PackageSource


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageSource:
    """A folder with a wheel that is named like torch, for the packaged application."""
    monkeypatch.setattr(cuda, "packaged", lambda: True)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    name = f"torch-{version('torch').partition('+')[0]}"
    with zipfile.ZipFile(wheels / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("torch/__init__.py", "gpu = True")
        wheel.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {name[6:]}\n")
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    return PackageSource(cache=tmp_path / "cache", offline=True, folders=(wheels,))


def test_it_is_fetched_preferred_and_removed(source: PackageSource, tmp_path: Path) -> None:
    folders = Folders.under(tmp_path / "home")
    path = ["own"]
    cuda.prefer_cuda(folders, path)
    assert path == ["own"]
    folder = cuda.install_cuda(folders, source)
    cuda.prefer_cuda(folders, path)
    assert path == [str(folder), "own"]
    assert [entry.name for entry in folders.data.iterdir()] == ["cuda"]
    assert cuda.remove_cuda(folders)
    assert not cuda.remove_cuda(folders)
    assert not list(folders.data.iterdir())


def test_a_failure_leaves_what_was_there(source: PackageSource, tmp_path: Path) -> None:
    folders = Folders.under(tmp_path / "home")
    folder = cuda.install_cuda(folders, source)
    next(source.folders[0].iterdir()).unlink()
    with pytest.raises(PluginError) as caught:
        cuda.install_cuda(folders, source)
    assert "\n" not in str(caught.value)
    assert (folder / "torch" / "__init__.py").is_file()
    assert [entry.name for entry in folders.data.iterdir()] == ["cuda"]


def test_outside_the_application_it_says_what_to_do_instead(tmp_path: Path) -> None:
    assert launch.interpreter() == sys.executable
    with pytest.raises(PluginError, match="Python of yours"):
        cuda.install_cuda(Folders.under(tmp_path), PackageSource(cache=tmp_path))
