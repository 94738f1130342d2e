"""The small frozen values that stages hand to each other.

Conventions, everywhere in the studio:

- Time is seconds as float64 on the axis of the output, where the first frame of a video and the first sample of the
  speech are near 0. A source's own presentation timestamp stays beside it where it matters.
- Pictures are RGB, uint8, `(H, W, 3)`, C-contiguous. Points are `(x, y)` in pixels; the centre of the top-left pixel is
  (0, 0), as in OpenCV.
- Samples are float32 in -1..1, `(channels, n)`.

Arrays inside a value belong to it: whoever receives one does not write into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
ByteArray = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AudioClip:
    """A stretch of sound.

    `samples` is float32 `(channels, n)` in -1..1, `rate` is in Hz, `start` is the time of the first sample in seconds.
    """

    samples: FloatArray
    rate: int
    start: float = 0.0

    @property
    def channels(self) -> int:
        """Number of channels, 1 or more."""
        return int(self.samples.shape[0])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return int(self.samples.shape[1]) / self.rate


class LazyPixels(Protocol):
    """A picture that makes its RGB where that is looked at. Boxes are left, top, right and bottom, inside of it."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def part(self, left: int, top: int, right: int, bottom: int) -> ByteArray:
        """The pixels of a box, uint8 RGB `(bottom - top, right - left, 3)`."""

    def every(self, step: int) -> ByteArray:
        """Every so many pixels of every so many rows, `step` of them or less, for who compares pictures roughly."""

    def painted(self, left: int, top: int, part: ByteArray) -> LazyPixels:
        """The picture with other pixels from `(left, top)` on."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture of a video, upright (the container's rotation is already applied).

    `picture` is uint8 RGB `(H, W, 3)`, or what makes it when it is looked at: of a decoded frame only the parts that
    someone needs are converted, and where nobody painted, an encoder writes what was decoded, in its own bit depth and
    without a change of colour space. `time` is in seconds on the output's axis; `pts` and `time_base` are the source's
    own timestamp (None for a photo). `index` counts the frames that were handed out, from 0.
    """

    picture: ByteArray | LazyPixels = field(repr=False)
    time: float
    index: int = 0
    pts: int | None = None
    time_base: Fraction | None = None

    @property
    def pixels(self) -> ByteArray:
        """The whole picture, uint8 RGB `(H, W, 3)`."""
        return self.part(0, 0, *self.size)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        if isinstance(self.picture, np.ndarray):
            return int(self.picture.shape[1]), int(self.picture.shape[0])
        return self.picture.size

    def part(self, left: int, top: int, right: int, bottom: int) -> ByteArray:
        """The pixels of a box inside the picture, uint8 RGB `(bottom - top, right - left, 3)`."""
        if not isinstance(self.picture, np.ndarray):
            return self.picture.part(left, top, right, bottom)
        whole = (left, top, right, bottom) == (0, 0, *self.size)
        return self.picture if whole else self.picture[top:bottom, left:right]

    def thumbnail(self, least: int) -> ByteArray:
        """The picture from some of its pixels, its shorter side at least `least` long where the picture's is."""
        step = max(1, min(self.size) // least)
        if isinstance(self.picture, np.ndarray):
            return np.ascontiguousarray(self.picture[::step, ::step])
        return self.picture.every(step)

    def painted(self, left: int, top: int, part: ByteArray) -> VideoFrame:
        """The frame with the pixels of `part` `(h, w, 3)` from `(left, top)` on."""
        if not isinstance(self.picture, np.ndarray):
            return replace(self, picture=self.picture.painted(left, top, part))
        pixels = self.picture.copy()
        pixels[top : top + part.shape[0], left : left + part.shape[1]] = part
        return replace(self, picture=pixels)


@dataclass(frozen=True, slots=True)
class FaceObservation:
    """One face in one frame.

    `landmarks` is float32 `(478, 3)`: MediaPipe's mesh, x and y in frame pixels, z in the same unit (negative towards
    the camera). `box` is `(left, top, right, bottom)` in pixels. `score` is 0..1. `track` names the same person
    across the frames of a clip. `observed` is False where the face was bridged over a short gap.
    """

    landmarks: FloatArray
    box: tuple[float, float, float, float]
    score: float
    time: float
    track: int = 0
    observed: bool = True


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """What is known of one person over a clip: when it was seen, how often, and the average `box` in pixels."""

    track: int
    first_time: float
    last_time: float
    frames: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CropLayout:
    """How a face lies in its crop: the outer eye corners are `eye_distance` apart and `eye_height` from the top.

    `size` is the crop's side in pixels; the two others are fractions of it. The eyes' centre is in the middle of the
    width. The defaults put the chin of an open mouth at about 0.92.
    """

    size: int = 128
    eye_distance: float = 0.4
    eye_height: float = 1 / 3

    def padded(self, margin: int) -> CropLayout:
        """The same face at the same scale in a crop that is `margin` pixels larger on each side."""
        size = self.size + 2 * margin
        return CropLayout(
            size=size,
            eye_distance=self.eye_distance * self.size / size,
            eye_height=(self.eye_height * self.size + margin) / size,
        )

    def resized(self, size: int) -> CropLayout:
        """The same framing at another resolution."""
        return CropLayout(size=size, eye_distance=self.eye_distance, eye_height=self.eye_height)


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """An aligned face.

    `pixels` is uint8 RGB `(S, S, 3)`; `matrix` is the float64 `(2, 3)` affine from frame to crop coordinates;
    `landmarks` is float32 `(478, 3)` in crop pixels (z at the same scale); `time` is in seconds.
    """

    pixels: ByteArray
    matrix: Matrix
    landmarks: FloatArray
    time: float
    layout: CropLayout = field(default_factory=CropLayout)


@dataclass(frozen=True, slots=True)
class SpeechFeatures:
    """A window of what a speech encoder says.

    `values` is float32 `(n, dim)`; vector i describes the instant `start + i / rate` seconds (the centre of the window
    that it was computed from). `kind` names the encoder, as in `Speech.features`.
    """

    values: FloatArray
    rate: float
    start: float
    kind: str

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Linear interpolation at `times` (seconds): float32 `(len(times), dim)`; clamped at both ends."""
        position = np.clip((np.asarray(times) - self.start) * self.rate, 0, len(self.values) - 1)
        low = np.floor(position).astype(np.int64)
        high = np.minimum(low + 1, len(self.values) - 1)
        weight = (position - low).astype(np.float32)[:, None]
        return self.values[low] * (1 - weight) + self.values[high] * weight


@dataclass(frozen=True, slots=True)
class RenderedFace:
    """What a generator gives for one instant, in the coordinates of the crop that it was given for that instant.

    `pixels` is uint8 RGB `(S, S, 3)`. `mask`, float32 `(S, S)` in 0..1, says how much of a pixel is new: where it is
    low, the compositor keeps the fine detail of the source. None means "find out from the difference".
    `landmarks`, float32 `(P, 2)` in crop pixels, is where the generator put the lower face; it widens the blending
    mask where the new jaw is lower than the old one.
    """

    pixels: ByteArray
    time: float
    mask: FloatArray | None = None
    landmarks: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face imagined from a voice: uint8 RGB `(S, S, 3)` and what an estimator says of it (name to value)."""

    pixels: ByteArray
    attributes: Mapping[str, float] = field(default_factory=dict)


Precision = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True, slots=True)
class Device:
    """Where a network runs: `kind` is "cpu" or "cuda", `index` the GPU's number, `precision` the activations'."""

    kind: Literal["cpu", "cuda"] = "cpu"
    index: int = 0
    precision: Precision = "fp32"

    @property
    def torch_name(self) -> str:
        """The name torch knows it by: "cpu" or "cuda:0"."""
        return "cpu" if self.kind == "cpu" else f"cuda:{self.index}"


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """What a take was asked for: validated by the host against the model's card before the plugin sees it.

    `values` holds every option of the card (defaults filled in); `weights` maps the card's weight names of the chosen
    preset to local files whose SHA-256 was checked. `cache` is a folder of this model's own for what can be computed
    again; it need not exist, and may be emptied or damaged at any time; None means that nothing shall be kept.
    `cancelled` says whether the user has cancelled the job: a plugin whose `start` works for seconds asks it now and
    then, and raises `JobCancelledError`.
    """

    values: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    preset: str = "compact"
    seed: int = 0
    weights: Mapping[str, Path] = field(default_factory=dict)
    cache: Path | None = None
    cancelled: Callable[[], bool] = field(default=_never, compare=False)
