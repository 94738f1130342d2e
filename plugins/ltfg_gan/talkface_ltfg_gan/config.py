"""Every number that describes the model.

A configuration travels inside the weight file as JSON, so that a file rebuilds its own networks.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import build_config

SpeechKind = Literal["log_mel", "wav2vec2", "whisper-tiny.en", "whisper-base"]
Fusion = Literal["transformer", "conformer", "temporal"]

FRAME_RATE = 25.0
"""Frames a second of the windows that both networks see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechConfig:
    """What turns the speech around a frame into one vector."""

    kind: SpeechKind = "wav2vec2"
    """Input: 16 log-mel frames as in the base row, or 10 vectors of a pretrained encoder (200 ms either way)."""
    front: Literal["conformer", "stack"] = "conformer"
    """What a pretrained encoder's vectors pass: Conformer blocks, or, stacked, one layer (not in the paper). The stack
    is of 4 vectors, 80 ms, for networks that look along time themselves."""
    width: int = 512
    """Size of the vector."""
    feature_size: int = 768
    """Size of one input vector; with log-mel always 80 bins."""
    mel_channels: tuple[int, int, int, int] = (32, 64, 128, 256)
    """Channels of the log-mel encoder's convolutions."""
    blocks: int = 2
    """Conformer blocks over the 10 vectors."""
    heads: int = 4
    """Attention heads of these blocks."""
    feed_forward: int = 1024
    """Hidden width of these blocks."""
    kernel: int = 7
    """Depthwise convolution of these blocks."""
    dropout: float = 0.1
    """Inside these blocks, in training only."""
    feature_noise: float = 0.0
    """Standard deviation of the noise on standardised input vectors, in training only (not with log-mel)."""

    @property
    def steps(self) -> int:
        """Input vectors of one frame."""
        if self.kind == "log_mel":
            return 16
        return 4 if self.front == "stack" else 10

    @property
    def inputs(self) -> int:
        """Size of one input vector."""
        return 80 if self.kind == "log_mel" else self.feature_size


