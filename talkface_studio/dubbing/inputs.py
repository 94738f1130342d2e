"""Looks at the files of a request before any work is done, so that what is wrong is said at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import ExportError, MediaError
from talkface_studio.dubbing.request import DubRequest
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
    speeches = tuple(_probe_speech(part.speech) for part in request.cast)
    if request.face is None:
        return Inputs(None, speeches)
    face = probe(request.face)
    if face.kind == "audio":
        raise MediaError(f"{request.face}: has sound but no picture; FACE must be a video or a photo")
    if face.kind == "photo" and len(speeches) > 1:
        raise MediaError(f"{request.face}: is a photo, of which one face can speak; a plan of several needs a video")
    return Inputs(face, speeches)


def _probe_speech(path: Path) -> MediaInfo:
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
    folder = output.parent
    if not folder.is_dir():
        raise ExportError(f"{folder}: this folder does not exist; create it or choose another output")
    if output.is_dir():
        raise ExportError(f"{output}: is a folder; give the name of the file to write")
    if not os.access(folder, os.W_OK):
        raise ExportError(f"{folder}: this folder cannot be written to; choose another output")
    for path in (request.face, *(part.speech for part in request.cast)):
        if path is not None and output.exists() and same_file(output, path):
            raise ExportError(f"{output}: is one of the inputs; choose another output")


def same_file(first: Path, second: Path) -> bool:
    """Whether two paths name the same file, through links too."""
    try:
        return first.samefile(second)
    except OSError:
        return False
