"""The codecs that can be written, as a table: encoder, containers, pixel formats, options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import av
from av.codec.codec import UnknownCodecError

from talkface_studio.api.errors import ExportError

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to encode.

    `crf` is the constant quality: 0 is best, 18 looks like the source in H.264 and HEVC (0..51), about 24 in AV1 and
    VP9 (0..63); ProRes and FFV1 take none. `preset` is one of `PRESETS`. `audio_bitrate` is in bits per
    second for up to two channels at up to 48 kHz, and more in proportion.
    """

    codec: str = "h264"
    crf: int = 18
    preset: str = "veryfast"
    audio_codec: str = "aac"
    audio_bitrate: int = 192_000


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """A video codec. `odd_format` is for pictures of odd width or height, which 4:2:0 of some codecs cannot hold."""

    encoder: str
    containers: tuple[str, ...]
    pixel_format: str
    odd_format: str
    largest_crf: int | None = None
    presets: tuple[str, ...] = ()
    """What each of `PRESETS` is called by the encoder; empty where it has none."""
    preset_option: str = "preset"
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str | None = None
    """The code that makes Apple's players accept the codec in MP4."""

    def encoder_options(self, encoding: Encoding) -> dict[str, str]:
        """The encoder's options for this encoding.

        Raises:
            ExportError: the quality or the preset does not exist.
        """
        options = dict(self.options)
        if self.largest_crf is not None:
            if not 0 <= encoding.crf <= self.largest_crf:
                raise ExportError(f"crf {encoding.crf} is outside 0..{self.largest_crf} of {encoding.codec}")
            options["crf"] = str(encoding.crf)
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

    def sample_rate(self, wanted: int) -> int:
        """The wanted rate if the encoder has it, else the next higher one, else its highest (in Hz)."""
        rates = sorted(av.codec.Codec(self.encoder, "w").audio_rates or ())
        return next((rate for rate in rates if rate >= wanted), rates[-1]) if rates else wanted


VIDEO_CODECS: Mapping[str, VideoCodec] = {
    "h264": VideoCodec("libx264", ("mp4", "mov", "mkv"), "yuv420p", "yuv444p", 51, PRESETS),
    "hevc": VideoCodec(
        "libx265",
        ("mp4", "mov", "mkv"),
        "yuv420p",
        "yuv444p",
        51,
        PRESETS,
        options={"x265-params": "log-level=error"},
        tag="hvc1",
    ),
    "av1": VideoCodec(
        "libsvtav1",
        ("mp4", "mkv", "webm"),
        "yuv420p",
        "yuv420p",
        63,
        ("12", "11", "10", "9", "8", "7", "5", "4", "3"),
    ),
    "vp9": VideoCodec(
        "libvpx-vp9",
        ("webm", "mkv", "mp4"),
        "yuv420p",
        "yuv420p",
        63,
        ("5", "5", "5", "4", "4", "3", "2", "1", "0"),
        "cpu-used",
        {"b": "0", "deadline": "good", "row-mt": "1"},
    ),
    "prores": VideoCodec("prores_ks", ("mov", "mkv"), "yuv422p10le", "yuv444p10le"),
    "ffv1": VideoCodec("ffv1", ("mkv",), "bgr0", "bgr0", options={"level": "3"}),
}
"""FFV1 stores RGB, so it gives back exactly the pixels that were written."""

AUDIO_CODECS: Mapping[str, AudioCodec] = {
    "aac": AudioCodec("aac", ("mp4", "mov", "mkv")),
    "opus": AudioCodec("libopus", ("mp4", "mkv", "webm")),
    "flac": AudioCodec("flac", ("mp4", "mkv"), lossy=False),
    "alac": AudioCodec("alac", ("mp4", "mov", "mkv"), lossy=False),
    "pcm": AudioCodec("pcm_s16le", ("mov", "mkv"), lossy=False),
}


CodecT = TypeVar("CodecT", VideoCodec, AudioCodec)


def find_video_codec(name: str, path: Path) -> VideoCodec:
    """The codec called `name`.

    Raises:
        ExportError: there is none, this build of FFmpeg lacks it, or the container that `path` names cannot hold it.
    """
    return _check(name, VIDEO_CODECS, path)


def find_audio_codec(name: str, path: Path) -> AudioCodec:
    """The audio codec called `name`; raises as `find_video_codec` does."""
    return _check(name, AUDIO_CODECS, path)


def _check(name: str, table: Mapping[str, CodecT], path: Path) -> CodecT:
    if name not in table:
        raise ExportError(f"codec {name!r} is unknown; choose one of {', '.join(table)}")
    codec, container = table[name], path.suffix.lower().lstrip(".")
    if container not in {item for each in VIDEO_CODECS.values() for item in each.containers}:
        raise ExportError(f"{path}: cannot write {container or 'a file without suffix'}; use .mp4, .mov, .mkv or .webm")
    if container not in codec.containers:
        fitting = ", ".join(each for each in table if container in table[each].containers)
        raise ExportError(f"{path}: a .{container} file cannot hold {name}; it holds {fitting}")
    try:
        av.codec.Codec(codec.encoder, "w")
    except UnknownCodecError:
        raise ExportError(f"codec {name}: the installed FFmpeg has no encoder {codec.encoder}") from None
    return codec
