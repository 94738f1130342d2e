"""Frames of a clip at instants that jump about, as a user does who drags the playhead."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import ByteArray, VideoFrame
from talkface_studio.media.picture_decoder import Picture, PictureDecoder
from talkface_studio.media.probe import VideoInfo

DECODE_ON = 2.0
"""Seconds up to which decoding goes on from where it stands instead of seeking."""
HELD_BYTES = 160 * 2**20
"""Decoded pictures held at once."""
SHOWN_BYTES = 48 * 2**20
"""Of RGB pictures, those that were handed out last."""


class ScrubReader:
    """Decodes a stretch of a clip and holds it, so that what is asked for next to it needs no decoding.

    A picture can be decoded only from the key frame before it, often hundreds of frames away. So all that was decoded
    on the way is held, as it came from the decoder (half the size of RGB), the latest `held_bytes` of it. Threads may
    share a reader.
    """

    def __init__(self, path: Path, stream: int = 0, *, held_bytes: int = HELD_BYTES) -> None:
        """Open `path`; `stream` counts the file's video streams from 0.

        Raises:
            MediaError: the file is missing, damaged, or has no such video stream.
        """
        self.path = path
        self._decoder = PictureDecoder(path, stream)
        self.info: VideoInfo = self._decoder.info
        self._most = max(held_bytes * 2 // (3 * self.info.width * self.info.height), 8)
        self._held: deque[Picture] = deque()
        self._shown: OrderedDict[int, ByteArray] = OrderedDict()
        self._coming: Iterator[Picture] = iter(())
        self._ended = False
        self._from = math.inf
        self._lock = Lock()
        self._closed = False

    @property
    def duration(self) -> float:
        """Time at which the last frame ends, in seconds on the file's time axis, as the container says."""
        return self.info.start + self.info.duration

    def frame_at(self, time: float) -> VideoFrame:
        """The frame that is shown at `time`, as `VideoReader.frame_at`.

        Raises:
            MediaError: the reader is closed, or not a single frame of the file can be decoded.
        """
        with self._lock:
            self._hold(time, time)
            return self._frame(self._held[self._place(time)])

    def around(self, time: float, offsets: tuple[float, ...]) -> list[VideoFrame]:
        """The frames shown at `time + offset`, each once, in order of time; `offsets` are in rising order.

        Raises:
            MediaError: as `frame_at`.
        """
        with self._lock:
            self._hold(time + offsets[0], time + offsets[-1])
            places = sorted({self._place(time + offset) for offset in offsets})
            return [self._frame(self._held[place]) for place in places]

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        with self._lock:
            self._closed = True
            self._held.clear()
            self._shown.clear()
            self._coming = iter(())
            self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hold(self, first: float, last: float) -> None:
        """Decode so that the pictures shown from `first` to `last` are held."""
        if self._closed:
            raise MediaError(f"{self.path}: was closed before this frame was read")
        held = self._held
        if not held or first < self._from or (first > held[-1].time + DECODE_ON and not self._ended):
            held.clear()
            self._coming, self._ended = self._decoder.pictures(first, every=True), False
        while not self._ended and (not held or held[-1].time <= last):
            picture = next(self._coming, None)
            if picture is None:
                self._ended = True
                break
            if not held:
                # A first picture behind the one that is wanted is the clip's first: it is shown at all times before.
                self._from = picture.time if picture.time <= first else -math.inf
            held.append(picture)
            # What lies before the first one that is wanted makes room for what is still to come.
            while len(held) > self._most and held[1].time <= first:
                held.popleft()
                self._from = held[0].time
        if not held:
            raise MediaError(f"{self.path}: no picture of its video can be decoded; the file is damaged")

    def _place(self, time: float) -> int:
        place = 0
        for number, picture in enumerate(self._held):
            if picture.time > time:
                break
            place = number
        return place

    def _frame(self, picture: Picture) -> VideoFrame:
        # Smoothing a face asks for the same few frames again and again.
        pixels = self._shown.pop(picture.pts, None)
        if pixels is None:
            pixels = self._decoder.pixels(picture)
        self._shown[picture.pts] = pixels
        while len(self._shown) > 1 and len(self._shown) * pixels.nbytes > SHOWN_BYTES:
            self._shown.popitem(last=False)
        return VideoFrame(pixels, picture.time, 0, picture.pts, self._decoder.time_base)
