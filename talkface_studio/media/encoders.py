"""One encoded stream each: frames or samples in, packets for the muxer out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import av.error
import numpy as np
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.codec.hwaccel import HWAccel
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from talkface_studio.api.errors import ExportError
from talkface_studio.api.values import AudioClip, FloatArray, VideoFrame
from talkface_studio.media.codecs import AudioCodec, VideoCodec
from talkface_studio.media.colour import (
    INTERPOLATION,
    PRIMARIES,
    RANGES,
    SPACES,
    TRANSFERS,
    UNSPECIFIED,
    ColorTags,
)
from talkface_studio.media.container import reason
from talkface_studio.media.native import NativeConverter
from talkface_studio.media.palette import Palette
from talkface_studio.media.pixel_format import pixel_format, planar
from talkface_studio.media.probe import AudioInfo, VideoInfo

SILENCE_BLOCK = 65_536
"""Samples of silence written at once to fill a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSettings:
    """What the video stream is like.

    Width and height are in pixels. `frame_rate` is what the file announces; frames keep their own times, counted in
    `time_base` (seconds; None: one that holds `frame_rate` exactly). The colour tags are names of `media.colour`; RGB
    is converted by the matrix and range that they mean. `pixel_aspect` is a pixel's width over its height. Unless
    `variable` is False, no frame is stored out of order: MP4 counts a track's length in decoding order, which would
    come out wrong where frames are not evenly spaced. `pixel_format` is that of the source: the encoder keeps as much
    of its depth and chroma as it can. `scaled_to` is the width and height that are stored, where they are not the
    frames' own.
    """

    width: int
    height: int
    frame_rate: Fraction = Fraction(25)
    time_base: Fraction | None = None
    color_range: str = UNSPECIFIED
    color_primaries: str = UNSPECIFIED
    color_transfer: str = UNSPECIFIED
    color_space: str = UNSPECIFIED
    pixel_aspect: Fraction = Fraction(1)
    variable: bool = True
    pixel_format: str = "rgb24"
    scaled_to: tuple[int, int] | None = None

    @classmethod
    def like(cls, info: VideoInfo) -> VideoSettings:
        """Those of a source: its size, frame times, shape of pixels and colour tags (a photo's become BT.709 video)."""
        tags = ColorTags(info.color_range, info.color_primaries, info.color_transfer, info.color_space)
        if info.color_space == "rgb":
            tags = ColorTags("tv", "bt709", "bt709", "bt709")
        return cls(
            width=info.width,
            height=info.height,
            frame_rate=info.frame_rate,
            time_base=info.time_base,
            color_range=tags.range,
            color_primaries=tags.primaries,
            color_transfer=tags.transfer,
            color_space=tags.space,
            pixel_aspect=info.pixel_aspect,
            variable=info.variable,
            pixel_format=info.pixel_format,
        )

    def within(self, limit: tuple[int, int] | None) -> VideoSettings:
        """Scaled down to even sides of at most this width and height, which are swapped for upright pictures."""
        if limit is None:
            return self
        long, short = max(limit), min(limit)
        box = (long, short) if self.width >= self.height else (short, long)
        scale = min(box[0] / self.width, box[1] / self.height)
        if scale >= 1:
            return self
        return replace(self, scaled_to=(even(self.width * scale), even(self.height * scale)))

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height of the pictures in the file."""
        return self.scaled_to or (self.width, self.height)

    @property
    def clock(self) -> Fraction:
        """The time base: the one asked for, or a fine one in which frames at the frame rate have whole ticks."""
        if self.time_base is not None:
            return self.time_base
        return Fraction(1, self.frame_rate.numerator * max(1, -(-12_000 // self.frame_rate.numerator)))

    @property
    def tags(self) -> ColorTags:
        """The four colour tags."""
        return ColorTags(self.color_range, self.color_primaries, self.color_transfer, self.color_space)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSettings:
    """What the audio stream is like: rate in Hz, number of channels, and their layout ("stereo", "5.1"; None: usual).

    A rate that the codec does not have is converted to the next higher one that it has (AAC: 7350, 8000, 11025, 12000,
    16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000 Hz).
    """

    rate: int
    channels: int = 1
    layout: str | None = None

    @classmethod
    def like(cls, info: AudioInfo) -> AudioSettings:
        """Those of a source."""
        return cls(rate=info.rate, channels=info.channels, layout=info.layout)


class HardwareEncoderError(ExportError):
    """An encoder in hardware failed, which the one in software would not have."""


def even(length: float) -> int:
    """The nearest even number of pixels, 2 or more."""
    return max(2, 2 * round(length / 2))


class VideoEncoder:
    """Encodes the frames of one stream."""

    def __init__(
        self,
        container: OutputContainer,
        settings: VideoSettings,
        codec: VideoCodec,
        options: dict[str, str],
        *,
        shift: int | None = None,
    ) -> None:
        """Add the stream to `container` and open its encoder; raises what FFmpeg raises where that cannot be.

        `shift` is how many ticks the source's timestamps are ahead of the output's (None: as the first frame says).

        Raises:
            HardwareEncoderError: where the encoder is one in hardware, instead of what FFmpeg raises; the other methods
                do the same.
        """
        self.count = 0
        self._codec = codec
        self.settings = settings
        self._format = codec.format_for(settings.pixel_format, *settings.stored_size)
        self._tags = ColorTags("pc", space="rgb") if pixel_format(self._format).rgb else settings.tags
        self.base = settings.clock
        self.duration = max(1, round(1 / (settings.frame_rate * self.base)))
        self.shift = shift
        self.last: int | None = None
        stored = codec.format_for(settings.pixel_format, settings.width, settings.height)
        self._converter = NativeConverter(planar(stored), self._tags)
        self._scaler = VideoReformatter()
        self._palette: Palette | None = None
        if self._format == "pal8":
            self._palette = Palette(*settings.stored_size, self.base)
        with self._guard():
            self.stream = self._add_stream(container, codec, options)
            self.stream.codec_context.open()

    def encode(self, frame: VideoFrame) -> list[Packet[VideoStream]]:
        """Packets that are ready after this frame; see `MediaWriter.write_frame`."""
        settings = self.settings
        if frame.size != (settings.width, settings.height):
            announced = f"{settings.width}x{settings.height}"
            raise ExportError(
                f"frame at {frame.time:.3f} s is {frame.size[0]}x{frame.size[1]}, announced was {announced}"
            )
        timestamp = self._timestamp(frame)
        picture = self._picture(frame, timestamp)
        picture.pts = timestamp
        picture.time_base = self.base
        picture.duration = self.duration
        self.count += 1
        return self._encoded(picture)

    def _picture(self, frame: VideoFrame, timestamp: int) -> av.VideoFrame:
        if self._palette is not None:
            picture = av.VideoFrame.from_ndarray(frame.pixels, format="rgb24")
            return self._palette.reduce(self._scaled(picture), timestamp)
        return self._scaled(self._converter.picture(frame))

    def _scaled(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture in the size and the format that are stored."""
        width, height = self.settings.stored_size
        kind = picture.format.name if self._palette is not None else self._format
        if (picture.width, picture.height, picture.format.name) == (width, height, kind):
            return picture
        if pixel_format(kind).rgb:
            return self._scaler.reformat(picture, width, height, kind, interpolation=INTERPOLATION)
        # Matrix and range stay what they are; FFmpeg's defaults for another size or depth are not asked.
        matrix, levels = self._tags.matrix(self.settings.width, self.settings.height), self._tags.levels
        scaled = self._scaler.reformat(
            picture,
            width,
            height,
            kind,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=levels,
            dst_color_range=levels,
            interpolation=INTERPOLATION,
        )
        self._tags.mark(scaled)
        return scaled

    def flush(self) -> list[Packet[VideoStream]]:
        """The last packets."""
        return self._encoded(None)

    def _encoded(self, picture: av.VideoFrame | None) -> list[Packet[VideoStream]]:
        with self._guard():
            return self.stream.encode(picture)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except (av.error.FFmpegError, NotImplementedError, OSError, ValueError) as error:
            if self._codec.software is None:
                raise
            raise HardwareEncoderError(f"{self._codec.encoder} failed ({reason(error)})") from error

    def _add_stream(self, container: OutputContainer, codec: VideoCodec, options: dict[str, str]) -> VideoStream:
        # SVT-AV1 asks the environment how much to print on standard error, and by default prints its whole setup.
        os.environ.setdefault("SVT_LOG", "1")
        device = None if codec.device is None else HWAccel(codec.device, allow_software_fallback=False)
        stream = container.add_stream(codec.encoder, self.settings.frame_rate, options, hwaccel=device)
        assert isinstance(stream, VideoStream)
        context = stream.codec_context
        context.width, context.height = self.settings.stored_size
        context.pix_fmt = self._format
        context.time_base = stream.time_base = self.base
        if codec.threads is not None:
            context.thread_count = codec.threads()
        context.color_range = RANGES[self._tags.range]
        context.color_primaries = PRIMARIES[self._tags.primaries]
        context.color_trc = TRANSFERS[self._tags.transfer]
        context.colorspace = SPACES[self._tags.space]
        if self.settings.variable:
            context.max_b_frames = 0
        context.sample_aspect_ratio = self.settings.pixel_aspect
        if codec.tag is not None and container.format.name in {"mp4", "mov"}:
            context.codec_tag = codec.tag
        return stream

    def _timestamp(self, frame: VideoFrame) -> int:
        """The frame's time in ticks: the source's own timestamp, moved, where it says the same as the time."""
        # Whole numbers: a fraction of this many digits would be reduced at every step.
        exact, parts = frame.time.as_integer_ratio()
        exact, parts = exact * self.base.denominator, parts * self.base.numerator
        ticks = round(Fraction(exact, parts))
        if frame.pts is not None and frame.time_base == self.base:
            if self.shift is None:
                self.shift = frame.pts - ticks
            if abs((frame.pts - self.shift) * parts - exact) <= parts:
                ticks = frame.pts - self.shift
        if ticks < 0 or (self.last is not None and ticks <= self.last):
            raise ExportError(f"frame at {frame.time:.6f} s does not come after the one before it; times have to rise")
        self.last = ticks
        return ticks


