"""Which encoder an export uses: the one that was asked for, unless it is one in hardware that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from talkface_studio.api.errors import ExportError
from talkface_studio.dubbing.export_folder import ExportFolder
from talkface_studio.media.codecs import in_software
from talkface_studio.media.encoders import HardwareEncoderError, VideoSettings
from talkface_studio.media.encoding import Encoding
from talkface_studio.media.hardware import given_up, trial, usable

T = TypeVar("T")


def working_encoding(
    encoding: Encoding, video: VideoSettings, folder: ExportFolder, notice: Callable[[str], None]
) -> Encoding:
    """The encoding of what is finished, or, where nothing is, the one asked for if it works here for such a video.

    Raises:
        ExportError: what is finished was encoded in hardware that does not work now; others cannot go on from there.
    """
    if folder.codec is None:
        found, line = usable(encoding, video)
    else:
        found, line = replace(encoding, codec=folder.codec), None
        if found != encoding:
            line = f"what is finished was encoded with {found.codec} instead of {encoding.codec}; it goes on with that"
        elif in_software(found.codec) != found.codec and not folder.complete:
            _check(found, video)
    if line is not None:
        notice(line)
    return found


def _check(encoding: Encoding, video: VideoSettings) -> None:
    problem = trial(encoding, video)
    if problem is not None:
        raise ExportError(
            f"what is finished was encoded with {encoding.codec}, which does not work now: {problem}; "
            f"make it work again, or begin anew with --restart --codec {in_software(encoding.codec)}"
        )


def until_encoded(
    run: Callable[[Encoding], T], encoding: Encoding, folder: ExportFolder, notice: Callable[[str], None]
) -> T:
    """Run an export; where an encoder in hardware fails, again.

    It is replaced as long as nothing is finished; behind that it is tried again from the last finished segment on, if
    it came further than the time before.

    Raises:
        HardwareEncoderError: it failed twice in one segment.
    """
    while True:
        finished = len(folder.segments)
        try:
            return run(encoding)
        except HardwareEncoderError as error:
            if folder.codec is None:
                encoding, line = given_up(encoding, str(error))
            elif len(folder.segments) > finished:
                line = f"{error}; going on behind the last finished segment"
            else:
                raise
            notice(line)
