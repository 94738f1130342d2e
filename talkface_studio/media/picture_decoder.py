"""Decoding pictures from any point of a file: seeking, timestamps, damage."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.packet import Packet
from av.stream import Discard
from av.video.stream import VideoStream

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import ByteArray
from talkface_studio.media.container import choose_stream, open_container, origin, packets, video_streams
from talkface_studio.media.deinterlace import Deinterlacer
from talkface_studio.media.probe import video_info
from talkface_studio.media.stored_picture import Scalers, StoredPicture

_SEEK_BACK = (0.0, 1.0, 4.0, 16.0)
"""Seconds before the wanted time to try to start from, until a picture at or before it is found."""
_AHEAD = 6
"""Packets that are looked at ahead: more than lie between a picture and the next one that is shown."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, not yet converted: `time` in seconds on the file's axis, `pts` in the stream's time base."""

    frame: av.VideoFrame
    time: float
    pts: int


class PictureDecoder:
    """One open file and the decoder of one of its video streams. Not for use from two threads at once."""

    def __init__(self, path: Path, stream: int) -> None:
        """See `VideoReader`."""
        self._path = path
        self._number = stream
        self._container = open_container(path)
        try:
            self._stream = self._choose()
            self.info = video_info(path, self._container, self._stream)
        except BaseException:
            self._container.close()
            raise
        self.time_base = self.info.time_base
        self._origin = origin(self._container)
        self._interval = max(1, round(1 / (self.info.frame_rate * self.time_base)))
        # AVI stores no times; where frames are reordered, FFmpeg's guess at them is wrong and counting is right.
        self._counted = self._container.format.name == "avi" and bool(self._stream.codec_context.has_b_frames)
        # The first picture behind a point of entry does not know the one before it; two are enough to be sure of that.
        self._early = 2 * float(1 / self.info.frame_rate) if self.info.interlaced else 0.0
        self._scalers = Scalers()
        self._wanted: int | None = None
        """Ticks of the stream: pictures that are not shown any more by then may be left out."""
        self._skipped = 0

    def pictures(self, start: float, *, every: bool = False) -> Iterator[Picture]:
        """Pictures in order of time, from at least the one that is shown at `start`; some earlier ones may come first.

        Of those earlier ones some are left out, unless `every` one is wanted. Pictures that are woven of two fields
        are made whole.

        Raises:
            MediaError: not a single picture of the file can be decoded.
        """
        start -= self._early
        every = every or self.info.interlaced
        for back in _SEEK_BACK:
            if start - back <= self.info.start or self._counted or not self._seek(start - back):
                break
            pictures = self._decode(whole=False, wanted=-math.inf if every else start)
            first = next(pictures, None)
            if first is not None and first.time <= start:
                yield first
                yield from pictures
                return
        self._rewind()
        pictures = self._decode(whole=True)
        first = next(pictures, None)
        if first is None:
            raise MediaError(f"{self._path}: no picture of its video can be decoded; the file is damaged")
        yield first
        yield from pictures

    def want(self, time: float) -> None:
        """Go on to the picture that is shown at `time`; of those before it some may be left out from here on."""
        self._wanted = None if self.info.interlaced or self._counted else self._tick(time)

    def one_entry(self, first: float, second: float) -> bool | None:
        """Whether decoding would begin at the same point for both times; None where the file does not tell."""
        try:
            places = [self._stream.index_entries.search_timestamp(self._tick(time)) for time in (first, second)]
        except OverflowError:
            return None
        return None if -1 in places else places[0] == places[1]

    def pixels(self, picture: Picture) -> ByteArray:
        """A picture as uint8 RGB `(H, W, 3)`, upright."""
        stored = self.stored(picture)
        return stored.part(0, 0, *stored.size)

    def stored(self, picture: Picture) -> StoredPicture:
        """A picture that makes its pixels where they are looked at."""
        return StoredPicture(picture.frame, self._scalers)

    def take_skipped(self) -> int:
        """How many damaged packets were left out since this was last asked."""
        count, self._skipped = self._skipped, 0
        return count

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _choose(self) -> VideoStream:
        stream = choose_stream(self._path, video_streams(self._container), self._number, "picture")
        stream.thread_type = "AUTO"
        for other in self._container.streams:
            if other.index != stream.index:
                other.discard = Discard.all
        return stream

    def _seek(self, time: float) -> bool:
        """Go to the last point at or before `time` from which decoding can start; False where that is not known."""
        try:
            self._container.seek(self._tick(time), stream=self._stream)
        except (av.error.FFmpegError, OverflowError):
            return False
        return True

    def _tick(self, time: float) -> int:
        # A frame's time as a float may lie a hair before its tick.
        return math.floor((Fraction(time) + self._origin) / self.time_base + Fraction(1, 100))

    def _rewind(self) -> None:
        # Opening again is the one way to the beginning that works for every container.
        self._container.close()
        self._container = open_container(self._path)
        self._stream = self._choose()

    def _decode(self, *, whole: bool, wanted: float = -math.inf) -> Iterator[Picture]:
        """Decode from where the file stands; unless `whole`, from the first key frame on, with strictly rising times.

        Pictures before the first key frame may refer to others before the point that was sought: they are garbage.
        Before the picture that is shown at `wanted`, those that no other refers to may be left out.
        """
        last: int | None = None
        self._wanted = self._tick(wanted) if math.isfinite(wanted) else None
        deinterlacer = Deinterlacer() if self.info.interlaced else None
        for packet, ahead in _with_next(packets(self._container, self._stream)):
            unseen = self._wanted is not None and _followed(packet, ahead, self._wanted)
            self._stream.codec_context.skip_frame = "NONREF" if unseen else "DEFAULT"
            for frame in self._decode_packet(packet):
                whole = whole or frame.key_frame
                following = 0 if last is None else last + self._interval
                pts = following if self._counted or frame.pts is None else frame.pts
                if not whole or (last is not None and pts <= last):
                    continue
                last = pts
                if deinterlacer is None:
                    yield self._picture(frame, pts)
                    continue
                frame.pts, frame.time_base = pts, self.time_base
                for picture in deinterlacer.push(frame):
                    yield self._picture(picture, picture.pts)
        if deinterlacer is not None:
            for picture in deinterlacer.flush():
                yield self._picture(picture, picture.pts)

    def _picture(self, frame: av.VideoFrame, pts: int | None) -> Picture:
        assert pts is not None
        return Picture(frame, float(pts * self.time_base - self._origin), pts)

    def _decode_packet(self, packet: Packet[VideoStream] | None) -> list[av.VideoFrame]:
        if packet is not None:
            try:
                return self._stream.decode(packet)
            except av.error.FFmpegError:
                pass
        self._skipped += 1
        return []


def _with_next(
    source: Iterator[Packet[VideoStream] | None],
) -> Iterator[tuple[Packet[VideoStream] | None, Sequence[Packet[VideoStream] | None]]]:
    """Each packet with some of those behind it."""
    waiting: deque[Packet[VideoStream] | None] = deque()
    for packet in source:
        waiting.append(packet)
        if len(waiting) > _AHEAD:
            yield waiting.popleft(), waiting
    while waiting:
        yield waiting.popleft(), waiting


def _followed(packet: Packet[VideoStream] | None, ahead: Sequence[Packet[VideoStream] | None], limit: int) -> bool:
    """Whether another picture comes up behind that of this packet before a time, in ticks, or at it."""
    if packet is None or packet.pts is None:
        return False
    shown = (each.pts for each in ahead if each is not None and each.pts is not None)
    return any(packet.pts < time <= limit for time in shown)
