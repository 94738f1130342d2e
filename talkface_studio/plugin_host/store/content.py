"""The SHA-256 of a plugin's files, the same whether they came as a wheel, a zip or a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from talkface_studio.plugin_host.weights import file_sha256

SIGNATURE = "plugin.sig"
_LEFT_OUT = {"__pycache__", SIGNATURE}


def content_sha256(site: Path, own: Iterable[str]) -> str:
    """Of the names and contents of all files below the plugin's own folders; metadata of wheels is left out.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    tops = (top for top in sorted(own) if not top.endswith(".dist-info"))
    for path in (path for top in tops for path in package_files(site / top)):
        digest.update(f"{file_sha256(path)}  {path.relative_to(site).as_posix()}\n".encode())
    return digest.hexdigest()


def package_files(top: Path) -> list[Path]:
    """The files of a package in a fixed order, without compiled ones and the signature itself."""
    if top.is_file():
        return [top]
    found = (path for path in top.rglob("*") if path.is_file() and not _LEFT_OUT.intersection(path.parts))
    return sorted(found, key=lambda path: path.relative_to(top).as_posix())
