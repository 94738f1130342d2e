"""The codecs that can be written, as a table: encoder, containers, pixel formats, options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import av
from av.codec.codec import UnknownCodecError

from talkface_studio.api.errors import ExportError
from talkface_studio.media.encoding import PRESETS, Encoding
from talkface_studio.media.pixel_format import closest, pixel_format, planar
from talkface_studio.runtime import half_of_cores

MOVIES = ("mp4", "mov", "mkv", "webm")
SEQUENCE = re.compile(r"[^%]*%0?\d*d[^%]*\.png", re.IGNORECASE)
SOUNDS = ("wav", "flac", "m4a", "opus")
"""Suffixes of files that hold sound alone."""


def _crf(crf: int) -> dict[str, str]:
    return {"crf": str(crf)}


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """A video codec and the pixel formats it is used with.

    `odd_format` is for pictures of odd width or height, which 4:2:0 of some codecs cannot hold, `deep_formats` are for
    sources of more than 8 bits. A source's own format is kept where it is one of `exact_formats`.
    """

    encoder: str
    containers: tuple[str, ...]
    pixel_format: str
    odd_format: str
    largest_crf: int | None = None
    presets: tuple[str, ...] = ()
    """What each of `PRESETS` is called by the encoder; empty where it has none."""
    preset_option: str = "preset"
    quality: Callable[[int], Mapping[str, str]] = _crf
    """The options that make the encoder keep the quality that a CRF means."""
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str | None = None
    """The code that makes Apple's players accept the codec in MP4."""
    deep_formats: tuple[str, ...] = ()
    exact_formats: tuple[str, ...] = ()
    software: str | None = None
    """For an encoder in hardware: the codec that stands in for it."""
    device: str | None = None
    """For an encoder that takes pictures from the memory of a device only: FFmpeg's name of such devices."""
    threads: Callable[[], int] | None = None
    """How many threads it gets; None for as many as it takes, more than there are cores."""
    joins: bool = True
    """Whether streams that were encoded apart can be joined by copying their packets."""

    def format_for(self, source: str, width: int, height: int) -> str:
        """The pixel format to encode a source of this format and size in."""
        given = pixel_format(planar(source))
        if given.name in self.exact_formats:
            return given.name
        if given.bits > 8 and not given.rgb:
            deep = closest(given.name, self.deep_formats, width, height)
            if deep is not None:
                return deep
        return self.odd_format if width % 2 or height % 2 else self.pixel_format

    def encoder_options(self, encoding: Encoding) -> dict[str, str]:
        """The encoder's options for this encoding.

        Raises:
            ExportError: the quality or the preset does not exist.
        """
        options = dict(self.options)
        if encoding.bitrate is not None:
            if self.largest_crf is None:
                raise ExportError(f"{encoding.codec} takes no bit rate; leave it out")
            options["b"] = str(encoding.bitrate)
        elif self.largest_crf is not None:
            if not 0 <= encoding.crf <= self.largest_crf:
                raise ExportError(f"crf {encoding.crf} is outside 0..{self.largest_crf} of {encoding.codec}")
            options.update(self.quality(encoding.crf))
        if self.presets:
            if encoding.preset not in PRESETS:
                raise ExportError(f"preset {encoding.preset!r} is unknown; choose one of {', '.join(PRESETS)}")
            options[self.preset_option] = self.presets[PRESETS.index(encoding.preset)]
        return options


@dataclass(frozen=True, slots=True)
class AudioCodec:
    """An audio codec; `lossy` ones take a bit rate."""

    encoder: str
    containers: tuple[str, ...]
    lossy: bool = True
    sample_format: str | None = None
    """What the encoder is given where it would take less than it can hold."""

    def sample_rate(self, wanted: int) -> int:
        """The wanted rate if the encoder has it, else the next higher one, else its highest (in Hz)."""
        rates = sorted(av.codec.Codec(self.encoder, "w").audio_rates or ())
        return next((rate for rate in rates if rate >= wanted), rates[-1]) if rates else wanted


