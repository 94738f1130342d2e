"""A media file as plain data, for programs and for other processes."""

from __future__ import annotations

from typing import Any

from talkface_studio.media.probe import AudioInfo, MediaInfo, VideoInfo


def describe(info: MediaInfo) -> dict[str, Any]:
    """What was probed, as JSON can hold it: rates as text for exactness and as numbers, times in seconds."""
    return {
        "path": str(info.path),
        "kind": info.kind,
        "container": info.container,
        "duration": round(info.duration, 6),
        "videos": [_video(video) for video in info.videos],
        "audios": [_audio(audio) for audio in info.audios],
    }


def _video(video: VideoInfo) -> dict[str, Any]:
    return {
        "index": video.index,
        "codec": video.codec,
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "frame_rate": str(video.frame_rate),
        "fps": round(float(video.frame_rate), 6),
        "variable": video.variable,
        "interlaced": video.interlaced,
        "frames": video.frames,
        "start": round(video.start, 6),
        "duration": round(video.duration, 6),
        "pixel_format": video.pixel_format,
        "bit_depth": video.bit_depth,
        "color_range": video.color_range,
        "color_primaries": video.color_primaries,
        "color_transfer": video.color_transfer,
        "color_space": video.color_space,
    }


def _audio(audio: AudioInfo) -> dict[str, Any]:
    return {
        "index": audio.index,
        "codec": audio.codec,
        "rate": audio.rate,
        "channels": audio.channels,
        "layout": audio.layout,
        "start": round(audio.start, 6),
        "duration": round(audio.duration, 6),
    }
