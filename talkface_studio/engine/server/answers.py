"""How each question is answered. The work itself is done in the rooms that know how."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from talkface_studio.api.errors import MediaError
from talkface_studio.engine.protocol.questions import (
    AnyAnswer,
    AnyQuestion,
    Devices,
    Document,
    FaceBox,
    Faces,
    FindFaces,
    FindSpeech,
    Imagine,
    Making,
    MixSound,
    Models,
    Peaks,
    Preview,
    Probe,
    Review,
    Samples,
    ShowSource,
    SpeechRegions,
    Thumbnail,
    Waveform,
)
from talkface_studio.engine.server.studio import Studio

if TYPE_CHECKING:
    from talkface_studio.api.values import ByteArray


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture to send: uint8 RGB `(H, W, 3)`, its own time, and the longest side that is wanted (0: any)."""

    pixels: ByteArray
    time: float
    longest: int
    making: Making | None = None


LANES = {
    Preview: "preview",
    ShowSource: "source",
    FindFaces: "faces",
    Probe: "look",
    Thumbnail: "look",
    Models: "look",
    Devices: "look",
    MixSound: "sound",
    Waveform: "listen",
    FindSpeech: "listen",
    Review: "review",
    Imagine: "imagine",
}
"""Which thread answers. What the user waits for with a finger on the mouse waits for nothing that takes long."""


def key_of(question: AnyQuestion, id: int) -> Hashable:  # noqa: A002 - the protocol's name
    """Of questions with the same key only the newest is answered."""
    channel = getattr(question, "channel", None)
    return (type(question).__name__, channel) if channel is not None else id


@singledispatch
def answer(question: object, studio: Studio) -> AnyAnswer | Shown:
    """The answer to a question.

    Raises:
        TalkFaceError: there is none, and the message says why.
    """
    raise NotImplementedError(type(question).__name__)


@answer.register
def _(question: Probe, _studio: Studio) -> Document:
    from talkface_studio.media.description import describe
    from talkface_studio.media.probe import probe

    return Document(content=describe(probe(question.path)))


@answer.register
def _(_question: Models, studio: Studio) -> Document:
    from talkface_studio.dubbing.readiness import describe_models

    return Document(content=describe_models(studio.catalog, studio.folders))


@answer.register
def _(_question: Devices, _studio: Studio) -> Document:
    from talkface_studio.dubbing.device import list_devices

    return Document(content=list_devices())


@answer.register
def _(question: Review, studio: Studio) -> Document:
    from talkface_studio.dubbing.review import review

    return Document(content=review(question.path, studio.folders).to_dict())


@answer.register
def _(question: Imagine, studio: Studio) -> Document:
    from talkface_studio.dubbing.portraits import ILLUSTRATION, PortraitRequest, described_portrait

    request = PortraitRequest(
        speech=question.speech,
        model=question.model,
        seed=question.seed,
        device=question.device,
        precision=question.precision,
    )
    made = described_portrait(request, studio.catalog, studio.folders, question.folder)
    return Document(content={**made, "note": ILLUSTRATION})


@answer.register
def _(question: FindFaces, studio: Studio) -> Faces:
    found = studio.previews.faces(question.path, question.time)
    width, height = found.frame.size
    boxes = tuple(FaceBox(person=face.track, box=face.box, score=face.score) for face in found.faces)
    return Faces(time=found.frame.time, width=width, height=height, faces=boxes)


@answer.register
def _(question: ShowSource, studio: Studio) -> Shown:
    frame = studio.previews.source_frame(question.path, question.time)
    return Shown(frame.pixels, frame.time, question.longest)


@answer.register
def _(question: Thumbnail, _studio: Studio) -> Shown:
    from talkface_studio.dubbing.picture import opaque_photo
    from talkface_studio.media.photo import is_photo
    from talkface_studio.media.video import VideoReader

    if is_photo(question.path):
        return Shown(opaque_photo(question.path), 0.0, question.longest)
    # Not through what is held for the viewer: a bin full of clips would push that out.
    with VideoReader(question.path) as reader:
        frame = reader.frame_at(question.time)
    return Shown(frame.pixels, frame.time, question.longest)


@answer.register
def _(question: Waveform, _studio: Studio) -> Peaks:
    from talkface_studio.media.audio import AudioReader
    from talkface_studio.media.outline import sound_outline

    with AudioReader(question.path) as reader:
        low, high = sound_outline(reader, question.rate)
        return Peaks(rate=question.rate, duration=reader.duration, low=low.tobytes(), high=high.tobytes())


@answer.register
def _(question: MixSound, studio: Studio) -> Samples:
    from talkface_studio.dubbing.hearing import CHANNELS, Heard

    parts = [Heard(part.path, part.start, part.end, part.offset) for part in question.parts]
    mixed = studio.hearing.mix(parts, question.start, question.duration, question.rate)
    return Samples(start=question.start, rate=question.rate, channels=CHANNELS, data=mixed.tobytes())


@answer.register
def _(question: FindSpeech, studio: Studio) -> SpeechRegions:
    from talkface_studio.media.audio import AudioReader
    from talkface_studio.speech.regions import speech_regions
    from talkface_studio.speech.track import SpeechTrack

    with AudioReader(question.path) as reader:
        track = SpeechTrack(reader, encoder_folder=studio.folders.encoders)
        return SpeechRegions(duration=track.duration, regions=speech_regions(track))


@answer.register
def _(question: Preview, studio: Studio) -> Shown:
    from talkface_studio.dubbing.documents import request_of

    made = studio.previews.preview(request_of(question.dub), question.time)
    making = Making(
        model=made.model,
        device=made.device,
        seconds=made.seconds,
        model_seconds=made.model_seconds,
        setup_seconds=made.setup_seconds,
        face_found=made.face_found,
    )
    return Shown(made.pixels, made.time, question.longest, making)


def fitted(shown: Shown, most_bytes: int) -> ByteArray:
    """The picture no larger than wanted, and than `most_bytes`.

    Raises:
        MediaError: it is so narrow that nothing would be left.
    """
    import cv2
    import numpy as np

    height, width = shown.pixels.shape[:2]
    scale = min(1.0, (shown.longest or max(width, height)) / max(width, height))
    scale = min(scale, (most_bytes / (width * height * 3)) ** 0.5)
    if scale == 1:
        return np.ascontiguousarray(shown.pixels)
    size = (int(width * scale), int(height * scale))
    if not all(size):
        raise MediaError(f"a picture of {width} x {height} pixels cannot be shown at this size")
    return np.asarray(cv2.resize(shown.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
