"""Making the frames of a clip last as long as a speech."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from typing import Protocol

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.fit_mode import Fit
from talkface_studio.media.probe import VideoInfo

BACKWARD_BYTES = 128 * 2**20
"""Decoded pictures held at once while playing backwards, in bytes."""


class FrameSource(Protocol):
    """What `fitted_frames` reads from; `VideoReader` is one."""

    @property
    def info(self) -> VideoInfo:
        """Size and frame rate of the source."""

    @property
    def duration(self) -> float:
        """Where the source ends, in seconds."""

    def frames(self, start: float = 0.0, end: float | None = None) -> Iterator[VideoFrame]:
        """The frames of `start..end` seconds."""


def fitted_frames(reader: FrameSource, duration: float, fit: Fit = "bounce") -> Iterator[VideoFrame]:
    """The frames of a clip whose time is below `duration` seconds, made to last that long if `fit` says how.

    "cut" ends with the clip, "loop" starts it over, "bounce" plays it backwards and forwards in turn, "hold" repeats
    its last frame at the clip's frame rate. Times rise strictly; the first pass is the clip as it is, with its own
    timestamps; later frames have none (`pts` is None). Memory does not grow with the clip but for 8 bytes a frame, and
    `BACKWARD_BYTES` of pictures while going backwards.

    Raises:
        MediaError: the clip cannot be decoded.
    """
    for index, frame in enumerate(_lasting(reader, fit)):
        if frame.time >= duration:
            return
        yield replace(frame, index=index)


@dataclass(frozen=True, slots=True)
class ClipTimes:
    """Times of a clip in seconds: of its first and its last frame, and where it starts over when it is looped."""

    first: float
    last: float
    end: float
    interval: float

    @classmethod
    def of(cls, first: float, last: float, duration: float, frame_rate: Fraction) -> ClipTimes:
        """From what a reader says; how long the last frame is shown is the container's word, unless that cannot be."""
        interval = float(1 / frame_rate)
        sane = interval / 2 <= duration - last <= 10 * interval
        return cls(first, last, duration if sane else last + interval, interval)


def source_time(time: float, fit: Fit, clip: ClipTimes) -> float:
    """The instant of the clip that `fitted_frames` shows at `time` seconds, without decoding what lies between."""
    span = clip.last - clip.first
    if time <= clip.last:
        return time
    if fit in {"cut", "hold"} or span <= 0:
        return clip.last
    if fit == "loop":
        return clip.first + (time - clip.first) % (clip.end - clip.first)
    passed = (time - clip.first) % (2 * span)
    # Backwards, a frame is shown from its mirrored time on: it is the next one in the clip, not the one before.
    return clip.first + passed if passed <= span else clip.last - (passed - span) + clip.interval * (1 - 1e-6)


def _lasting(reader: FrameSource, fit: Fit) -> Iterator[VideoFrame]:
    times = array("d")
    last: VideoFrame | None = None
    for frame in reader.frames():
        times.append(frame.time)
        last = frame
        yield frame
    if last is None or fit == "cut":
        return
    if fit == "hold" or len(times) == 1:
        yield from _hold(last, 1 / reader.info.frame_rate)
    elif fit == "loop":
        yield from _loop(reader, times)
    else:
        yield from _bounce(reader, times, 3 * last.size[0] * last.size[1])


def _hold(last: VideoFrame, interval: Fraction) -> Iterator[VideoFrame]:
    for number in count(1):
        yield _again(last, last.time + float(number * interval))


def _loop(reader: FrameSource, times: array[float]) -> Iterator[VideoFrame]:
    end = ClipTimes.of(times[0], times[-1], reader.duration, reader.info.frame_rate).end
    for number in count(1):
        for frame in reader.frames():
            yield _again(frame, frame.time + number * (end - times[0]))


def _bounce(reader: FrameSource, times: array[float], frame_bytes: int) -> Iterator[VideoFrame]:
    """Back and forth, so that neither the first nor the last frame comes twice in a row."""
    turn, period = 2 * times[-1], 2 * (times[-1] - times[0])
    for number in count():
        for frame in _backward(reader, times, frame_bytes):
            yield _again(frame, turn - frame.time + number * period)
        for frame in reader.frames(times[1]):
            yield _again(frame, frame.time + (number + 1) * period)


def _backward(reader: FrameSource, times: array[float], frame_bytes: int) -> Iterator[VideoFrame]:
    """All frames before the last one, from the end to the beginning, in windows that fit into `BACKWARD_BYTES`."""
    size = min(max(BACKWARD_BYTES // frame_bytes, 2), 250)
    for end in range(len(times) - 1, 0, -size):
        window = list(reader.frames(times[max(0, end - size)], times[end]))
        while window:
            yield window.pop()


def _again(frame: VideoFrame, time: float) -> VideoFrame:
    return replace(frame, time=time, pts=None, time_base=None)