class AudioEncoder:
    """Encodes the sound of one stream, from time 0 on."""

    def __init__(self, container: OutputContainer, settings: AudioSettings, codec: AudioCodec, bitrate: int) -> None:
        """Add the stream to `container`; raises what FFmpeg raises where the settings cannot be encoded."""
        self.settings = settings
        self._layout = channel_layout(settings)
        self._position = 0
        stream = container.add_stream(codec.encoder, rate=codec.sample_rate(settings.rate))
        assert isinstance(stream, AudioStream)
        context = stream.codec_context
        context.layout = self._layout
        if codec.sample_format is not None:
            context.format = codec.sample_format
        if codec.lossy:
            # The bit rate asked for is that of stereo at 48 kHz; what holds more sound needs more.
            context.bit_rate = round(bitrate * max(1, settings.channels / 2) * max(1, settings.rate / 48_000))
        self._stream = stream

    def encode(self, clip: AudioClip) -> Iterator[list[Packet[AudioStream]]]:
        """Packets that are ready after this clip, some at a time; see `MediaWriter.write_audio`."""
        settings = self.settings
        if clip.channels != settings.channels or clip.rate != settings.rate:
            announced = f"{settings.channels} channel(s) at {settings.rate} Hz"
            raise ExportError(
                f"sound at {clip.start:.3f} s has {clip.channels} at {clip.rate} Hz, announced was {announced}"
            )
        missing = round(clip.start * settings.rate) - self._position
        if missing < -1:
            raise ExportError(f"sound at {clip.start:.3f} s overlaps the sound before it, which ends later")
        while missing > 1:
            block = min(missing, SILENCE_BLOCK)
            yield self._encode(np.zeros((settings.channels, block), np.float32))
            missing -= block
        for first in range(0, clip.samples.shape[1], SILENCE_BLOCK):
            yield self._encode(clip.samples[:, first : first + SILENCE_BLOCK])

    def flush(self) -> list[Packet[AudioStream]]:
        """The last packets."""
        return self._stream.encode(None)

    def _encode(self, samples: FloatArray) -> list[Packet[AudioStream]]:
        # Interleaved, because PyAV counts the planes of 8 and more planar channels wrongly.
        data = np.ascontiguousarray(samples.T, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(data, format="flt", layout=self._layout)
        frame.sample_rate = self.settings.rate
        frame.pts = self._position
        frame.time_base = Fraction(1, self.settings.rate)
        self._position += samples.shape[1]
        return self._stream.encode(frame)


# AAC and Opus know one kind of surround; side and back speakers differ in name only.
_SAME_LAYOUTS = {"5.0(side)": "5.0", "5.1(side)": "5.1"}
_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}


def channel_layout(settings: AudioSettings) -> AudioLayout:
    """The channels as FFmpeg knows them; the usual ones of that many where a name is missing or not known.

    Raises:
        ExportError: so many channels have no usual layout.
    """
    # FFmpeg writes "1 channels" where a file counts its channels without naming them.
    if settings.layout is not None and not settings.layout.endswith(" channels"):
        try:
            layout = AudioLayout(_SAME_LAYOUTS.get(settings.layout, settings.layout))
        except ValueError:
            # A file may name channels in a way that has no name of its own; their usual order is what remains.
            layout = None
        if layout is not None and layout.nb_channels == settings.channels:
            return layout
    if settings.channels not in _USUAL_LAYOUTS:
        raise ExportError(f"sound of {settings.channels} channels cannot be encoded; mix it down to 1, 2, 6 or 8")
    return AudioLayout(_USUAL_LAYOUTS[settings.channels])
