"""Opening a file for decoding: its time axis, and every way a file can disappoint as one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar, cast

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from talkface_studio.api.errors import MediaError

StreamT = TypeVar("StreamT", bound=Stream)

LARGEST_FRAME = 40_000_000
"""Pixels of the largest video frame that is decoded (8K has 35 million): a decoder holds dozens of them."""
MAX_READ_FAILURES = 8
"""Consecutive failures to read a packet after which the rest of the file is given up."""


def open_container(path: Path) -> InputContainer:
    """Open `path` for decoding; network addresses and playlists that lead to the network are refused.

    Raises:
        MediaError: the file is missing, empty, a folder, truncated, or not audio or video.
    """
    check_readable(path)
    try:
        # An absolute path and the whitelist keep FFmpeg from taking a name or a playlist entry for a network address.
        container = av.open(str(path.resolve()), options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"{path}: not a readable audio or video file, or damaged ({reason(error)})") from error
    if container.format.name == "tty" or not (video_streams(container) or container.streams.audio):
        container.close()
        raise MediaError(f"{path}: holds neither picture nor sound")
    try:
        _check_complete(path, container)
        _limit_frames(path, container)
    except MediaError:
        container.close()
        raise
    return container


def check_readable(path: Path) -> None:
    """Raise MediaError unless `path` is a file with something in it that may be read."""
    try:
        if path.is_dir():
            raise MediaError(f"{path}: is a folder, not a media file")
        if not path.exists():
            raise MediaError(f"{path}: no such file")
        if not path.is_file():
            # Opening a pipe waits for whoever writes to it, perhaps for ever; a device may never end.
            raise MediaError(f"{path}: is not a file but a pipe, socket or device; copy its content into a file")
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(f"{path}: the file is empty")
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be read ({reason(error)})") from error


def reason(error: Exception) -> str:
    """What an FFmpeg or system error says, without codes and file names, on one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())


def video_streams(container: InputContainer) -> list[VideoStream]:
    """The video streams that are motion pictures: cover art is left out."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def choose_stream(path: Path, streams: Sequence[StreamT], number: int, kind: str) -> StreamT:
    """The `number`-th of `streams`; `kind` is "picture" or "sound", for the message.

    Raises:
        MediaError: there is no such stream, or this build of FFmpeg cannot decode it.
    """
    if not streams:
        raise MediaError(f"{path}: has no {kind}")
    if not 0 <= number < len(streams):
        raise MediaError(
            f"{path}: has {len(streams)} {kind} stream(s), there is no number {number} (they count from 0)"
        )
    stream = streams[number]
    if stream.codec_context is None:
        raise MediaError(f"{path}: no decoder for its {kind}; convert it to another codec")
    return stream


def origin(container: InputContainer) -> Fraction:
    """Where the file's time axis has its zero, in seconds on the streams' own clocks: the earliest picture or sound.

    Exact, unlike the container's start, which FFmpeg rounds to microseconds.
    """
    starts = [
        stream.start_time * stream.time_base
        for stream in [*video_streams(container), *container.streams.audio]
        if stream.start_time is not None and stream.time_base
    ]
    return min(starts, default=Fraction(0))


def stream_span(container: InputContainer, stream: Stream) -> tuple[Fraction, Fraction]:
    """Start and duration of a stream in seconds; the start is on the file's time axis."""
    base, zero = stream.time_base or Fraction(1, 1_000_000), origin(container)
    start = stream.start_time * base - zero if stream.start_time is not None else Fraction(0)
    if stream.duration:
        return start, stream.duration * base
    # Matroska states the end of each stream, not its length, in a tag.
    end = _parse_clock(stream.metadata.get("DURATION", ""))
    if end is None:
        end = Fraction(container.duration or 0, 1_000_000)
    return start, max(end - start, Fraction(0))


def packets(container: InputContainer, stream: StreamT) -> Iterator[Packet[StreamT] | None]:
    """The packets of one stream from where the file stands, the flushing packet last; None for each unreadable one."""
    failures = 0
    while True:
        try:
            for packet in container.demux(stream):
                failures = 0
                yield cast("Packet[StreamT]", packet)
        except av.error.FFmpegError:
            failures += 1
            yield None
            if failures >= MAX_READ_FAILURES:
                return
        else:
            return


def _parse_clock(text: str) -> Fraction | None:
    """Seconds of "HH:MM:SS.fraction"."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    except ValueError:
        return None


def _limit_frames(path: Path, container: InputContainer) -> None:
    """A header may announce any size, and the stream behind it another one."""
    for stream in video_streams(container):
        context = stream.codec_context
        if context is None:
            continue
        if context.width * context.height > LARGEST_FRAME:
            raise MediaError(f"{path}: frames of {context.width}x{context.height} pixels are more than 8K; reduce them")
        context.options = {**context.options, "max_pixels": str(LARGEST_FRAME)}


def _check_complete(path: Path, container: InputContainer) -> None:
    """A file whose index stands before its content opens even when its end is missing; the index tells."""
    size = path.stat().st_size
    for stream in container.streams:
        entries = stream.index_entries
        if len(entries) and entries[-1].pos + entries[-1].size > size:
            needed = entries[-1].pos + entries[-1].size
            raise MediaError(f"{path}: is truncated: {size} bytes of at least {needed}; copy or download it again")
