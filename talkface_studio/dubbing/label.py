"""The visible label: a line in a corner that says that the picture was generated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from talkface_studio.api.values import FloatArray, VideoFrame

TEXT = "AI-generated"
_HEIGHT = 0.032
"""Of the letters, as a share of the picture's shorter side."""
_SMALLEST = 11
"""Pixels that letters are high at least."""
_BACK = 0.55
"""How opaque the dark box behind the letters is."""


def labelled(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """The frames with the label in the lower left corner; all frames have the size of the first."""
    label: tuple[FloatArray, FloatArray] | None = None
    for frame in frames:
        label = label or _drawn(*frame.size)
        yield _with_label(frame, *label)


def _with_label(frame: VideoFrame, light: FloatArray, kept: FloatArray) -> VideoFrame:
    height, width = light.shape[:2]
    gap = height // 3
    left, top = gap, max(frame.size[1] - gap - height, 0)
    corner = frame.part(left, top, min(left + width, frame.size[0]), min(top + height, frame.size[1]))
    rows, columns = corner.shape[:2]
    labelled = np.round(corner * kept[:rows, :columns] + light[:rows, :columns])
    return frame.painted(left, top, labelled.astype(np.uint8))


def _drawn(width: int, height: int) -> tuple[FloatArray, FloatArray]:
    """What is added to the pixels, 0..255, and what share of them is kept, 0..1; both `(h, w, 1)`."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(_SMALLEST, round(min(width, height) * _HEIGHT))
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(TEXT)
    pad = size // 2
    canvas = Image.new("L", (round(right - left) + 2 * pad, round(bottom - top) + 2 * pad))
    ImageDraw.Draw(canvas).text((pad - left, pad - top), TEXT, fill=255, font=font)
    letters = np.asarray(canvas, np.float32)[..., None]
    kept: FloatArray = np.asarray((1 - letters / 255) * (1 - _BACK), np.float32)
    return letters, kept