@dataclass(frozen=True, kw_only=True, slots=True)
class LandmarkConfig:
    """The landmark generator: speech, the frames' pose points and reference landmarks to jaw and lips."""

    speech: SpeechConfig = field(default_factory=SpeechConfig)
    """Its width is the width of the fusion."""
    window: int = 5
    """Frames that are fused."""
    kept: int = 1
    """Frames in the middle of a window whose landmarks are used; the others are context."""
    steady_head: bool = False
    """Whether head motion is taken out of all points first (not in the paper; see `steady_head`). The pose is then the
    references' mean in every frame, and a window does not depend on how the frames before it were held."""
    pose_points: int = 74
    """Points taken from the video: upper face and temples."""
    jaw_points: int = 17
    """Points given first."""
    lip_points: int = 40
    """Points given after the jaw."""
    point_encoder: Literal["ladder", "mlp"] = "ladder"
    """Points to a token: the paper's strided convolutions over the points' order, or two layers on all coordinates."""
    ladder_channels: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256)
    """Channels of the ladder's stages."""
    point_hidden: int = 256
    """Hidden width of the two layers."""
    fusion: Fusion = "conformer"
    """What mixes the tokens: the base row's transformer, or Conformer blocks. With "temporal" there are no tokens but
    convolutions over the frames' speech alone (not in the paper; see `temporal`)."""
    linear_share: float = 0.0
    """With that fusion and a pretrained encoder, the share of a linear function in what is shown (`linear_motion`)."""
    person_share: float = 0.0
    """With that fusion, how much of the references' mean counts besides the closed mouth (`usual_mouth`)."""
    layers: int = 4
    """Layers of the fusion, of tokens."""
    heads: int = 4
    """Attention heads of the fusion."""
    feed_forward: int = 1024
    """Hidden width of the fusion's layers."""
    kernel: int = 7
    """Depthwise convolution over time in the fusion's Conformer blocks."""
    dropout: float = 0.1
    """In the fusion, in training only."""
    displacement: bool = False
    """Whether the output is added to the mean of the references' jaw and lips (not in the paper): an untrained network
    then shows a mean mouth, and learns how mouths move instead of where faces are."""

    @property
    def content_points(self) -> int:
        """Points of the output."""
        return self.jaw_points + self.lip_points


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceConfig:
    """The face generator: alignment of reference pictures, and translation into a frame."""

    speech: SpeechConfig = field(default_factory=SpeechConfig)
    """The vector that modulates the translation."""
    size: int = 128
    """Side of the crop in pixels; a multiple of `step`."""
    patch: Literal[1, 2, 4] = 1
    """Side of the squares of pixels that are one position of the network (not in the paper). With 2 it works at half
    the side, with four times the channels at both ends, and is several times faster, with 4 at a quarter of the side;
    pictures are warped whole."""
    top: int = 0
    """The first row that is made; those above it are the frame's own. A multiple of `step`."""
    left: int = 0
    """The first column that is made; those before it, and as many on the right, are the frame's own. A multiple of
    `step`."""
    enter_kernel: Literal[3, 5, 7] = 7
    """Of the first convolutions."""
    leave_kernel: Literal[3, 5, 7] = 7
    """Of the last convolutions: of flow, confidence and the frame. Adam moves every weight of a kernel by the learning
    rate in each step, so that what a large one of large positions makes trembles by more than there is to learn."""
    window: int = 5
    """Target sketches seen at once; the frame that is made belongs to the middle one."""
    sketch_channels: int = 3
    """Channels of a sketch."""
    coarse_sketches: Literal["nearest", "area"] = "nearest"
    """How the alignment's coarse blocks see the target's sketches: every other position, or the mean of four (not in
    the paper). Between positions of several pixels whole lips can lie."""
    norm: Literal["batch", "group"] = "batch"
    """Of the four entering convolutions; running averages of small batches are fragile."""
    fine: int = 32
    """Channels at full size (of the positions: that is the crop's side divided by `patch`)."""
    coarse: int = 256
    """Channels at half of that size in the alignment's features and in the translation; a multiple of 4."""
    hidden: int = 256
    """Between a modulating map and its scale and shift."""
    confidence_channels: int = 32
    """Hidden channels of a reference's confidence."""
    analytic_flow: bool = False
    """Whether references are first warped by their landmarks' displacements (not in the paper); the network then learns
    what that misses. Without it a network of this size is worse than that plain warp for its first thousand steps."""
    analytic_grid: int = 32
    """Side of the grid on which that flow is computed."""
    align_corners: bool = True
    """How warped places are sampled. The authors build places for True and sample with False, which shifts pictures by
    up to half a pixel; their weights need just that."""
    outside: Literal["zeros", "border"] = "zeros"
    """What lies beyond a reference's edge: black, or its edge repeated."""
    audio_hidden: int = 128
    """Between the speech vector and its scale and shift."""
    cross_attention: bool = True
    """Whether the translation attends to the references' own features, un-warped."""
    attention_heads: int = 8
    """Heads of that attention."""
    attention_pool: int = 1
    """Side, in positions at half size, of the squares that are averaged into one token."""
    conditional_convolution: bool = True
    """Whether warped features give the weights of depthwise convolutions, at half and at full size."""
    condition_hidden: int = 128
    """Between the warped features and these weights."""
    condition_kernel: Literal[1, 3] = 3
    """Kernel of the convolution that gives these weights."""
    residual: bool = False
    """Whether each modulated block adds to what it is given, and weights start with He's variance (not in the paper).
    Without a way around the blocks a small network is no better than the plain warp after hundreds of steps."""
    guided: bool = False
    """Whether the translation is given the warped references besides being modulated by them (not in the paper)."""
    head: Literal["paint", "correct"] = "paint"
    """How a frame is made: all its pixels anew, or as a correction of the warped references (not in the paper), which
    keeps the person's own pixels where nothing better is known."""

    trust: float = 1.0
    """With the head "correct", the share of a correction that is shown once training is over. What a network has
    learned from few faces is half right on others: with half of it strangers come out nearer to the truth."""

    @property
    def step(self) -> int:
        """Pixels that one token of the attention covers each way; no map of the network divides a side into more."""
        return 2 * self.patch * self.attention_pool

    @property
    def made(self) -> tuple[slice, slice]:
        """Rows and columns of the crop that are made."""
        return slice(self.top, self.size), slice(self.left, self.size - self.left)

    @property
    def sketches(self) -> int:
        """Channels of a whole window of sketches."""
        return self.window * self.sketch_channels * self.patch**2

    @property
    def picture(self) -> int:
        """Channels of a picture."""
        return 3 * self.patch**2


