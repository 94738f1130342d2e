"""The faces that segments speak for: which of their file they are, and what they look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPixmap

from talkface_studio.engine.protocol.questions import FaceBox, Faces, FindFaces, Picture, Thumbnail
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.parts.thumbnail import image_of
from talkface_studio.gui.timeline.asking import Ask

_LONGEST = 960
_AROUND = 0.35
"""Part of a face's box that is shown around it."""


@dataclass(slots=True)
class FaceLook:
    """What is known of a face that was chosen: its number among those of its file, from 0, and its picture."""

    person: int | None = None
    pixmap: QPixmap | None = None
    missing: bool = False


class FaceLooks:
    """Pictures of chosen faces. `on_change` is called when there are more.

    Each needs a `channel` of its own: of two questions that wait on one, the engine answers only the newer.
    """

    def __init__(self, ask: Ask, on_change: Callable[[], object], channel: str = "timeline") -> None:
        self._ask = ask
        self._channel = channel
        self._on_change = on_change
        self._looks: dict[tuple[Path, FaceChoice], FaceLook] = {}
        self._waiting: list[tuple[Path, FaceChoice]] = []
        self._busy = False

    def get(self, path: Path, face: FaceChoice) -> FaceLook:
        """What is known now; the rest is asked for."""
        key = (path, face)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = FaceLook()
            self._waiting.append(key)
            self._next()
        return look

    def forget(self, path: Path) -> None:
        """Ask again when it is next shown: the file is another one by now."""
        for key in [key for key in self._looks if key[0] == path]:
            del self._looks[key]

    def retry(self) -> None:
        """Ask again for what failed: there is another engine."""
        for key in [key for key, look in self._looks.items() if look.pixmap is None]:
            del self._looks[key]
        self._waiting.clear()
        self._busy = False

    def _next(self) -> None:
        # One at a time, for the same reason.
        if self._busy or not self._waiting:
            return
        self._busy = True
        key = self._waiting.pop(0)
        question = FindFaces(path=key[0], time=key[1].time, channel=self._channel)
        self._ask(question, partial(self._found, key), partial(self._done, key))

    def _found(self, key: tuple[Path, FaceChoice], faces: Faces) -> None:
        box = chosen_face(faces, key[1])
        if box is None:
            self._done(key)
            return
        self._look(key).person = box.person
        question = Thumbnail(path=key[0], time=faces.time, longest=_LONGEST)
        self._ask(question, partial(self._pictured, key, box), partial(self._done, key))

    def _pictured(self, key: tuple[Path, FaceChoice], box: FaceBox, picture: Picture) -> None:
        self._look(key).pixmap = QPixmap.fromImage(face_picture(picture, box))
        self._done(key)

    def _done(self, key: tuple[Path, FaceChoice], _error: Exception | None = None) -> None:
        self._look(key).missing = self._look(key).pixmap is None
        self._busy = False
        self._on_change()
        self._next()

    def _look(self, key: tuple[Path, FaceChoice]) -> FaceLook:
        return self._looks.setdefault(key, FaceLook())


def chosen_face(faces: Faces, choice: FaceChoice) -> FaceBox | None:
    """The face that a choice means, among those of the frame at its time; None where it is not there."""
    if choice.point is None:
        order = sorted(faces.faces, key=lambda face: -_area(face))
        return order[choice.index] if choice.index < len(order) else None
    x, y = choice.point
    return next((f for f in faces.faces if f.box[0] <= x <= f.box[2] and f.box[1] <= y <= f.box[3]), None)


def face_picture(picture: Picture, face: FaceBox, side: int = 96) -> QImage:
    """The face cut out of its frame, square, with a little around it."""
    scale = picture.frame.width / picture.frame.full_width
    left, top, right, bottom = (value * scale for value in face.box)
    half = max(right - left, bottom - top) * (1 + _AROUND) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    image = image_of(picture)
    cut = QRect(round(x - half), round(y - half), round(2 * half), round(2 * half)).intersected(image.rect())
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.copy(cut).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, smooth)


def _area(face: FaceBox) -> float:
    left, top, right, bottom = face.box
    return (right - left) * (bottom - top)
