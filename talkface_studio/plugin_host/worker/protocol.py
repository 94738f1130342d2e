"""What the studio and a plugin's process say to each other.

    studio -> worker                               worker -> studio
    Hello, Load                                    Hello or Refusal, Done or Failure
    StartTake, CancelTake, CloseTake               Done or Failure
    Render, Instant..., EndOfTimes, StopWindow     Frame..., Starved, Done or Failure
    Answer or Failure                              AskSamples, AskFeatures, AskCrop
    Ping, Release, Piece                           Pong, Release, LogLine

Ids are given by whoever asks. A take is known by the id of its StartTake, a window of it by that of its Render. Arrays
travel as parcels through two pieces of shared memory, one for each direction; the receiver gives each slot back.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from talkface_studio.ipc.codec import STRICT, Codec
from talkface_studio.ipc.messages import Hello, Id, LogLine, Ping, Pong, Refusal, Release, Size

VERSION = 1
"""Raised by every change that an older peer would not understand."""

Text = Annotated[str, Field(max_length=1000)]
Dtype = Literal["uint8", "float32", "float64"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ArraySpec:
    """An array of a parcel."""

    dtype: Dtype
    shape: Annotated[tuple[Annotated[int, Field(ge=0, le=2**40)], ...], Field(max_length=4)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Parcel:
    """Arrays one behind the other. What did not fit into `slot` went before, as pieces of the same number."""

    arrays: Annotated[tuple[ArraySpec, ...], Field(max_length=512)]
    slot: Size
    number: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Piece:
    """A full slot of a parcel that is announced later."""

    type: Literal["piece"] = "piece"
    number: Id
    slot: Size


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Load:
    """Import the plugin and make the generator of a model."""

    type: Literal["load"] = "load"
    id: Id
    entry: Text
    model: Text


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CropInfo:
    """A `FaceCrop` without its arrays: pixels, matrix and landmarks come in a parcel, in this order."""

    time: float
    size: int
    eye_distance: float
    eye_height: float


@dataclass(frozen=True, kw_only=True, config=STRICT)
class TakeOptions:
    """`api.values.Options`, paths as text."""

    values: dict[str, bool | int | float | str]
    preset: str
    seed: int
    weights: dict[str, str]
    cache: str | None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StartTake:
    """Call `Generator.start`. `references` is None where there is no face."""

    type: Literal["start-take"] = "start-take"
    id: Id
    duration: float
    references: tuple[CropInfo, ...] | None
    options: TakeOptions
    device: tuple[Literal["cpu", "cuda"], int, Literal["fp32", "bf16", "fp16"]]
    parcel: Parcel | None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CancelTake:
    """The user has cancelled the job; `Options.cancelled` says so from now on."""

    type: Literal["cancel-take"] = "cancel-take"
    take: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CloseTake:
    """Call `Take.close`."""

    type: Literal["close-take"] = "close-take"
    id: Id
    take: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Render:
    """Call `Take.render`."""

    type: Literal["render"] = "render"
    id: Id
    take: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Instant:
    """The next instant of a window, and the crop for it where there is one.

    `still` says that it is the first reference again, as all crops of a photo are.
    """

    type: Literal["instant"] = "instant"
    window: Id
    time: float
    still: bool = False
    crop: CropInfo | None = None
    parcel: Parcel | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class EndOfTimes:
    """The window has no further instants."""

    type: Literal["end-of-times"] = "end-of-times"
    window: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StopWindow:
    """Nobody wants the rest of the window."""

    type: Literal["stop-window"] = "stop-window"
    window: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Answer:
    """What was asked for: samples or features with their `rate`, `start` and `kind`, or a crop."""

    type: Literal["answer"] = "answer"
    id: Id
    rate: float = 0.0
    start: float = 0.0
    kind: str = ""
    crop: CropInfo | None = None
    parcel: Parcel


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Failure:
    """What could not be done: the class of the error, one of `api.errors` or of Python's own, and one line."""

    type: Literal["failure"] = "failure"
    id: Id
    kind: Annotated[str, Field(max_length=100)]
    message: Text


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Done:
    """What was asked for is done; a window has given all its faces."""

    type: Literal["done"] = "done"
    id: Id


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Frame:
    """A rendered face: pixels, then the mask and the landmarks where it has them."""

    type: Literal["frame"] = "frame"
    window: Id
    time: float
    mask: bool
    landmarks: bool
    parcel: Parcel


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Starved:
    """The plugin wants another instant of the window; it has `taken` so many, which were all that came."""

    type: Literal["starved"] = "starved"
    window: Id
    taken: Annotated[int, Field(ge=0, le=2**53)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AskSamples:
    """`Speech.samples`."""

    type: Literal["ask-samples"] = "ask-samples"
    id: Id
    take: Id
    start: float
    end: float


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AskFeatures:
    """`Speech.features`, or `Speech.activity` where `kind` is empty."""

    type: Literal["ask-features"] = "ask-features"
    id: Id
    take: Id
    kind: Text
    start: float
    end: float


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AskCrop:
    """`Face.crops` of one instant that was not sent with it."""

    type: Literal["ask-crop"] = "ask-crop"
    id: Id
    take: Id
    time: float


Ask = AskSamples | AskFeatures | AskCrop
FromHost = Annotated[
    Hello
    | Load
    | StartTake
    | CancelTake
    | CloseTake
    | Render
    | Instant
    | EndOfTimes
    | StopWindow
    | Answer
    | Failure
    | Ping
    | Release
    | Piece,
    Field(discriminator="type"),
]
FromWorker = Annotated[
    Hello | Refusal | Done | Failure | Frame | Starved | AskSamples | AskFeatures | AskCrop | Pong | Release | LogLine,
    Field(discriminator="type"),
]

from_host: Codec[FromHost] = Codec(FromHost)
from_worker: Codec[FromWorker] = Codec(FromWorker)
