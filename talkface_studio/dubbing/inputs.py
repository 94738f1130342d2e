"""Looks at the files of a request before any work is done, so that what is wrong is said at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from talkface_studio.api.errors import ExportError, MediaError, TalkFaceError
from talkface_studio.dubbing.request import DubRequest
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

    def require_face(self) -> MediaInfo:
        """The probed photo or video.

        Raises:
            TalkFaceError: only a voice was given.
        """
        if self.face is None:
            # Models that take the voice alone are chosen by the catalog; none can be installed for this contract yet.
            raise TalkFaceError("a dub without a face needs a model that makes one; give a photo or a video")
        return self.face


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
    folder = output.parent
    if not folder.is_dir():
        raise ExportError(f"{folder}: this folder does not exist; create it or choose another output")
    if output.is_dir():
        raise ExportError(f"{output}: is a folder; give the name of the file to write")
    if not os.access(folder, os.W_OK):
        raise ExportError(f"{folder}: this folder cannot be written to; choose another output")
    for path in (request.face, request.speech):
        if path is not None and output.exists() and same_file(output, path):
            raise ExportError(f"{output}: is one of the inputs; choose another output")


def same_file(first: Path, second: Path) -> bool:
    """Whether two paths name the same file, through links too."""
    try:
        return first.samefile(second)
    except OSError:
        return False
