"""The pictures of an instant: the source's frame, the dubbed one, and the faces."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Faces, FindFaces, Making, Picture, Preview, ShowSource
from talkface_studio.gui.bridge import Bridge
from talkface_studio.gui.parts.thumbnail import image_of
from talkface_studio.gui.viewer.newest import Newest
from talkface_studio.project.export.moment import DubMoment, SourceMoment

REST_MS = 120
"""How long the playhead rests before the frame under it is dubbed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, its own time in its file, and the size of the whole frame in pixels."""

    image: QImage
    time: float
    full: tuple[int, int]
    making: Making | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown; `longest` is the longest side in pixels that can be seen, 0 for all."""

    source: SourceMoment | None
    dub: DubMoment | None
    longest: int


class Frames(QObject):
    """Keeps the pictures of the wanted instant coming. The dubbed one and the faces wait until the playhead rests."""

    source_changed = Signal(object)
    """`Shown`, or None where there is no picture."""
    dubbed_changed = Signal(object)
    """`Shown`, or None as soon as the one that is shown is not of this instant."""
    faces_changed = Signal(object)
    """`Faces` or None."""
    failed = Signal(str)
    """Why the source or the dubbed frame cannot be shown; empty when it can."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._source, self._dub, self._faces = (Newest(bridge, self) for _ in range(3))
        self._wanted = Wanted(None, None, 0)
        self._dubbing = self._finding = True
        self._moving = False
        self._has_dub = False
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        self.seconds_for_dub = 0.0
        """How long the last dubbed frame took; 0 before there was one."""

    @property
    def dub_pending(self) -> bool:
        """Whether a dubbed frame is being made."""
        return self._dub.busy

    def want(self, wanted: Wanted, *, moving: bool = False) -> None:
        """Show this instant. `moving` while it is played, when only what is fast is asked for."""
        if wanted == self._wanted and moving == self._moving:
            return
        before, self._wanted, self._moving = self._wanted, wanted, moving
        if wanted.source is None:
            self._source.forget()
            if before.source is not None:
                self.source_changed.emit(None)
        elif wanted.source != before.source or wanted.longest > before.longest:
            question = ShowSource(path=wanted.source.path, time=max(wanted.source.time, 0.0), longest=wanted.longest)
            self._source.want(question, self._got_source, self._fail)
        if wanted.dub != before.dub:
            self._drop_dub()
        if moving:
            self._rest.stop()
            self._show_faces(None)
        else:
            self._rest.start()

    def choose(self, *, dubbing: bool | None = None, finding: bool | None = None) -> None:
        """Say whether the dubbed frame and the faces are wanted at all."""
        self._dubbing = self._dubbing if dubbing is None else dubbing
        self._finding = self._finding if finding is None else finding
        if not self._dubbing:
            self._drop_dub()
        if not self._finding:
            self._show_faces(None)
        if not self._moving:
            self._rest.start()

    def again(self) -> None:
        """Ask anew: there is another engine, or a file changed."""
        wanted, self._wanted = self._wanted, Wanted(None, None, 0)
        self.want(wanted, moving=self._moving)

    def dub_now(self) -> None:
        """Dub the wanted frame without waiting for a rest; while it is played on a fast device."""
        dub = self._wanted.dub
        if self._dubbing and dub is not None:
            question = Preview(dub=dub.dub, time=max(dub.time, 0.0), longest=self._wanted.longest)
            self._dub.want(question, lambda picture: self._got_dub(dub, picture), self._fail)

    def _rested(self) -> None:
        if not self._has_dub:
            self.dub_now()
        source = self._wanted.source
        if self._finding and source is not None:
            question = FindFaces(path=source.path, time=max(source.time, 0.0))
            # A picture without faces is no problem of the user's.
            self._faces.want(question, lambda faces: self._got_faces(source, faces), lambda _error: None)

    def _got_source(self, picture: Picture) -> None:
        if self._wanted.source is not None:
            self.failed.emit("")
            self.source_changed.emit(_shown(picture))

    def _got_dub(self, dub: DubMoment, picture: Picture) -> None:
        making = picture.frame.making
        if making is not None:
            self.seconds_for_dub = making.seconds
        if self._dubbing and (dub == self._wanted.dub or self._moving):
            self._has_dub = True
            self.failed.emit("")
            self.dubbed_changed.emit(_shown(picture))

    def _got_faces(self, source: SourceMoment, faces: Faces) -> None:
        if source == self._wanted.source and self._finding and not self._moving:
            self._show_faces(faces)

    def _show_faces(self, faces: Faces | None) -> None:
        self.faces_changed.emit(faces)

    def _drop_dub(self) -> None:
        self._dub.forget()
        self._has_dub = False
        if not self._moving:
            self.dubbed_changed.emit(None)

    def _fail(self, error: TalkFaceError) -> None:
        self.failed.emit(str(error))


def _shown(picture: Picture) -> Shown:
    frame = picture.frame
    return Shown(image_of(picture), frame.time, (frame.full_width, frame.full_height), frame.making)
