"""Pictures encoded in pieces that can be joined by copying their packets.

A segment comes from an encoder of its own, so it does not depend on what lies before it: its first picture is a key
frame and none of its pictures refers outside. The same frames give the same segment, whoever makes the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import VideoFrame
from talkface_studio.media.codecs import find_video_codec
from talkface_studio.media.destination import write_error
from talkface_studio.media.encoders import VideoEncoder, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.writer import MediaWriter

_CONTAINERS = {"prores": "mov"}
_EXACT = "nut"
"""FFmpeg's own container keeps every clock exactly and holds most codecs."""
_REORDERED = 2
"""Pictures by which H.264 and HEVC encoders store a picture out of order at most."""


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """Where the pictures of a segment lie, in ticks of the output's clock, and how many there are."""

    frames: int
    first: int
    last: int


class SegmentWriter:
    """Encodes the frames of one segment into a file. Not for use from two threads at once."""

    def __init__(
        self, path: Path, output: Path, video: VideoSettings, encoding: Encoding, *, shift: int | None = None
    ) -> None:
        """Open `path`; `output` is the file that the segment will be a part of, `shift` as in `VideoEncoder`.

        Raises:
            ExportError: the codec, its options, the output's container or the size do not go together, or the disk is
                full.
        """
        self.path = path
        video = video.within(encoding.size)
        codec = find_video_codec(encoding.codec, output)
        options = codec.encoder_options(encoding)
        self.shift = shift
        """See `VideoEncoder`; what the next segment is to be given."""
        self._container: OutputContainer | None = None
        self._encoder: VideoEncoder | None = None
        self._count = 0
        self._first: int | None = None
        self._last: int | None = None
        with self._guard():
            self._container = av.open(str(path), "w", format=_CONTAINERS.get(encoding.codec, _EXACT))
            self._encoder = VideoEncoder(self._container, video, codec, options, shift=shift)
            self._container.start_encoding()

    def write_frame(self, frame: VideoFrame) -> None:
        """Append a frame; see `MediaWriter.write_frame`."""
        with self._guard():
            container, encoder = self._opened()
            packets = encoder.encode(frame)
            self._count, self._last, self.shift = encoder.count, encoder.last, encoder.shift
            self._first = self._first if self._first is not None else self._last
            container.mux(packets)

    def finish(self) -> SegmentSpan:
        """Write what is left, and bring it to the disk.

        Raises:
            ExportError: the disk is full, or is gone.
        """
        with self._guard():
            container, encoder = self._opened()
            container.mux(encoder.flush())
            container.close()
            # Who keeps the writer shall not keep the encoder's pictures, over a hundred megabytes.
            self._container = self._encoder = None
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
        assert self._first is not None
        assert self._last is not None
        return SegmentSpan(self._count, self._first, self._last)

    def abort(self) -> None:
        """Give up and remove the file. Harmless when it was given up before."""
        container, self._container, self._encoder = self._container, None, None
        if container is not None:
            with suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
        # A drive that is gone cannot be cleaned up.
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _opened(self) -> tuple[OutputContainer, VideoEncoder]:
        if self._container is None or self._encoder is None:
            raise ExportError(f"{self.path}: was finished or given up, nothing more can be written to it")
        return self._container, self._encoder

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self.abort()
            raise write_error(self.path, error) from error
        except BaseException:
            self.abort()
            raise


class SegmentJoiner(MediaWriter):
    """A `MediaWriter` whose pictures come as finished segments; their packets are copied."""

    _delay: int | None = None
    _stored: list[int] | None = None
    """Times at which the next pictures are decoded."""

    def append(self, path: Path, span: SegmentSpan) -> None:
        """Append a segment; its timestamps are put where `span` says.

        Raises:
            ExportError: the segment is damaged or was encoded with other settings, or the disk is full.
        """
        with self._guard():
            container, video = self._muxer(), self._pictures
            packets, parameters = _read(path, video.base)
            order = [packet.pts or 0 for packet in packets]
            if len(order) != span.frames or max(order) - min(order) != span.last - span.first:
                raise ExportError(f"{path}: this segment is damaged; start again with --restart")
            self._check_parameters(path, parameters)
            move = span.first - min(order)
            delay = self._reordering(order, path)
            if self._stored is None:
                # As many pictures as are stored early are decoded before the first one is shown.
                self._stored = [span.first - (delay - number) * video.duration for number in range(delay)]
            stored = [*self._stored, *(time + move for time in sorted(order))]
            for packet, shown, decoded in zip(packets, order, stored, strict=False):
                packet.stream = video.stream
                packet.pts, packet.dts = shown + move, decoded
                packet.time_base = video.base
                packet.duration = video.duration
                container.mux(packet)
            self._stored = stored[len(packets) :]
            video.count += len(packets)

    def _reordering(self, order: list[int], path: Path) -> int:
        """How many pictures are decoded before the one that is shown first."""
        rank = {time: number for number, time in enumerate(sorted(order))}
        needed = max(number - rank[time] for number, time in enumerate(order))
        if self._delay is None:
            reorders = self._pictures.stream.codec_context.codec.canonical_name in {"h264", "hevc"}
            self._delay = 0 if self._pictures.settings.variable else max(needed, _REORDERED if reorders else 0)
        if needed > self._delay:
            raise ExportError(f"{path}: stores its pictures in another order than the first segment; use --restart")
        return self._delay

    def _check_parameters(self, path: Path, found: bytes | None) -> None:
        own = self._pictures.stream.codec_context.extradata
        if own and found and own != found:
            raise ExportError(f"{path}: was encoded with other settings than the rest; start again with --restart")


def _read(path: Path, base: Fraction) -> tuple[list[Packet[VideoStream]], bytes | None]:
    """The packets of a segment in decoding order, with timestamps in ticks of `base`, and its decoder's parameters."""
    try:
        # Opening would decode a picture to learn the pixel format, which nobody asks for here.
        with av.open(str(path), options={"skip_frame": "all"}) as container:
            stream = container.streams.video[0]
            parameters = stream.codec_context.extradata
            ratio = (stream.time_base or base) / base
            packets = [packet for packet in container.demux(stream) if packet.pts is not None]
    except (av.error.FFmpegError, IndexError) as error:
        raise ExportError(f"{path}: this segment cannot be read; start again with --restart") from error
    for packet in packets:
        packet.pts = round((packet.pts or 0) * ratio)
    return packets, parameters
