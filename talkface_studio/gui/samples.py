"""The sample project: media that come with the program, ready to play."""

from __future__ import annotations

import sys
from pathlib import Path

from talkface_studio.project.document.document import Document
from talkface_studio.project.document.media import Media, MediaFacts, MediaKind
from talkface_studio.project.document.timeline import Clip, Lane, Segment

_PLACES = (
    Path(__file__).parents[2] / "resources" / "samples",
    Path(sys.prefix, "share", "talkface-studio", "samples"),
    Path(getattr(sys, "_MEIPASS", sys.prefix), "resources", "samples"),
)
"""In a checkout, beside an installed package, in a bundled program."""


def samples_folder() -> Path | None:
    """Where the sample media are; None where they were left out."""
    return next((folder for folder in _PLACES if (folder / "video.mp4").is_file()), None)


def sample_document(folder: Path, lengths: dict[str, MediaFacts]) -> Document:
    """A video that another voice speaks, and a photo that a third makes talk.

    Args:
        folder: the sample media.
        lengths: what is known of the files, by name.
    """
    video, voice, photo, other = (
        Media(path=folder / name, kind=kind, facts=lengths[name]) for name, kind in SAMPLE_FILES.items()
    )
    first = min(lengths["video.mp4"].duration, lengths["speech.wav"].duration)
    second = lengths["speech_b.wav"].duration
    lane = Lane(name="")
    return Document(
        media=(video, photo, voice, other),
        lanes=(lane,),
        clips=(Clip(media=video.id, start=0.0, end=first), Clip(media=photo.id, start=first, end=first + second)),
        segments=(
            Segment(lane=lane.id, media=voice.id, start=0.0, end=first),
            Segment(lane=lane.id, media=other.id, start=first, end=first + second),
        ),
    )


SAMPLE_FILES: dict[str, MediaKind] = {
    "video.mp4": "video",
    "speech.wav": "audio",
    "portrait.jpg": "photo",
    "speech_b.wav": "audio",
}
