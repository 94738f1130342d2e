"""Thumbnails and waveforms of the bin's files, asked for when they are first seen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from talkface_studio.api.errors import TalkFaceError
from talkface_studio.engine.protocol.questions import Peaks, Picture, Thumbnail, Waveform
from talkface_studio.gui.bridge import Bridge
from talkface_studio.gui.parts.thumbnail import image_of
from talkface_studio.project.document.media import Media

_POINTS = 96
_LONGEST = 256


class BinPictures(QObject):
    """Keeps them by file; a file that was replaced is looked at again."""

    arrived = Signal(str)
    """Id of the media entry whose picture is there now."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._images: dict[tuple[Path, object], QImage] = {}
        self._peaks: dict[tuple[Path, object], Peaks] = {}
        self._asked: set[tuple[Path, object]] = set()

    def image(self, media: Media) -> QImage | None:
        """The thumbnail of a video or photo; None while there is none."""
        key = (media.path, media.fingerprint)
        if key not in self._images and media.kind != "audio" and self._may_ask(media, key):
            # The first frame of a clip is black too often.
            time = min(1.0, (media.length or 0.0) / 2)

            def done(picture: Picture) -> None:
                self._images[key] = image_of(picture)
                self.arrived.emit(media.id)

            self._bridge.ask(Thumbnail(path=media.path, time=time, longest=_LONGEST), done, self._ignore, owner=self)
        return self._images.get(key)

    def peaks(self, media: Media) -> Peaks | None:
        """The outline of a voice; None while there is none."""
        key = (media.path, media.fingerprint)
        if key not in self._peaks and media.kind == "audio" and media.length and self._may_ask(media, key):

            def done(peaks: Peaks) -> None:
                self._peaks[key] = peaks
                self.arrived.emit(media.id)

            rate = min(max(_POINTS / media.length, 0.001), 100.0)
            self._bridge.ask(Waveform(path=media.path, rate=rate), done, self._ignore, owner=self)
        return self._peaks.get(key)

    def forget_failures(self) -> None:
        """Ask again for what is missing: there is another engine."""
        self._asked.clear()

    def _may_ask(self, media: Media, key: tuple[Path, object]) -> bool:
        if media.status != "ready" or key in self._asked:
            return False
        self._asked.add(key)
        return True

    def _ignore(self, _error: TalkFaceError) -> None:
        """The row keeps its icon; the probe has told what is wrong with the file."""
