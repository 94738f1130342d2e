"""Unpacking a wheel, a zip or a folder into a site folder. Nothing of it is run, and nothing leaves the folder."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import FILE_NAME as MANIFEST

LARGEST = 4 << 30
"""Bytes of a plugin's files, unpacked."""
MOST_FILES = 20_000
_DEPTH = 3
_LEFT_OUT = {"__pycache__", ".git", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache"}


def unpack_wheel(path: Path, site: Path) -> None:
    """Unpack a wheel that fits this Python, comparing every file with the SHA-256 that its RECORD names.

    Raises:
        PluginError: it is damaged, made for another system, or a hash is missing or wrong.
    """
    try:
        tags = parse_wheel_filename(path.name)[3]
    except InvalidWheelFilename as error:
        raise PluginError(f"{path}: {error}; a wheel is named package-version-python-abi-platform.whl") from error
    if not tags & set(sys_tags()):
        made_for = ", ".join(sorted(map(str, tags)))
        raise PluginError(f"{path}: was made for another Python or system ({made_for}); ask its publisher for another")
    with _opened(path) as archive:
        names = _checked_names(archive, path)
        hashes = _record(archive, path, names)
        for name in names:
            target = _place_in_site(PurePosixPath(name))
            if target is not None:
                _extract(archive, name, site / target, path, hashes)


def unpack_zip(path: Path, site: Path) -> None:
    """Unpack the package that holds plugin.toml.

    Raises:
        PluginError: it is damaged, or holds no or more than one plugin.toml.
    """
    with _opened(path) as archive:
        names = _checked_names(archive, path)
        package = _one_package(path, [PurePosixPath(name).parent for name in names if _is_manifest(name)])
        for name in names:
            pure = PurePosixPath(name)
            if pure.is_relative_to(package) and not _LEFT_OUT.intersection(pure.parts):
                _extract(archive, name, site / package.name / pure.relative_to(package), path)


def copy_folder(path: Path, site: Path) -> None:
    """Copy the package that holds plugin.toml: in the folder itself or at most two folders below it.

    Raises:
        PluginError: it holds no or more than one plugin.toml, a link, or too much.
    """
    root = path.resolve()
    found = [PurePosixPath(each.relative_to(root).parent.as_posix()) for each in _manifests(root)]
    source = root / _one_package(path, found)
    size = 0
    for number, file in enumerate(sorted(source.rglob("*"))):
        relative = file.relative_to(source)
        if _LEFT_OUT.intersection(relative.parts):
            continue
        if file.is_symlink():
            raise PluginError(f"{file}: is a link; a plugin holds its files itself")
        if file.is_file():
            size += file.stat().st_size
            _check_size(path, number, size)
            target = site / source.name / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _manifests(root: Path) -> Iterator[Path]:
    for pattern in (MANIFEST, f"*/{MANIFEST}", f"*/*/{MANIFEST}"):
        for found in root.glob(pattern):
            if not _LEFT_OUT.intersection(found.relative_to(root).parts):
                yield found


def _is_manifest(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[-1] == MANIFEST and 1 < len(parts) <= _DEPTH + 1


def _one_package(path: Path, found: list[PurePosixPath]) -> PurePosixPath:
    if len(found) != 1:
        what = f"holds {len(found)} of them: {', '.join(map(str, found))}" if found else "holds none"
        raise PluginError(f"{path}: a plugin has one {MANIFEST}, beside the __init__.py of its package; this {what}")
    return found[0]


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise PluginError(f"{path}: is damaged or no zip archive: {error}; fetch it again") from error


def _checked_names(archive: zipfile.ZipFile, path: Path) -> list[str]:
    """The files of an archive, none of which would land outside of where it is unpacked."""
    size = 0
    names = []
    for info in archive.infolist():
        pure = PurePosixPath(info.filename)
        if pure.is_absolute() or ".." in pure.parts or "\\" in info.filename or ":" in info.filename:
            raise PluginError(f"{path}: {info.filename!r} would be written outside of the plugin's folder; refused")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise PluginError(f"{path}: {info.filename!r} is a link; a plugin holds its files itself")
        if not info.is_dir():
            size += info.file_size
            names.append(info.filename)
            _check_size(path, len(names), size)
    return names


def _check_size(path: Path, files: int, size: int) -> None:
    if size > LARGEST or files > MOST_FILES:
        raise PluginError(f"{path}: unpacks to more than {LARGEST >> 30} GiB or {MOST_FILES} files; refused")


def _extract(
    archive: zipfile.ZipFile, name: str, target: Path, path: Path, hashes: dict[str, str] | None = None
) -> None:
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(name) as source, target.open("xb") as file:
            while block := source.read(1 << 20):
                digest.update(block)
                file.write(block)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise PluginError(f"{path}: {name} is damaged: {error}; fetch it again") from error
    except FileExistsError:
        raise PluginError(f"{path}: {name} is in it twice; refused") from None
    if hashes is not None and not name.endswith(".dist-info/RECORD"):
        actual = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
        if hashes.get(name) != f"sha256={actual}":
            wrong = "its SHA-256 is missing from" if name not in hashes else "its SHA-256 is not the one in"
            raise PluginError(f"{path}: {name}: {wrong} the wheel's RECORD; fetch the wheel again from its publisher")


def _record(archive: zipfile.ZipFile, path: Path, names: list[str]) -> dict[str, str]:
    records = [name for name in names if name.endswith(".dist-info/RECORD") and name.count("/") == 1]
    if len(records) != 1:
        raise PluginError(f"{path}: is no wheel: its RECORD is missing; build it with: pip wheel --no-deps FOLDER")
    try:
        text = archive.read(records[0]).decode()
    except (UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise PluginError(f"{path}: {records[0]} is damaged: {error}; fetch it again") from error
    return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) >= 2 and row[1]}


def _place_in_site(name: PurePosixPath) -> PurePosixPath | None:
    """Where a file of a wheel belongs; None for what belongs to no package, such as scripts."""
    if not name.parts[0].endswith(".data"):
        return name
    if len(name.parts) > 2 and name.parts[1] in {"purelib", "platlib"}:
        return PurePosixPath(*name.parts[2:])
    return None
