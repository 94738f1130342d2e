"""Refusing files that could run code when they are loaded: pickles, in whatever they are wrapped."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from talkface_studio.api.errors import PluginError

_SUFFIXES = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill", ".pt2", ".ptl"}
_PROTOCOLS = {bytes([0x80, protocol]) for protocol in range(2, 6)}
_ADVICE = "only safetensors are loaded; its publisher can convert it with safetensors.torch.save_file"


def refuse_pickles(files: Iterable[Path], site: Path) -> None:
    """Look at the names and the contents of a plugin's files.

    Raises:
        PluginError: one is a pickle, an archive of torch.save, or an array of Python objects.
        OSError: a file cannot be read.
    """
    for path in files:
        if path.suffix.lower() in _SUFFIXES or _is_pickle(path):
            raise PluginError(f"{path.relative_to(site).as_posix()}: is a pickle, which runs code when read; {_ADVICE}")


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(256)
        if head[:2] in _PROTOCOLS:
            file.seek(-1, 2)
            return file.read(1) == b"."
    if head.startswith(b"\x93NUMPY"):
        return b"O" in head.partition(b"'descr':")[2].partition(b",")[0]
    if head.startswith(b"PK\x03\x04"):
        return _zip_holds_pickle(path)
    return False


def _zip_holds_pickle(path: Path) -> bool:
    """Whether it is what torch.save writes, or numpy.savez with objects."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if Path(name).suffix.lower() in _SUFFIXES:
                    return True
                with archive.open(name) as file:
                    head = file.read(256)
                if head[:2] in _PROTOCOLS or (
                    head.startswith(b"\x93NUMPY") and b"O" in head.partition(b"'descr':")[2].partition(b",")[0]
                ):
                    return True
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False
    return False
