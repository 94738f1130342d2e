"""What can be asked of an engine, and what it answers.

Every value is checked where it is made and again where it arrives. Times are seconds on the file's axis, or on the
output's for dubs; points and boxes are pixels of the upright picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, JsonValue
from pydantic.dataclasses import dataclass

from talkface_studio.ipc.codec import STRICT
from talkface_studio.ipc.messages import Size

Answer_co = TypeVar("Answer_co", covariant=True)
Time = Annotated[float, Field(ge=0)]
Channel = Annotated[str, Field(min_length=1, max_length=64)]
JobName = Annotated[str, Field(pattern=r"^[\w.:-]{1,128}$")]
Content = dict[str, JsonValue]
DubDocument = dict[str, JsonValue]
"""A `DubRequest` by the names of its fields, paths as text; see `dubbing.documents`."""
JobState = Literal["waiting", "running", "paused", "finished", "failed", "cancelled", "interrupted"]


class Question(Generic[Answer_co]):
    """Something that an engine answers with an `Answer_co`."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Document:
    """An answer as plain data, the same that the command line prints with --json."""

    type: Literal["document"] = "document"
    content: Content


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Done:
    """It was done; there is nothing to say about it."""

    type: Literal["done"] = "done"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FaceBox:
    """A face: `person` is the same number wherever in the file it is seen; `box` is left, top, right, bottom."""

    person: int
    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Faces:
    """The faces of the frame that is shown at an instant; `time` is the frame's own, its size in pixels."""

    type: Literal["faces"] = "faces"
    time: float
    width: int
    height: int
    faces: tuple[FaceBox, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Peaks:
    """The outline of a sound: for each `1 / rate` seconds the least and the greatest sample, int8, 127 being full."""

    type: Literal["peaks"] = "peaks"
    rate: float
    duration: float
    low: bytes
    high: bytes


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Samples:
    """Sound to be played: int16, interleaved, `channels` samples for each `1 / rate` seconds from `start` on."""

    type: Literal["samples"] = "samples"
    start: float
    rate: int
    channels: int
    data: bytes


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SpeechRegions:
    """Where somebody speaks: start and end of each stretch, in seconds."""

    type: Literal["speech-regions"] = "speech-regions"
    duration: float
    regions: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Making:
    """How a dubbed frame was made; see `dubbing.preview.PreviewResult`. Durations are in seconds."""

    model: str
    device: str
    seconds: float
    model_seconds: float
    setup_seconds: float
    face_found: bool


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Frame:
    """A picture in a slot of the shared memory: RGB, 3 bytes a pixel, rows without padding.

    `width` and `height` are those of the picture sent, `full_width` and `full_height` of the frame itself.
    """

    type: Literal["frame"] = "frame"
    slot: Size
    width: Annotated[int, Field(gt=0, le=65_535)]
    height: Annotated[int, Field(gt=0, le=65_535)]
    full_width: int
    full_height: int
    time: float
    making: Making | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes of the picture."""
        return self.width * self.height * 3


@dataclass(frozen=True)
class Picture:
    """A frame as the client's side hands it out: the pixels copied, the slot given back."""

    frame: Frame
    pixels: bytes


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Job:
    """An export: how far it is, and how it ended. `result` is that of `talkface dub --json`."""

    type: Literal["job"] = "job"
    job: JobName
    state: JobState
    done: int = 0
    total: int = 0
    fps: float = 0.0
    seconds_left: float | None = None
    kind: str = ""
    """The class of the error that it failed with, one of `api.errors`."""
    message: str = ""
    result: Content | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Jobs:
    """All exports that the engine was given since it started."""

    type: Literal["jobs"] = "jobs"
    jobs: tuple[Job, ...]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Probe(Question[Document]):
    """What is in a media file, as `talkface probe --json --no-faces`."""

    type: Literal["probe"] = "probe"
    path: Path


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FindFaces(Question[Faces]):
    """The faces at an instant. A newer question of the same channel replaces one that waits."""

    type: Literal["find-faces"] = "find-faces"
    path: Path
    time: Time
    channel: Channel = "viewer"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ShowSource(Question[Picture]):
    """The source's own frame at an instant. A newer question of the same channel replaces one that waits.

    `longest` is the longest side that is wanted, in pixels; 0 for the frame's own size.
    """

    type: Literal["show-source"] = "show-source"
    path: Path
    time: Time
    longest: Size = 0
    channel: Channel = "viewer"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Thumbnail(Question[Picture]):
    """A small picture of a file; each one that is asked for is made."""

    type: Literal["thumbnail"] = "thumbnail"
    path: Path
    time: Time = 0.0
    longest: Size = 256


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Waveform(Question[Peaks]):
    """The outline of a file's sound, `rate` values a second."""

    type: Literal["waveform"] = "waveform"
    path: Path
    rate: Annotated[float, Field(gt=0, le=1000)] = 50.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SoundPart:
    """A stretch of a file: heard from `start` to `end` on the timeline, beginning `offset` seconds into the file."""

    path: Path
    start: float
    end: float
    offset: float = 0.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MixSound(Question[Samples]):
    """What a timeline sounds like for a while; each piece that is asked for is made, in order."""

    type: Literal["mix-sound"] = "mix-sound"
    parts: tuple[SoundPart, ...]
    start: Time
    duration: Annotated[float, Field(gt=0, le=10)] = 0.5
    rate: Annotated[int, Field(ge=8000, le=192_000)] = 48_000


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FindSpeech(Question[SpeechRegions]):
    """Where in a file somebody speaks."""

    type: Literal["find-speech"] = "find-speech"
    path: Path


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Models(Question[Document]):
    """The installed models, as `talkface models --json`."""

    type: Literal["models"] = "models"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Review(Question[Document]):
    """What a finished dub is like: sync, sharpness, its worst frame; see `dubbing.review`."""

    type: Literal["review"] = "review"
    path: Path


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Imagine(Question[Document]):
    """A face that a voice may belong to, as a picture in `folder`: another one for every seed.

    The document has the `path` of the picture, the `attributes` estimated of it, what the estimates come from
    (`estimator`, null where there are none), and the `note` that must stand beside it.
    """

    type: Literal["imagine"] = "imagine"
    speech: Path
    folder: Path
    model: str | None = None
    seed: Annotated[int, Field(ge=0)] = 0
    device: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Devices(Question[Document]):
    """Where networks can run on this machine."""

    type: Literal["devices"] = "devices"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Preview(Question[Picture]):
    """A dubbed frame. A newer question of the same channel replaces one that waits; channels take turns."""

    type: Literal["preview"] = "preview"
    dub: DubDocument
    time: Time
    longest: Size = 0
    channel: Channel = "viewer"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StartJob(Question[Done]):
    """Put an export in the queue; answered as soon as it stands there, what becomes of it comes as `Job` events."""

    type: Literal["start-job"] = "start-job"
    job: JobName
    dub: DubDocument


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CancelJob(Question[Done]):
    """Stop an export, or take it out of the queue."""

    type: Literal["cancel-job"] = "cancel-job"
    job: JobName


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PauseJob(Question[Done]):
    """Hold an export where it is, or let it go on. It keeps its memory and its place."""

    type: Literal["pause-job"] = "pause-job"
    job: JobName
    paused: bool = True


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ListJobs(Question[Jobs]):
    """All exports."""

    type: Literal["list-jobs"] = "list-jobs"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Shutdown(Question[Done]):
    """Stop all work and end."""

    type: Literal["shutdown"] = "shutdown"


AnyQuestion = Annotated[
    Probe
    | FindFaces
    | ShowSource
    | Thumbnail
    | Waveform
    | MixSound
    | FindSpeech
    | Models
    | Devices
    | Review
    | Imagine
    | Preview
    | StartJob
    | CancelJob
    | PauseJob
    | ListJobs
    | Shutdown,
    Field(discriminator="type"),
]
AnyAnswer = Annotated[
    Document | Done | Faces | Peaks | Samples | SpeechRegions | Frame | Jobs, Field(discriminator="type")
]
