"""Frames of a video file by presentation time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import VideoFrame
from talkface_studio.media.picture_decoder import Picture, PictureDecoder
from talkface_studio.media.probe import VideoInfo

SEEK_AHEAD = 2.0
"""Seconds up to which `frame_at` decodes on from where it stands without asking whether it could seek nearer."""


class VideoReader:
    """Decodes one video stream of a file, upright, by presentation timestamps.

    Times are seconds since the file's start: the earliest picture or sound of the file is 0, so picture and sound of
    one file agree. Edit lists and rotation are honoured. Nothing but a few frames is held. Iterators are independent of
    each other and of `frame_at`; all may be used from several threads.
    """

    def __init__(self, path: Path, stream: int = 0) -> None:
        """Open `path`; `stream` counts the file's video streams from 0.

        Raises:
            MediaError: the file is missing, damaged, or has no such video stream.
        """
        self.path = path
        self.skipped = 0
        """Damaged packets that were left out so far."""
        self._stream = stream
        self._lock = Lock()
        self._closed = False
        self._still: PictureDecoder | None = None
        self._still_pictures: Iterator[Picture] | None = None
        self._still_now: Picture | None = None
        self._still_next: Picture | None = None
        first = PictureDecoder(path, stream)
        self.info: VideoInfo = first.info
        self._idle = [first]

    @property
    def duration(self) -> float:
        """Time at which the last frame ends, in seconds on the file's time axis, as the container says."""
        return self.info.start + self.info.duration

    def frames(self, start: float = 0.0, end: float | None = None) -> Iterator[VideoFrame]:
        """The frames whose time is in `start..end` (`end` not included; None: to the end), strictly increasing.

        Raises:
            MediaError: not a single frame of the file can be decoded.
        """
        decoder = self._borrow()
        try:
            index = 0
            for picture in decoder.pictures(start):
                if picture.time < start:
                    continue
                if end is not None and picture.time >= end:
                    break
                yield self._frame(decoder, picture, index)
                index += 1
        finally:
            self._give_back(decoder)

    def frame_at(self, time: float) -> VideoFrame:
        """The frame that is shown at `time`: the last that starts at or before it; the first one for earlier times.

        `index` is 0. Cheap for times that increase by little.

        Raises:
            MediaError: not a single frame of the file can be decoded.
        """
        with self._lock:
            self._check_open()
            if self._still is None:
                self._still = PictureDecoder(self.path, self._stream)
            now = self._still_now
            if self._still_pictures is None or now is None or self._seeks(self._still, now.time, time):
                self._still_pictures = self._still.pictures(time)
                self._still_now = now = next(self._still_pictures, None)
                if now is None:
                    raise MediaError(f"{self.path}: no picture of its video can be decoded; the file is damaged")
                self._still_next = next(self._still_pictures, None)
            self._still.want(time)
            while self._still_next is not None and self._still_next.time <= time:
                self._still_now = now = self._still_next
                self._still_next = next(self._still_pictures, None)
            return self._frame(self._still, now, 0)

    def rest(self) -> None:
        """Free what makes `frame_at` cheap for times that increase by little."""
        with self._lock:
            still, self._still = self._still, None
            self._still_pictures = self._still_now = self._still_next = None
        if still is not None:
            still.close()

    def close(self) -> None:
        """Close the file. Calling it twice is allowed; running iterators end with their current frame."""
        with self._lock:
            self._closed = True
            decoders, self._idle = self._idle, []
            if self._still is not None:
                decoders.append(self._still)
            self._still = self._still_pictures = self._still_now = self._still_next = None
        for decoder in decoders:
            decoder.close()

    def __enter__(self) -> Self:
        """A reader is a context manager that closes itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise MediaError(f"{self.path}: was closed before this frame was read")

    def _borrow(self) -> PictureDecoder:
        with self._lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return PictureDecoder(self.path, self._stream)

    def _give_back(self, decoder: PictureDecoder) -> None:
        with self._lock:
            self.skipped += decoder.take_skipped()
            if not self._closed and not self._idle:
                self._idle.append(decoder)
                return
        decoder.close()

    @staticmethod
    def _seeks(decoder: PictureDecoder, now: float, time: float) -> bool:
        """Whether it is less work to begin anew than to decode on."""
        if not 0 <= time - now <= SEEK_AHEAD:
            return time < now or not decoder.one_entry(now, time)
        return False

    @staticmethod
    def _frame(decoder: PictureDecoder, picture: Picture, index: int) -> VideoFrame:
        return VideoFrame(decoder.stored(picture), picture.time, index, picture.pts, decoder.time_base)
