"""Which persons of a file the segments at an instant dub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from talkface_studio.engine.protocol.questions import FaceBox, Faces, FindFaces
from talkface_studio.faces.choice import FaceChoice
from talkface_studio.gui.bridge import Bridge
from talkface_studio.gui.timeline.faces import chosen_face
from talkface_studio.gui.viewer.newest import Newest
from talkface_studio.project.document.document import Document


class Persons(QObject):
    """Numbers of persons by the words in which segments choose them. What is not known is asked for, once."""

    def __init__(self, bridge: Bridge, changed: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._asking = Newest(bridge, self)
        self._changed = changed
        self._known: dict[tuple[Path, FaceChoice], int | None] = {}

    def of(self, path: Path, choice: FaceChoice) -> int | None:
        """The person that is meant; None while that is not known."""
        key = (path, choice)
        if key in self._known:
            return self._known[key]

        def answered(faces: Faces) -> None:
            face = chosen_face(faces, choice)
            self._known[key] = None if face is None else face.person
            self._changed()

        def failed(_error: Exception) -> None:
            self._known[key] = None

        self._asking.want(FindFaces(path=path, time=choice.time, channel="viewer-chosen"), answered, failed)
        return None

    def dubbed_at(self, document: Document, time: float) -> frozenset[int]:
        """The persons that the voices heard at an instant dub."""
        clip = document.clip_at(time)
        if clip is None:
            return frozenset()
        path = document.media_of(clip.media).path
        choices = [segment.face for segment in document.segments_at(time) if segment.face is not None]
        persons = (self.of(path, choice) for choice in choices)
        return frozenset(person for person in persons if person is not None)

    def forget(self) -> None:
        """Another project is open, or another engine runs: it may count persons differently."""
        self._known.clear()


def choice_of(face: FaceBox, time: float) -> FaceChoice:
    """The words for a face that was pressed in the frame at `time`: the middle of its box."""
    left, top, right, bottom = face.box
    return FaceChoice(point=((left + right) / 2, (top + bottom) / 2), time=time)
