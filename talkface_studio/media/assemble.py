"""Putting finished clips together on a timeline: one after the other, or on top of each other.

Pictures are composed by moviepy, which is imported on first use because it is slow to import; files are read and
written by this room, so that times, colours and atomic outputs are as everywhere else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from talkface_studio.api.errors import MediaError
from talkface_studio.api.values import ByteArray, VideoFrame
from talkface_studio.media.audio import AudioReader
from talkface_studio.media.encoders import AudioSettings, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.mix import Mix, Track
from talkface_studio.media.photo import read_photo
from talkface_studio.media.probe import MediaInfo, probe
from talkface_studio.media.video import VideoReader
from talkface_studio.media.writer import MediaWriter

ROUNDING = 0.01
"""Frames that a sum of durations may exceed whole frames by without another frame being shown."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A clip, a sound or a photo on a timeline.

    `start` is when it begins and `duration` how long it lasts, in seconds (None: as long as the file; a photo needs
    one). `position` is the top left corner in pixels of the output; `size` is width and height to scale it to (None:
    its own).
    """

    path: Path
    start: float = 0.0
    duration: float | None = None
    position: tuple[int, int] = (0, 0)
    size: tuple[int, int] | None = None


def concatenate(clips: Sequence[Path], output: Path, *, encoding: Encoding | None = None) -> Path:
    """Join clips, one after the other. Size, frame rate and colour tags are those of the first.

    Clips of another size are scaled to fit, on black. Sound has the highest rate and the most channels of all clips.
    Frames are taken at the first clip's average frame rate.

    Raises:
        MediaError: a clip cannot be read or has no picture, or there is none.
        ExportError: the output cannot be written.
    """
    infos = [probe(path) for path in clips]
    layers, start = [], 0.0
    for path, info in zip(clips, infos, strict=True):
        if info.kind != "video":
            raise MediaError(f"{path}: has no moving picture; only clips can be joined")
        size, position = _fit(info, infos[0])
        layers.append(Layer(path, start, info.duration, position, size))
        start += info.duration
    return overlay(layers, output, encoding=encoding)


def overlay(layers: Sequence[Layer], output: Path, *, encoding: Encoding | None = None) -> Path:
    """Show layers on top of each other, later ones above earlier ones, and mix their sounds.

    Size, frame rate and colour tags are those of the first layer that has a picture; the rest of the area is black.
    The output lasts until the last layer ends. Transparent parts of photos are seen through.

    Raises:
        MediaError: a layer cannot be read, a photo has no duration, or there is no picture.
        ExportError: the output cannot be written.
    """
    infos = [probe(layer.path) for layer in layers]
    layers = [_timed(layer, info) for layer, info in zip(layers, infos, strict=True)]
    pictured = [info for info in infos if info.videos]
    if not pictured:
        raise MediaError(f"{output}: nothing to show, because none of the inputs has a picture")
    settings = replace(VideoSettings.like(pictured[0].videos[0]), time_base=None, variable=False)
    end = max(layer.start + (layer.duration or 0.0) for layer in layers)
    sound = _sound_settings(infos)
    with ExitStack() as stack:
        picture = _compose(layers, infos, settings, stack)
        mix = _mix(layers, infos, sound, stack) if sound else None
        with MediaWriter(output, settings, sound, encoding) as writer:
            for number in range(max(1, math.ceil(end * settings.frame_rate - ROUNDING))):
                time = float(number / settings.frame_rate)
                writer.write_frame(VideoFrame(_pixels(picture, time), time, number))
                if mix is not None:
                    writer.write_audio(mix.read(float((number + 1) / settings.frame_rate)))
            return writer.finish()


def _timed(layer: Layer, info: MediaInfo) -> Layer:
    if layer.duration is not None:
        return layer
    if info.kind == "photo":
        raise MediaError(f"{layer.path}: is a photo; say how long it is to be shown")
    return replace(layer, duration=info.duration)


def _sound_settings(infos: Sequence[MediaInfo]) -> AudioSettings | None:
    """The highest rate and the most channels of the first audio streams."""
    sounds = [info.audios[0] for info in infos if info.audios]
    if not sounds:
        return None
    widest = max(sounds, key=lambda sound: sound.channels)
    return replace(AudioSettings.like(widest), rate=max(sound.rate for sound in sounds))


def _fit(info: MediaInfo, first: MediaInfo) -> tuple[tuple[int, int], tuple[int, int]]:
    """Size and position that show a clip as large as possible in the middle of the first one's picture."""
    width, height = first.videos[0].width, first.videos[0].height
    own_width, own_height = info.videos[0].width, info.videos[0].height
    scale = min(width / own_width, height / own_height)
    size = max(1, round(own_width * scale)), max(1, round(own_height * scale))
    return size, ((width - size[0]) // 2, (height - size[1]) // 2)


def _compose(layers: Sequence[Layer], infos: Sequence[MediaInfo], settings: VideoSettings, stack: ExitStack) -> Any:
    from moviepy import CompositeVideoClip

    clips = []
    for layer, info in zip(layers, infos, strict=True):
        if info.videos:
            clip = _still(layer) if info.kind == "photo" else _moving(layer, settings.frame_rate, stack)
            own = (info.videos[0].width, info.videos[0].height)
            if layer.size is not None and layer.size != own:
                clip = clip.resized(layer.size)
            clips.append(clip.with_duration(layer.duration).with_start(layer.start).with_position(layer.position))
    composite = CompositeVideoClip(clips, size=(settings.width, settings.height), bg_color=(0, 0, 0))
    stack.callback(composite.close)
    return composite


def _moving(layer: Layer, frame_rate: Fraction, stack: ExitStack) -> Any:
    from moviepy import VideoClip

    reader = stack.enter_context(VideoReader(layer.path))
    # Sampled a quarter of a frame late, or timestamps that were rounded up would show their frame one frame late.
    shift = float(1 / (4 * frame_rate))
    return VideoClip(lambda time: reader.frame_at(time + shift).pixels)


def _still(layer: Layer) -> Any:
    from moviepy import ImageClip

    photo = read_photo(layer.path)
    return ImageClip(photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha]))


def _pixels(picture: Any, time: float) -> ByteArray:
    return np.ascontiguousarray(picture.get_frame(time), dtype=np.uint8)


def _mix(layers: Sequence[Layer], infos: Sequence[MediaInfo], sound: AudioSettings, stack: ExitStack) -> Mix:
    tracks = [
        Track(stack.enter_context(AudioReader(layer.path)), layer.start, layer.duration or 0.0)
        for layer, info in zip(layers, infos, strict=True)
        if info.audios
    ]
    return Mix(tracks, sound)