_H264 = VideoCodec(
    "libx264",
    ("mp4", "mov", "mkv"),
    "yuv420p",
    "yuv444p",
    51,
    PRESETS,
    deep_formats=("yuv420p10le", "yuv422p10le", "yuv444p10le"),
    # Its threads wait for each other: three of them on two cores take a fifth more processor time than one.
    threads=half_of_cores,
)
_HEVC = VideoCodec(
    "libx265",
    ("mp4", "mov", "mkv"),
    "yuv420p",
    "yuv444p",
    51,
    PRESETS,
    # With a pool of threads and no B-frames, x265 4.2 now and then never ends; its frame threads are not in the pool.
    options={"x265-params": "log-level=error:open-gop=0:pools=none"},
    tag="hvc1",
    deep_formats=("yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv420p12le", "yuv422p12le", "yuv444p12le"),
)
_AV1 = VideoCodec(
    "libsvtav1",
    ("mp4", "mkv", "webm"),
    "yuv420p",
    "yuv420p",
    63,
    ("12", "11", "10", "9", "8", "7", "5", "4", "3"),
    deep_formats=("yuv420p10le",),
)
_SPEEDS = {
    "nvenc": ("p1", "p1", "p2", "p3", "p4", "p4", "p5", "p6", "p7"),
    "qsv": ("veryfast", "veryfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"),
    "amf": ("speed", "speed", "speed", "speed", "balanced", "balanced", "quality", "quality", "quality"),
}
_PRESET_NAMES = {"amf": "quality"}
_LAMBDA = 118
"""In which FFmpeg counts `global_quality` where it is a quantizer."""


def _hardware_quality(name: str, maker: str, crf: int) -> Mapping[str, str]:
    # Most take 0 for "as the encoder likes", and AV1's quantizers go up to 255.
    quality, quantizer = str(max(1, crf)), str(max(1, 4 * crf if name == "av1" else crf))
    return {
        # Without a rate of 0 it keeps to its default of 2 Mbit/s, whatever the quality.
        "nvenc": {"rc": "vbr", "b": "0", "cq": quality},
        "qsv": {"global_quality": str(min(51, max(1, crf)))},
        "amf": {"rc": "cqp", "qp_i": quantizer, "qp_p": quantizer},
        "vaapi": {"qp": quantizer},
        # From 1 to 100, where 100 is best.
        "videotoolbox": {"flags": "+qscale", "global_quality": str(round(100 - 1.8 * crf) * _LAMBDA)},
    }[maker]


def _hardware(name: str, software: VideoCodec, maker: str) -> VideoCodec:
    """The codec of `software` in the hardware of one maker, by FFmpeg's name of the encoder."""
    return replace(
        software,
        encoder=f"{name}_{maker}",
        pixel_format="nv12",
        odd_format="nv12",
        presets=_SPEEDS.get(maker, ()),
        preset_option=_PRESET_NAMES.get(maker, "preset"),
        quality=partial(_hardware_quality, name, maker),
        options={},
        deep_formats=() if name == "h264" else ("p010le",),
        software=name,
        device="vaapi" if maker == "vaapi" else None,
    )


VIDEO_CODECS: Mapping[str, VideoCodec] = {
    "h264": _H264,
    "hevc": _HEVC,
    "av1": _AV1,
    "vp9": VideoCodec(
        "libvpx-vp9",
        ("webm", "mkv", "mp4"),
        "yuv420p",
        "yuv420p",
        63,
        ("5", "5", "5", "4", "4", "3", "2", "1", "0"),
        "cpu-used",
        options={"b": "0", "deadline": "good", "row-mt": "1"},
    ),
    "prores": VideoCodec(
        "prores_ks",
        ("mov", "mkv"),
        "yuv422p10le",
        "yuv444p10le",
        options={"profile": "hq", "vendor": "apl0"},
        exact_formats=("yuv422p10le", "yuv444p10le"),
        deep_formats=("yuv422p10le", "yuv444p10le"),
    ),
    "ffv1": VideoCodec(
        "ffv1",
        ("mkv",),
        "bgr0",
        "bgr0",
        options={"level": "3", "g": "1", "slicecrc": "1"},
        exact_formats=tuple(f"yuv{chroma}p{depth}" for chroma in (420, 422, 444) for depth in ("", "10le", "12le")),
        deep_formats=("yuv420p16le", "yuv422p16le", "yuv444p16le"),
    ),
    "gif": VideoCodec("gif", ("gif",), "pal8", "pal8", joins=False),
    "webp": VideoCodec("libwebp_anim", ("webp",), "bgra", "bgra", joins=False),
    "png": VideoCodec("png", ("png",), "rgb24", "rgb24"),
    **{
        f"{name}_{maker}": _hardware(name, software, maker)
        for name, software in (("h264", _H264), ("hevc", _HEVC), ("av1", _AV1))
        for maker in ("nvenc", "qsv", "amf", "vaapi", "videotoolbox")
        if (name, maker) != ("av1", "videotoolbox")
    },
}
"""FFV1 stores a source's own samples; where frames were never YUV it stores RGB, exactly as they were written."""

