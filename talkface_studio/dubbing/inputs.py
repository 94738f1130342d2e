"""Looks at the files of a request before any work is done, so that what is wrong is said at once."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.dubbing.request import DubRequest, Part
from talkface_studio.media.codecs import find_audio_codec, find_video_codec, in_software, is_sequence, is_sound
from talkface_studio.media.probe import MediaInfo, probe


@dataclass(frozen=True, slots=True)
class Inputs:
    """The probed files of a request, a speech for each part; `face` is None when only a voice was given."""

    face: MediaInfo | None
    speeches: tuple[MediaInfo, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """What a model must take: "speech" and, with a face, "photo" or "video"."""
        return frozenset({"speech"} if self.face is None else {"speech", self.face.kind})


def inspect_inputs(request: DubRequest) -> Inputs:
    """Probe all files.

    Raises:
        MediaError: one of them is missing, damaged, or not what it was given as.
    """
    speeches = tuple(probe_speech(part.speech) for part in request.cast)
    if request.face is None:
        if len(speeches) > 1:
            raise MediaError("a plan of several speeches needs a video, not a voice alone")
        return Inputs(None, speeches)
    face = probe(request.face)
    if request.canvas != "photo" and face.kind != "photo":
        raise MediaError(f"{request.face}: is not a photo; --canvas {request.canvas} is for photos alone")
    if face.kind == "audio":
        raise MediaError(f"{request.face}: has sound but no picture; FACE must be a video or a photo")
    _check_trim(request, face)
    return Inputs(face, speeches)


def _check_trim(request: DubRequest, face: MediaInfo) -> None:
    start, end = request.trim_start or 0.0, math.inf if request.trim_end is None else request.trim_end
    if start <= 0 and math.isinf(end):
        return
    if face.kind == "photo" and start > 0:
        raise MediaError(f"{request.face}: is a photo, which has no beginning to leave out")
    if end <= max(start, 0.0):
        raise MediaError(f"{request.face}: nothing is left between {start:g} s and {end:g} s")
    if face.kind == "video":
        if start >= face.duration:
            raise MediaError(f"{request.face}: lasts {face.duration:.2f} s; it cannot begin at {start:g} s")
        if request.fit != "cut":
            raise MediaError(f"{request.face}: only a whole video can be made to last; leave out the fit or the trim")


def probe_speech(path: Path) -> MediaInfo:
    """Probe a file that is to be heard.

    Raises:
        MediaError: it is missing or damaged, or has no sound.
    """
    info = probe(path)
    if not info.audios:
        raise MediaError(f"{path}: has no sound; SPEECH must be a file with an audio stream")
    return info


def check_output(request: DubRequest) -> None:
    """Refuse an output that could not be written in the end, or that would destroy an input.

    Raises:
        ExportError: the folder is missing or read-only, or the output is a folder or one of the inputs.
    """
    output = request.output
    # Numbered pictures get a folder of their own, which is made in the end.
    folder = output.absolute().parent.parent if is_sequence(output) else output.parent
    if not folder.is_dir():
        raise ExportError(f"{folder}: this folder does not exist; create it or choose another output")
    if output.is_dir():
        raise ExportError(f"{output}: is a folder; give the name of the file to write")
    if not os.access(folder, os.W_OK):
        raise ExportError(f"{folder}: this folder cannot be written to; choose another output")
    for path in (request.face, *(part.speech for part in request.cast)):
        if path is not None and output.exists() and same_file(output, path):
            raise ExportError(f"{output}: is one of the inputs; choose another output")


def check_encoding(request: DubRequest, inputs: Inputs) -> None:
    """Refuse what cannot be encoded as it was asked for.

    Raises:
        ExportError: the container cannot hold the codec, the codec has no such quality, or the dub lasts longer than
            its preset is for.
    """
    if is_sound(request.output):
        find_audio_codec(request.encoding.audio_codec, request.output)
    else:
        # One in hardware takes what its stand-in takes, and this machine need not have it.
        codec = find_video_codec(in_software(request.encoding.codec), request.output)
        codec.encoder_options(request.encoding)
    longest, length = request.encoding.longest, output_length(request, inputs)
    if longest is not None and length > longest:
        raise ExportError(
            f"{request.output}: would last {length:.1f} s, and this preset is for up to {longest:g} s; "
            "choose another preset or a shorter clip"
        )


def part_range(request: DubRequest, part: Part, sound: MediaInfo) -> tuple[float, float]:
    """When the face of a part is dubbed, in seconds; the end may be infinite."""
    start = part.start or 0.0
    end = math.inf if part.end is None else part.end
    if request.parts and part.end is None:
        end = start + part.audio_offset + sound.duration
    if request.trim_end is not None:
        end = min(end, request.trim_end)
    return start, end


def output_length(request: DubRequest, inputs: Inputs) -> float:
    """Seconds that the dub lasts, as the containers of its inputs say."""
    spoken = max(_spoken_until(request, part, sound) for part, sound in zip(request.cast, inputs.speeches, strict=True))
    if inputs.face is None or inputs.face.kind == "photo":
        return spoken if request.trim_end is None else request.trim_end
    whole = inputs.face.duration if request.fit == "cut" else max(inputs.face.duration, spoken)
    end = whole if request.trim_end is None else min(whole, request.trim_end)
    return end - (request.trim_start or 0.0)


def _spoken_until(request: DubRequest, part: Part, sound: MediaInfo) -> float:
    until = (part.start or 0.0) + part.audio_offset + sound.duration
    return min(until, part_range(request, part, sound)[1]) if request.parts else until


def same_file(first: Path, second: Path) -> bool:
    """Whether two paths name the same file, through links too."""
    try:
        return first.samefile(second)
    except OSError:
        return False
