"""The packages that the studio itself runs with, which plugins share where their requirements allow it."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_OURS = "talkface-"
_WHEEL = "Wheel-Version: 1.0\nGenerator: talkface-studio\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def host_python() -> str:
    """The version of this Python as compiled packages name it: "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def host_packages() -> Mapping[str, str]:
    """Name and version of every package beside the studio, without the studio and its plugins."""
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = canonicalize_name(distribution.name or "")
        if name and not name.startswith(_OURS) and _is_version(distribution.version):
            found.setdefault(name, distribution.version)
    return found


def meets(requirement: Requirement, packages: Mapping[str, str]) -> bool:
    """Whether these packages hold what is required; extras count as not held, because they ask for further ones."""
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    version = packages.get(canonicalize_name(requirement.name))
    return version is not None and not requirement.extras and requirement.specifier.contains(version, prereleases=True)


def write_stand_ins(folder: Path, packages: Mapping[str, str]) -> None:
    """A wheel for each of these packages that holds its metadata alone, so that uv reckons with it unfetched.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir()
    for name, version in packages.items():
        metadata = importlib.metadata.distribution(name).read_text("METADATA")
        if metadata:
            stem = f"{name.replace('-', '_')}-{version}"
            with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{stem}.dist-info/METADATA", metadata)
                wheel.writestr(f"{stem}.dist-info/WHEEL", _WHEEL)
                wheel.writestr(f"{stem}.dist-info/RECORD", "")


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
