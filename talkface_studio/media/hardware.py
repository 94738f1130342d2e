"""Encoders in hardware: whether this machine has them is found out by encoding two pictures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import av
import av.error
from av.codec.codec import UnknownCodecError
from av.video.codeccontext import VideoCodecContext

from talkface_studio.media.codecs import VIDEO_CODECS
from talkface_studio.media.container import reason
from talkface_studio.media.encoding import Encoding

TRIAL_SIZE = 256
"""Pixels on either side; some encoders refuse less."""


def hardware_codecs() -> tuple[str, ...]:
    """The names of all codecs in hardware that the studio knows."""
    return tuple(name for name, codec in VIDEO_CODECS.items() if codec.software is not None)


@cache
def trial(name: str) -> str | None:
    """What keeps the encoder of this codec from working here, None where it works; tried once in a process."""
    codec = VIDEO_CODECS[name]
    try:
        context = av.CodecContext.create(codec.encoder, "w")
        assert isinstance(context, VideoCodecContext)
        context.width = context.height = TRIAL_SIZE
        context.pix_fmt, context.time_base, context.framerate = codec.pixel_format, Fraction(1, 25), Fraction(25)
        packets = 0
        for number in range(2):
            frame = av.VideoFrame(TRIAL_SIZE, TRIAL_SIZE, codec.pixel_format)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            packets += len(context.encode(frame))
        packets += len(context.encode(None))
    except UnknownCodecError:
        return "the installed FFmpeg does not have it"
    except (av.error.FFmpegError, OSError, ValueError) as error:
        return reason(error)
    return None if packets == 2 else "it gave no pictures back"


def usable(encoding: Encoding) -> tuple[Encoding, str | None]:
    """The encoding, with the software encoder instead of one in hardware that does not work here, and a line on it."""
    codec = VIDEO_CODECS.get(encoding.codec)
    if codec is None or codec.software is None:
        return encoding, None
    problem = trial(encoding.codec)
    if problem is None:
        return encoding, None
    line = f"{encoding.codec} does not work on this machine ({problem}); encoding with {codec.software} in software"
    return replace(encoding, codec=codec.software), line