@dataclass(frozen=True, kw_only=True, slots=True)
class LtfgConfig:
    """The whole model."""

    preset: str = "paper"
    """Where the sizes come from."""
    landmark_generator: LandmarkConfig = field(default_factory=LandmarkConfig)
    """Speech to landmarks."""
    face_generator: FaceConfig = field(default_factory=FaceConfig)
    """Landmarks to frames."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LtfgConfig:
        """Rebuild a configuration from `to_dict` or from parsed JSON.

        Raises:
            WeightsError: a field is unknown or its value is of the wrong kind.
        """
        return build_config(cls, data)


def preset(name: str) -> LtfgConfig:
    """The configuration called `paper`, `compact` or `debug`.

    Raises:
        WeightsError: there is no such preset.
    """
    if name not in _PRESETS:
        raise WeightsError(f"ltfg-gan has no preset {name!r}; it has: {', '.join(_PRESETS)}")
    return _PRESETS[name]


_COMPACT = LtfgConfig(
    preset="compact",
    landmark_generator=LandmarkConfig(
        speech=SpeechConfig(
            kind="whisper-base",
            front="stack",
            feature_size=1536,
            width=128,
            mel_channels=(16, 32, 64, 128),
            blocks=1,
            feed_forward=256,
            dropout=0.3,
            feature_noise=2.0,
        ),
        window=49,
        kept=25,
        steady_head=True,
        point_encoder="mlp",
        fusion="temporal",
        linear_share=0.6,
        person_share=0.8,
        layers=3,
        feed_forward=256,
        dropout=0.3,
        displacement=True,
    ),
    face_generator=FaceConfig(
        speech=SpeechConfig(
            kind="whisper-tiny.en",
            width=96,
            mel_channels=(16, 32, 64, 96),
            blocks=1,
            feed_forward=192,
            feature_noise=0.3,
        ),
        patch=4,
        top=64,
        left=16,
        enter_kernel=3,
        leave_kernel=3,
        window=1,
        sketch_channels=1,
        norm="group",
        fine=32,
        coarse=64,
        coarse_sketches="area",
        hidden=16,
        confidence_channels=8,
        analytic_flow=True,
        outside="border",
        audio_hidden=64,
        attention_heads=4,
        attention_pool=2,
        condition_hidden=32,
        condition_kernel=1,
        residual=True,
        guided=True,
        head="correct",
        trust=0.5,
    ),
)

_DEBUG = LtfgConfig(
    preset="debug",
    landmark_generator=LandmarkConfig(
        speech=SpeechConfig(
            kind="whisper-tiny.en",
            width=16,
            mel_channels=(4, 4, 8, 8),
            blocks=1,
            heads=2,
            feed_forward=16,
            feature_noise=0.1,
        ),
        window=9,
        kept=5,
        steady_head=True,
        point_encoder="mlp",
        ladder_channels=(4, 8, 8),
        point_hidden=16,
        layers=1,
        heads=2,
        feed_forward=16,
        displacement=True,
    ),
    face_generator=FaceConfig(
        speech=SpeechConfig(
            kind="whisper-tiny.en",
            width=8,
            mel_channels=(4, 4, 8, 8),
            blocks=1,
            heads=2,
            feed_forward=16,
            feature_noise=0.1,
        ),
        patch=2,
        top=48,
        enter_kernel=3,
        sketch_channels=1,
        norm="group",
        fine=8,
        coarse=16,
        hidden=8,
        confidence_channels=4,
        analytic_flow=True,
        analytic_grid=16,
        outside="border",
        audio_hidden=8,
        attention_heads=2,
        attention_pool=4,
        condition_hidden=8,
        condition_kernel=1,
        residual=True,
        guided=True,
        head="correct",
    ),
)

_PRESETS: Mapping[str, LtfgConfig] = types.MappingProxyType(
    {"paper": LtfgConfig(), "compact": _COMPACT, "debug": _DEBUG}
)
