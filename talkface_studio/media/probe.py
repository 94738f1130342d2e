"""What is in a media file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from talkface_studio.api.errors import MediaError
from talkface_studio.media.colour import ColorTags
from talkface_studio.media.container import choose_stream, open_container, packets, stream_span, video_streams
from talkface_studio.media.orientation import Orientation
from talkface_studio.media.photo import is_photo, read_photo

DEFAULT_FRAME_RATE = Fraction(25)
"""Assumed where a file does not say."""
RATE_SAMPLE = 300
"""Frames looked at to tell a variable frame rate where the container has no index."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """One video stream. Width and height are those of the upright picture, in pixels.

    `index` is the stream's number among all streams of the file. `start` (seconds on the file's time axis) and
    `duration` (seconds) are what the container says. `frame_rate` is the average; `variable` is True where the frames
    are not evenly spaced. `rotation` is in degrees clockwise, 0, 90, 180 or 270, and already applied to what
    `VideoReader` gives. The colour tags are names as FFmpeg writes them, "unspecified" where the file does not say.
    `frames` is the container's count, None where it has none. `pixel_aspect` is a pixel's width over its height.
    `interlaced` is True where the first picture is woven of two fields: `VideoReader` gives whole pictures then.
    """

    index: int
    codec: str
    width: int
    height: int
    frame_rate: Fraction
    variable: bool
    rotation: int
    pixel_format: str
    bit_depth: int
    color_range: str
    color_primaries: str
    color_transfer: str
    color_space: str
    start: float
    duration: float
    frames: int | None
    time_base: Fraction = Fraction(1, 90_000)
    pixel_aspect: Fraction = Fraction(1)
    interlaced: bool = False


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """One audio stream: `rate` in Hz, `layout` such as "stereo" or "5.1", `start` and `duration` as in `VideoInfo`."""

    index: int
    codec: str
    rate: int
    channels: int
    layout: str
    start: float
    duration: float


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A media file. `duration` is in seconds, from the first picture or sound to the last; 0 for a photo."""

    path: Path
    kind: Literal["photo", "video", "audio"]
    container: str
    duration: float
    videos: tuple[VideoInfo, ...] = ()
    audios: tuple[AudioInfo, ...] = ()


def probe(path: Path) -> MediaInfo:
    """What is in `path`. Decodes one frame of each video stream; a photo is described as one still video stream.

    Raises:
        MediaError: the file is missing, empty, truncated, or not media.
    """
    if is_photo(path):
        return _probe_photo(path)
    with open_container(path) as container:
        videos = tuple(_probe_video(path, number) for number in range(len(video_streams(container))))
        audios = tuple(audio_info(container, stream) for stream in container.streams.audio if stream.codec_context)
        ends = [video.start + video.duration for video in videos] + [audio.start + audio.duration for audio in audios]
        kind: Literal["video", "audio"] = "video" if videos else "audio"
        return MediaInfo(path, kind, container.format.name, max(ends, default=0.0), videos, audios)


def audio_info(container: InputContainer, stream: AudioStream) -> AudioInfo:
    """The description of one audio stream."""
    start, duration = stream_span(container, stream)
    context = stream.codec_context
    return AudioInfo(
        index=stream.index,
        codec=context.name,
        rate=context.sample_rate,
        channels=context.channels,
        layout=context.layout.name,
        start=float(start),
        duration=float(duration),
    )


def video_info(path: Path, container: InputContainer, stream: VideoStream) -> VideoInfo:
    """The description of one video stream. Decodes its first frame, and leaves the file standing behind it."""
    start, duration = stream_span(container, stream)
    frame, times = _look(path, container, stream)
    tags, orientation = ColorTags.of(frame), Orientation.of(frame)
    width, height = orientation.size(frame.width, frame.height)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return VideoInfo(
        index=stream.index,
        codec=stream.codec_context.name,
        width=width,
        height=height,
        frame_rate=stream.average_rate or stream.guessed_rate or DEFAULT_FRAME_RATE,
        variable=_is_variable(times),
        rotation=orientation.rotation,
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        color_range=tags.range,
        color_primaries=tags.primaries,
        color_transfer=tags.transfer,
        color_space=tags.space,
        start=float(start),
        duration=float(duration),
        frames=stream.frames or None,
        time_base=stream.time_base or Fraction(1, 90_000),
        pixel_aspect=1 / aspect if orientation.transposed else aspect,
        interlaced=bool(frame.interlaced_frame),
    )


def _probe_video(path: Path, number: int) -> VideoInfo:
    # Each in a file of its own, because looking at one stream reads past the packets of the others.
    with open_container(path) as container:
        return video_info(path, container, choose_stream(path, video_streams(container), number, "picture"))


def _look(path: Path, container: InputContainer, stream: VideoStream) -> tuple[av.VideoFrame, list[int]]:
    """The first frame, and the timestamps of as many packets as it takes to tell a variable frame rate."""
    entries = stream.index_entries
    indexed = len(entries) > 1 and len(entries) == stream.frames
    times: list[int] = []
    first: av.VideoFrame | None = None
    for packet in packets(container, stream):
        if packet is None:
            continue
        if packet.pts is not None:
            times.append(packet.pts)
        if first is None:
            # A damaged packet is no reason to refuse the file: the next one may be whole.
            with suppress(av.error.FFmpegError):
                first = next(iter(stream.decode(packet)), None)
        if first is not None and (indexed or len(times) >= RATE_SAMPLE):
            break
    if first is None:
        raise MediaError(f"{path}: no picture of its video can be decoded; the file is damaged")
    # Frames that are shown before the last few that were read may not have been read yet.
    return first, [entry.timestamp for entry in entries] if indexed else sorted(times)[:-8]


def _is_variable(times: list[int]) -> bool:
    """Whether the spacing of frames varies by more than the rounding of their timestamps."""
    gaps = [after - before for before, after in pairwise(times)]
    return bool(gaps) and max(gaps) - min(gaps) > max(2, 0.01 * max(gaps))


def _probe_photo(path: Path) -> MediaInfo:
    height, width = read_photo(path).pixels.shape[:2]
    info = VideoInfo(
        index=0,
        codec=path.suffix.lstrip(".").lower(),
        width=width,
        height=height,
        frame_rate=DEFAULT_FRAME_RATE,
        variable=False,
        rotation=0,
        pixel_format="rgb24",
        bit_depth=8,
        color_range="pc",
        color_primaries="bt709",
        color_transfer="iec61966-2-1",
        color_space="rgb",
        start=0.0,
        duration=0.0,
        frames=1,
        time_base=1 / DEFAULT_FRAME_RATE,
    )
    return MediaInfo(path, "photo", "photo", 0.0, (info,))
