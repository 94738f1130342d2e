"""Encoders in hardware: whether this machine has them is found out by encoding two pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
from av.codec.codec import UnknownCodecError

from talkface_studio.api.values import VideoFrame
from talkface_studio.media.codecs import VIDEO_CODECS, in_software
from talkface_studio.media.encoders import HardwareEncoderError, VideoEncoder, VideoSettings
from talkface_studio.media.encoding import Encoding

USUAL = VideoSettings(width=256, height=256)
"""What is tried where nothing else is known; some encoders refuse less."""


def hardware_codecs() -> tuple[str, ...]:
    """The names of all codecs in hardware that the studio knows."""
    return tuple(name for name, codec in VIDEO_CODECS.items() if codec.software is not None)


def trial(encoding: Encoding, video: VideoSettings = USUAL) -> str | None:
    """What keeps the encoder in hardware of this encoding from encoding such a video here, None where it works."""
    codec, video = VIDEO_CODECS[encoding.codec], video.within(encoding.size)
    try:
        av.codec.Codec(codec.encoder, "w")
    except UnknownCodecError:
        return "the installed FFmpeg does not have it"
    picture = np.zeros((video.height, video.width, 3), np.uint8)
    packets = 0
    try:
        with av.open(io.BytesIO(), "w", format="nut") as container:
            encoder = VideoEncoder(container, video, codec, codec.encoder_options(encoding))
            for number in range(2):
                packets += len(encoder.encode(VideoFrame(picture, float(number * Fraction(1, video.frame_rate)))))
            packets += len(encoder.flush())
    except HardwareEncoderError as error:
        return str(error)
    return None if packets == 2 else "it gave no pictures back"


def usable(encoding: Encoding, video: VideoSettings) -> tuple[Encoding, str | None]:
    """The encoding, in software instead of in hardware that cannot encode such a video here, and then a line on it."""
    if in_software(encoding.codec) == encoding.codec:
        return encoding, None
    problem = trial(encoding, video)
    return (encoding, None) if problem is None else given_up(encoding, problem)


def given_up(encoding: Encoding, problem: str) -> tuple[Encoding, str]:
    """The encoding in software, and a line that says why."""
    software = in_software(encoding.codec)
    line = f"{encoding.codec} cannot be used: {problem}; encoding with {software} in software instead"
    return replace(encoding, codec=software), line
