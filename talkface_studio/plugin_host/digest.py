"""What the code of a model's plugin is, as a short text."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from talkface_studio.plugin_host.store.content import package_files
from talkface_studio.plugin_host.store.record import read_record
from talkface_studio.plugin_host.store.values import InstalledPlugin
from talkface_studio.plugin_host.weights import file_sha256


def generator_digest(folder: Path, installed: InstalledPlugin | None = None) -> str:
    """SHA-256 of a plugin: of what was installed, or of the Python files in the folder of one that is bundled.

    Neither changes while this process runs: an update of an installed plugin has a folder of its own, and the code of a
    bundled one is loaded once.

    Raises:
        PluginError: the record of an installed plugin is missing or damaged.
    """
    return _installed_digest(installed.folder) if installed is not None else _code_digest(folder)


@lru_cache(maxsize=256)
def _installed_digest(folder: Path) -> str:
    return read_record(folder).sha256


@lru_cache(maxsize=256)
def _code_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in package_files(folder):
        if path.suffix == ".py":
            digest.update(f"{file_sha256(path)}  {path.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()
