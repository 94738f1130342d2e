"""Whether what a plugin gives is what it was asked for, and what it is given can be read safely."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from talkface_studio.api.errors import WeightsError
from talkface_studio.api.values import RenderedFace
from talkface_studio.plugin_host.worker.parcels import Array

MOST_LANDMARKS = 5000


def checked_face(arrays: Sequence[Array], *, mask: bool, landmarks: bool, time: float, side: int) -> RenderedFace | str:
    """The rendered face of these arrays, or what is wrong with it, as the end of a sentence about the plugin."""
    if len(arrays) != 1 + mask + landmarks:
        return f"gave a face of {len(arrays)} arrays for {time:.3f} s"
    pixels, rest = arrays[0], list(arrays[1:])
    soft = rest.pop(0) if mask else None
    points = rest.pop(0) if landmarks else None
    wrong = _wrong_pixels(pixels, side) or _wrong_mask(soft, side) or _wrong_landmarks(points)
    return f"gave {wrong[0]} for {time:.3f} s{wrong[1]}" if wrong else RenderedFace(pixels, time, soft, points)


def _wrong_pixels(pixels: Array, side: int) -> tuple[str, str] | None:
    """What it is and what it is not; the instant is named between them. So do the others below."""
    if pixels.dtype != np.uint8:
        finite = "" if np.isfinite(pixels).all() else ", some of them not finite,"
        return f"a face of {pixels.dtype} pixels{finite}", ", not of uint8"
    if pixels.shape != (side, side, 3):
        return f"a face of {_size(pixels)} pixels", f", not of {side} x {side}"
    return None


def _wrong_mask(mask: Array | None, side: int) -> tuple[str, str] | None:
    if mask is None:
        return None
    if mask.shape != (side, side) or mask.dtype != np.float32:
        return f"a mask of {_size(mask)} {mask.dtype}", f", not of {side} x {side} float32"
    # NaN compares false with every bound.
    return None if mask.min() >= 0 and mask.max() <= 1 else ("a mask with values outside 0..1", "")


def _wrong_landmarks(points: Array | None) -> tuple[str, str] | None:
    if points is None:
        return None
    if points.ndim != 2 or points.shape[1] != 2 or len(points) > MOST_LANDMARKS or points.dtype != np.float32:
        return f"landmarks of {_size(points)} {points.dtype}", ", not of P x 2 float32"
    return None if np.isfinite(points).all() else ("landmarks that are not finite", "")


def refuse_pickle(name: str, path: Path) -> None:
    """Refuse weights that are called safetensors and are something else, such as a pickle, which can run code.

    Raises:
        WeightsError: the file is missing, or no safetensors file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(9)
            size = path.stat().st_size
    except OSError as error:
        raise WeightsError(f"{path}: the weights {name!r} cannot be read: {error.strerror or error}") from error
    if len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") <= size - 8:
        return
    what = ", but a pickle, which could run code when it is loaded" if head[:1] == b"\x80" or head[:2] == b"PK" else ""
    raise WeightsError(f"{path}: the weights {name!r} are no safetensors file{what}; install the plugin again")


def _size(array: Array) -> str:
    return " x ".join(map(str, array.shape)) or "no"
