"""Looks at the files of a request before any work is done, so that what is wrong is said at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.dubbing.request import DubRequest
from talkface_studio.media.codecs import find_audio_codec, find_video_codec, is_sequence, is_sound
from talkface_studio.media.probe import MediaInfo, probe


@dataclass(frozen=True, slots=True)
class Inputs:
    """The probed files of a request; `face` is None when only a voice was given."""

    face: MediaInfo | None
    speech: MediaInfo

    @property
    def kinds(self) -> frozenset[str]:
        """What a model must take: "speech" and, with a face, "photo" or "video"."""
        return frozenset({"speech"} if self.face is None else {"speech", self.face.kind})


def inspect_inputs(request: DubRequest) -> Inputs:
    """Probe both files.

    Raises:
        MediaError: one of them is missing, damaged, or not what it was given as.
    """
    speech = probe(request.speech)
    if not speech.audios:
        raise MediaError(f"{request.speech}: has no sound; SPEECH must be a file with an audio stream")
    if request.face is None:
        return Inputs(None, speech)
    face = probe(request.face)
    if face.kind == "audio":
        raise MediaError(f"{request.face}: has sound but no picture; FACE must be a video or a photo")
    return Inputs(face, speech)


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
    for path in (request.face, request.speech):
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
        find_video_codec(request.encoding.codec, request.output).encoder_options(request.encoding)
    longest, length = request.encoding.longest, output_length(request, inputs)
    if longest is not None and length > longest:
        raise ExportError(
            f"{request.output}: would last {length:.1f} s, and this preset is for up to {longest:g} s; "
            "choose another preset or a shorter clip"
        )


def output_length(request: DubRequest, inputs: Inputs) -> float:
    """Seconds that the dub lasts, as the containers of its inputs say."""
    spoken = (request.start or 0.0) + request.audio_offset + inputs.speech.duration
    if inputs.face is None or inputs.face.kind == "photo":
        return spoken
    return inputs.face.duration if request.fit == "cut" else max(inputs.face.duration, spoken)


def same_file(first: Path, second: Path) -> bool:
    """Whether two paths name the same file, through links too."""
    try:
        return first.samefile(second)
    except OSError:
        return False
