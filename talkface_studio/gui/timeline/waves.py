"""Waveforms as pixmaps: tiles of one zoom and height, painted once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from talkface_studio.gui.timeline.outline import Outline, spoken
from talkface_studio.gui.timeline.sounds import Sound

TILE = 256
"""Width of a tile in pixels of the screen."""
_KEPT = 400
_BUDGET = 10
"""Tiles painted for one frame; the others follow in the next, so that zooming never waits."""
SILENT = 0.38
"""How opaque the wave is where nobody speaks."""
_BAR = 2
"""Height of the line at the bottom of a wave that says where somebody speaks."""


class Waves:
    """Paints the waveforms of the timeline."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._left = _BUDGET
        self._from, self._to, self._ratio = 0.0, 0.0, 1.0
        self.owing = False
        """Whether the last frame left something out for lack of time."""

    def begin(self, area: QRectF, ratio: float) -> None:
        """A frame begins: this area of the view is painted, on a screen with so many pixels to one of the view."""
        self._left, self.owing = _BUDGET, False
        self._from, self._to, self._ratio = area.left(), area.right(), ratio

    def draw(
        self, painter: QPainter, rect: QRectF, path: Path, sound: Sound, *, offset: float, zoom: float, color: QColor
    ) -> None:
        """Fill a rectangle with the sound from `offset` seconds on, `zoom` pixels a second."""
        if sound.outline is None:
            return
        ratio, top = self._ratio, rect.top()
        first, last = max(rect.left(), self._from), min(rect.right(), self._to)
        height = max(round(rect.height() * ratio), 1)
        # A whole pixel of the screen: tiles are copied, not resampled.
        origin = round((rect.left() - offset * zoom) * ratio) / ratio
        width = TILE / ratio
        for index in range(floor((first - origin) / width), ceil((last - origin) / width)):
            tile = self._tile(path, sound, index, zoom=zoom * ratio, height=height, color=color)
            if tile is None:
                continue
            left = origin + index * width
            low, high = max(left, first), min(left + width, last)
            source = QRectF((low - left) * ratio, 0, (high - low) * ratio, height)
            painter.drawPixmap(QRectF(low, top, high - low, rect.height()), tile, source)

    def _tile(self, path: Path, sound: Sound, index: int, *, zoom: float, height: int, color: QColor) -> QPixmap | None:
        key = (path, sound.version, index, zoom, height, color.rgba())
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
            return tile
        if self._left == 0:
            self.owing = True
            return None
        if sound.outline is None:
            return None
        self._left -= 1
        image = wave_image(sound.outline, sound.regions, index * TILE / zoom, zoom=zoom, height=height, color=color)
        tile = self._tiles[key] = QPixmap.fromImage(image)
        if len(self._tiles) > _KEPT:
            self._tiles.popitem(last=False)
        return tile


def wave_image(
    outline: Outline,
    regions: tuple[tuple[float, float], ...],
    start: float,
    *,
    zoom: float,
    height: int,
    color: QColor,
    width: int = TILE,
) -> QImage:
    """A piece of a waveform from `start` seconds on, with smooth edges and nothing behind it.

    Where somebody speaks it is brighter, and underlined.
    """
    low, high = (_lifted(values) for values in outline.columns(start, 1 / zoom, width))
    middle = (height - _BAR) / 2
    top = np.minimum(middle - high * middle, middle - 0.5)
    bottom = np.maximum(middle - low * middle, middle + 0.5)
    y = np.arange(height, dtype=np.float32)[:, None]
    covered = np.clip(np.minimum(y + 1, bottom) - np.maximum(y, top), 0, 1)
    if regions:
        speech = spoken(regions, start + (np.arange(width) + 0.5) / zoom)
        covered *= np.where(speech, np.float32(1), np.float32(SILENT))
        covered[-_BAR:] = speech
    words = _shades(color.rgba())[(covered * 255 + 0.5).astype(np.uint8)]
    return QImage(words.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


@lru_cache(maxsize=32)
def _shades(rgba: int) -> NDArray[np.uint32]:
    """256 steps from nothing to a colour, premultiplied, in the byte order of a 32-bit ARGB word."""
    color = QColor.fromRgba(rgba)
    steps = np.arange(256) / 255 * color.alphaF()
    parts = (1.0, color.redF(), color.greenF(), color.blueF())
    alpha, red, green, blue = ((steps * 255 * part + 0.5).astype(np.uint32) for part in parts)
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _lifted(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quiet sounds a little higher than they are: speech is mostly far below its loudest syllable."""
    return np.copysign(np.abs(values) ** np.float32(0.7), values)
