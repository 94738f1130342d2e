"""Small pictures of videos and photos for the picture lane."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from math import ceil, log2
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from talkface_studio.engine.protocol.questions import Picture, Thumbnail
from talkface_studio.gui.parts.thumbnail import image_of
from talkface_studio.gui.timeline.asking import Ask

_KEPT = 600
_AT_ONCE = 2
"""Pictures asked for at a time: what has left the view meanwhile is never asked for."""
_LONGEST = 160


class Filmstrip:
    """Pictures of files at instants, asked for while they are in view. `on_change` is called when there are more."""

    def __init__(self, ask: Ask, on_change: Callable[[], object]) -> None:
        self._ask = ask
        self._on_change = on_change
        self._pictures: OrderedDict[tuple[Path, float], QPixmap | None] = OrderedDict()
        self._drawn: dict[tuple[Path, float], tuple[tuple[tuple[int, int], float], QPixmap]] = {}
        self._wanted: dict[tuple[Path, float], None] = {}
        self._asked: set[tuple[Path, float]] = set()

    def begin(self) -> None:
        """A frame begins; what it does not ask for again is no longer wanted."""
        self._wanted.clear()

    def end(self) -> None:
        """A frame was painted: ask for what it lacked."""
        for key in list(self._wanted):
            if len(self._asked) >= _AT_ONCE:
                return
            self._asked.add(key)
            question = Thumbnail(path=key[0], time=key[1], longest=_LONGEST)
            self._ask(question, partial(self._came, key), partial(self._failed, key))

    def get(self, path: Path, time: float, step: float, size: tuple[int, int], ratio: float) -> QPixmap | None:
        """The picture at an instant that is a multiple of `step` seconds, or one near it until that has come.

        It has the `size` in pixels that it is drawn at, on a screen with so many pixels to one of them.
        """
        key = (path, time)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._fitted(key, size, ratio)
        if key not in self._asked:
            self._wanted[key] = None
        for coarser in (2, 4, 8, 16):
            near = (path, time // (step * coarser) * step * coarser)
            if self._pictures.get(near) is not None:
                return self._fitted(near, size, ratio)
        return None

    def forget(self, path: Path) -> None:
        """Ask again when it is next shown: the file is another one by now."""
        for key in [key for key in self._pictures if key[0] == path]:
            del self._pictures[key]
            self._drawn.pop(key, None)

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        self._asked.clear()
        for key in [key for key, pixmap in self._pictures.items() if pixmap is None]:
            del self._pictures[key]

    def _fitted(self, key: tuple[Path, float], size: tuple[int, int], ratio: float) -> QPixmap | None:
        picture = self._pictures[key]
        if picture is None:
            return None
        fitting = self._drawn.get(key)
        if fitting is None or fitting[0] != (size, ratio):
            drawn = picture.scaled(
                round(size[0] * ratio),
                round(size[1] * ratio),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            drawn.setDevicePixelRatio(ratio)
            fitting = self._drawn[key] = ((size, ratio), drawn)
        return fitting[1]

    def _came(self, key: tuple[Path, float], picture: Picture) -> None:
        self._keep(key, QPixmap.fromImage(image_of(picture)))

    def _failed(self, key: tuple[Path, float], _error: Exception) -> None:
        self._keep(key, None)

    def _keep(self, key: tuple[Path, float], pixmap: QPixmap | None) -> None:
        self._asked.discard(key)
        self._pictures[key] = pixmap
        if len(self._pictures) > _KEPT:
            self._drawn.pop(self._pictures.popitem(last=False)[0], None)
        self._on_change()


def strip_step(zoom: float, width: float) -> float:
    """Seconds between pictures that are `width` pixels wide: a power of two, so that zooming finds them again."""
    return float(2 ** ceil(log2(max(width / zoom, 1 / 32))))
