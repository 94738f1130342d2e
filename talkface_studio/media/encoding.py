"""How an output is to be encoded, apart from the code that does it: who only asks needs no media library."""

from __future__ import annotations

from dataclasses import dataclass

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to encode.

    `crf` is the constant quality: 0 is best, 18 looks like the source in H.264 and HEVC (0..51), about 24 in AV1 and
    VP9 (0..63); ProRes, FFV1 and pictures take none. `bitrate`, in bits per second, replaces it. `preset` is one of
    `PRESETS`. `size` is the largest width and height in pixels; larger pictures are scaled down. `audio_codec` None
    takes the container's usual one. `audio_bitrate` is in bits per second for up to two channels at up to 48 kHz, and
    more in proportion. `copy_audio` keeps sound that needs no change as it is stored, where the container can hold it.
    `longest` is how many seconds the output may last (None: any).
    """

    codec: str = "h264"
    crf: int = 18
    preset: str = "veryfast"
    audio_codec: str | None = None
    audio_bitrate: int = 192_000
    bitrate: int | None = None
    size: tuple[int, int] | None = None
    copy_audio: bool = True
    longest: float | None = None