AUDIO_CODECS: Mapping[str, AudioCodec] = {
    "aac": AudioCodec("aac", ("mp4", "mov", "mkv", "m4a")),
    "opus": AudioCodec("libopus", ("mp4", "mkv", "webm", "opus")),
    "flac": AudioCodec("flac", ("mp4", "mkv", "flac"), lossy=False, sample_format="s32"),
    "alac": AudioCodec("alac", ("mp4", "mov", "mkv", "m4a"), lossy=False, sample_format="s32p"),
    "pcm": AudioCodec("pcm_s16le", ("mov", "mkv", "wav"), lossy=False),
    "pcm24": AudioCodec("pcm_s24le", ("mov", "mkv", "wav"), lossy=False),
    "pcm32f": AudioCodec("pcm_f32le", ("mov", "mkv", "wav"), lossy=False),
}
USUAL_SOUND = {"webm": "opus", "wav": "pcm", "flac": "flac", "opus": "opus"}
"""What sound is encoded as where nothing was asked for; "aac" elsewhere."""


CodecT = TypeVar("CodecT", VideoCodec, AudioCodec)


def is_sequence(path: Path) -> bool:
    """Whether a path stands for numbered pictures in a folder of their own: "shots/%06d.png"."""
    return SEQUENCE.fullmatch(path.name) is not None


def container_of(path: Path) -> str:
    """The container that a file's suffix names: "mp4", "wav", ...

    Raises:
        ExportError: none that can be written.
    """
    container = _suffix(path)
    if is_sequence(path):
        return container
    known = {item for table in (VIDEO_CODECS, AUDIO_CODECS) for each in table.values() for item in each.containers}
    if container not in known - {"png"}:
        fitting = ", ".join(f".{each}" for each in (*MOVIES, "gif", "webp", *SOUNDS))
        what = container or "a file without suffix"
        raise ExportError(f"{path}: cannot write {what}; use {fitting}, or NAME/%06d.png for pictures")
    return container


def _suffix(path: Path) -> str:
    return path.suffix.lower().lstrip(".")


def usual_codec(path: Path) -> str | None:
    """The video codec for a container that has but one, None for the others."""
    fitting = [name for name, codec in VIDEO_CODECS.items() if _suffix(path) in codec.containers]
    return fitting[0] if len(fitting) == 1 else None


def is_sound(path: Path) -> bool:
    """Whether the container that `path` names holds sound alone."""
    return _suffix(path) in SOUNDS


def in_software(name: str) -> str:
    """The name of the codec that stands in for an encoder in hardware; any other name as it is."""
    codec = VIDEO_CODECS.get(name)
    return name if codec is None or codec.software is None else codec.software


def find_video_codec(name: str, path: Path) -> VideoCodec:
    """The codec called `name`.

    Raises:
        ExportError: there is none, this build of FFmpeg lacks it, or the container that `path` names cannot hold it.
    """
    return _check(name, VIDEO_CODECS, path)


def find_audio_codec(name: str | None, path: Path) -> AudioCodec:
    """The audio codec called `name`, or the usual one of the container; raises as `find_video_codec` does."""
    return _check(name or USUAL_SOUND.get(container_of(path), "aac"), AUDIO_CODECS, path)


def holds_sound(path: Path) -> bool:
    """Whether the container that `path` names can hold sound."""
    container = container_of(path)
    return any(container in codec.containers for codec in AUDIO_CODECS.values())


def _check(name: str, table: Mapping[str, CodecT], path: Path) -> CodecT:
    if name not in table:
        raise ExportError(f"codec {name!r} is unknown; choose one of {', '.join(table)}")
    codec, container = table[name], container_of(path)
    if container not in codec.containers:
        fitting = ", ".join(each for each in table if container in table[each].containers)
        instead = f"it holds {fitting}" if fitting else "use .mp4, .mov, .mkv or .webm"
        raise ExportError(f"{path}: a .{container} file cannot hold {name}; {instead}")
    try:
        av.codec.Codec(codec.encoder, "w")
    except UnknownCodecError:
        raise ExportError(f"codec {name}: the installed FFmpeg has no encoder {codec.encoder}") from None
    return codec
