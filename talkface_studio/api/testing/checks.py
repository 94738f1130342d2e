"""What is asserted of frames, and how the motion of a mouth is measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from talkface_studio.api.generator import Face
from talkface_studio.api.landmarks import LIPS
from talkface_studio.api.values import RenderedFace

Box = tuple[int, int, int, int]
"""Top, bottom, left, right in pixels."""


def check_frames(frames: Sequence[RenderedFace], times: Sequence[float], size: int, where: str) -> None:
    """One well-formed frame for every instant, stamped with exactly that instant."""
    assert len(frames) == len(times), f"{len(times)} instants gave {len(frames)} frames ({where})"
    for frame, time in zip(frames, times, strict=True):
        assert frame.time == time, f"the frame for {time!r} s is stamped {frame.time!r} s ({where})"
        _check_frame(frame, size, f"{where}, {time:.3f} s")


def _check_frame(frame: RenderedFace, size: int, where: str) -> None:
    assert frame.pixels.dtype == np.uint8, f"pixels are {frame.pixels.dtype}, not uint8 ({where})"
    assert frame.pixels.shape == (size, size, 3), f"pixels are {frame.pixels.shape}, crop size is {size} ({where})"
    if frame.mask is not None:
        assert frame.mask.dtype == np.float32, f"the mask is {frame.mask.dtype}, not float32 ({where})"
        assert frame.mask.shape == (size, size), f"the mask is {frame.mask.shape} ({where})"
        assert np.all((frame.mask >= 0) & (frame.mask <= 1)), f"the mask leaves 0..1 ({where})"
    if frame.landmarks is not None:
        points = frame.landmarks
        assert points.dtype == np.float32, f"landmarks are {points.dtype}, not float32 ({where})"
        assert points.ndim == 2, f"landmarks are {points.shape}, not (P, 2) ({where})"
        assert points.shape[1] == 2, f"landmarks are {points.shape}, not (P, 2) ({where})"
        # Also false for NaN.
        assert np.all(np.abs(points - size / 2) <= size), f"landmarks lie far outside the crop ({where})"


def assert_same(one: Sequence[RenderedFace], other: Sequence[RenderedFace], what: str, *, tolerance: int = 1) -> None:
    """The same frames up to `tolerance` levels of 0..255, the rounding of another batch size."""
    assert len(one) == len(other), f"{what}: {len(one)} and {len(other)} frames"
    for first, second in zip(one, other, strict=True):
        worst = int(np.abs(first.pixels.astype(np.int16) - second.pixels.astype(np.int16)).max())
        assert worst <= tolerance, f"{what}: they differ by up to {worst} levels at {first.time:.3f} s"


def mouth_box(face: Face | None, size: int) -> Box:
    """Where the mouth is in the crop, with room to open; the whole crop without a face."""
    if face is None:
        return 0, size, 0, size
    crop = next(iter(face.crops([0.0])))
    lips = crop.landmarks[LIPS, :2]
    centre, half = (lips.max(0) + lips.min(0)) / 2, (lips.max(0) - lips.min(0)) * [0.7, 1.2]
    left, top = np.clip(np.floor(centre - half), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(centre + half), 0, size).astype(int).tolist()
    return int(top), int(bottom), int(left), int(right)


def mouth_motion(frames: Iterable[RenderedFace], box: Box) -> float:
    """Mean absolute change of the mouth's pixels from frame to frame, in levels."""
    top, bottom, left, right = box
    mouths = (frame.pixels[top:bottom, left:right].astype(np.float32) for frame in frames)
    return float(np.mean([np.abs(after - before).mean() for before, after in pairwise(mouths)]))
