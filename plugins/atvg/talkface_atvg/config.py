"""Every number that describes the model: network sizes, landmark normalisation, how speech is read.

A configuration travels inside the weight file as JSON, so that a file rebuilds its own networks.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import build_config

Norm = Literal["batch", "group", "instance"]

TICK_RATE = 25.0
"""Steps a second of AT-net and of VG-net's recurrence, on the absolute time axis: tick i is at i / 25 seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AtNetConfig:
    """AT-net: speech to landmark coefficients, one vector a tick."""

    speech: Literal["mfcc", "whisper-tiny.en"] = "mfcc"
    """Input of a tick: a window of MFCC (28 steps of 12 coefficients) or two Whisper vectors around the tick."""
    temporal: Literal["lstm", "dilated"] = "lstm"
    """What looks across time: the paper's causal LSTM, or residual dilated convolutions that also look ahead."""
    coefficients: int = 6
    """Size of the output: principal components of the landmarks (136 without a basis)."""
    example_input: bool = True
    """Whether the example landmarks' coefficients are an input, as in the paper."""
    feature_size: int = 768
    """Size of one Whisper vector (layers 2 and last of tiny.en, concatenated); unused with MFCC."""
    convolutions: tuple[int, int, int, int, int] = (64, 128, 256, 256, 512)
    """Channels of the MFCC encoder."""
    audio_hidden: int = 2048
    """Width between the MFCC encoder and its output."""
    audio_size: int = 256
    """Size of the speech code of one tick."""
    example_hidden: int = 256
    """First width of the example encoder; the second is twice the size of the speech code."""
    hidden: int = 256
    """Width of the LSTM, or of the dilated convolutions."""
    layers: int = 3
    """Layers of the LSTM."""
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    """One residual block of kernel 3 for each; their sum is how many ticks are seen on either side."""
    dropout: float = 0.0
    """On the speech code and inside the dilated blocks, in training only."""
    feature_noise: float = 0.0
    """Standard deviation of the noise on standardised Whisper vectors, in training only."""

    @property
    def context(self) -> int:
        """Ticks on either side that an output depends on, beyond the window of one tick (dilated only)."""
        return sum(self.dilations) if self.temporal == "dilated" else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class VgNetConfig:
    """VG-net: a photo and landmarks to frames."""

    image_channels: tuple[int, int, int, int, int] = (64, 64, 128, 256, 512)
    """Image encoder at 1, 1/2, 1/4 (features F1), 1/8 and 1/16 (F2) of the crop's side."""
    landmark_channels: int = 256
    """Channels of the first landmark map; the second has as many as F2."""
    attention_channels: tuple[int, int] = (256, 128)
    """Transposed convolutions of the landmark attention."""
    bottleneck: int = 128
    """Channels that enter the recurrence."""
    blocks: int = 9
    """Residual blocks after the recurrence."""
    dropout: float = 0.5
    """Inside the residual blocks, in training only."""
    decoder_channels: tuple[int, int, int, int] = (256, 128, 64, 32)
    """Transposed convolutions at 1/8, 1/4, 1/2 and 1 of the crop's side; the second equals the channels of F1."""
    detail_blocks: int = 0
    """Residual blocks on the blended features at 1/4 of the side (none in the paper)."""
    norm: Norm = "batch"
    """Normalisation layers; running averages of small batches are fragile, so the compact network uses groups."""
    recurrence: Literal["time", "none"] = "none"
    """Whether the recurrence carries its state from tick to tick. The authors' code iterates it over the batch, so at
    inference their network starts every frame from a zero state: "none" is what their weights compute."""
    gru_span: int = 1
    """Ticks, up to and including the instant asked for, over which the state is built at inference; zero before."""
    input_gain: float = 1.0
    """Factor on the landmarks, after the network's own centre is taken off."""
    warp_photo: bool = False
    """Whether the photo's lower face is first warped by its landmarks' displacements (not in the paper). The network
    then only corrects the warp and paints the inner mouth, which a small one can learn in an hour on a CPU."""
    head: Literal["blend", "add"] = "blend"
    """How a frame is made: the paper blends new pixels into the photo by a learned attention; "add" adds to the photo,
    around the mouth only, and sees lips and inner mouth of the wanted landmarks drawn beside the photo. A small network
    that blends learns within minutes to keep its attention at 0, and from then on gets no gradient."""
    skips: bool = False
    """Whether the decoder also sees the photo's features at half and full size (not in the paper; needs the head
    "add"): what the warp has put in place need not pass through a quarter of the resolution."""
    crop: int = 128
    """Side of the crop in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorConfig:
    """Regression discriminator: are these frames real, and which landmarks do they show?"""

    channels: tuple[int, int, int, int] = (64, 128, 256, 512)
    """Strided convolutions on each frame."""
    landmark_hidden: int = 256
    """First width of the encoder of the example landmarks."""
    feature: int = 512
    """Size of the code of a frame, and of the example landmarks."""
    hidden: int = 256
    """Width of the LSTM."""
    layers: int = 3
    """Layers of the LSTM."""
    norm: Norm = "batch"
    """Normalisation layers of the convolutions after the first."""
    crop: int = 128
    """Side of the frames in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NormalisationConfig:
    """How landmarks are brought onto one canonical face."""

    method: Literal["atvg", "eskimez", "thesis", "box"] = "thesis"
    """The thesis's four steps, or one of the ways it is compared with."""
    components: int = 6
    """Principal components kept; 0 leaves the 136 coordinates as they are."""
    scale: float = 5.0
    """Factor from the canonical unit square to what the networks see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AtvgConfig:
    """The whole model."""

    preset: str = "paper"
    """Where the sizes come from."""
    at_net: AtNetConfig = field(default_factory=AtNetConfig)
    """Speech to landmarks."""
    vg_net: VgNetConfig = field(default_factory=VgNetConfig)
    """Landmarks to frames."""
    discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    """Used in training only."""
    normalisation: NormalisationConfig = field(default_factory=NormalisationConfig)
    """The landmarks' canonical form."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> AtvgConfig:
        """Rebuild a configuration from `to_dict` or from parsed JSON.

        Raises:
            WeightsError: a field is unknown or its value is of the wrong kind.
        """
        return build_config(cls, data)


def preset(name: str) -> AtvgConfig:
    """The configuration called `paper`, `compact` or `debug`.

    Raises:
        WeightsError: there is no such preset.
    """
    if name not in _PRESETS:
        raise WeightsError(f"atvg has no preset {name!r}; it has: {', '.join(_PRESETS)}")
    return _PRESETS[name]


_COMPACT = AtvgConfig(
    preset="compact",
    at_net=AtNetConfig(
        speech="whisper-tiny.en",
        temporal="dilated",
        coefficients=20,
        example_input=False,
        audio_size=160,
        hidden=160,
        dropout=0.3,
        feature_noise=0.6,
    ),
    vg_net=VgNetConfig(
        image_channels=(24, 32, 64, 96, 128),
        landmark_channels=64,
        attention_channels=(48, 32),
        bottleneck=32,
        blocks=3,
        dropout=0.1,
        decoder_channels=(96, 64, 48, 24),
        detail_blocks=2,
        norm="group",
        recurrence="time",
        gru_span=2,
        input_gain=5.0,
        warp_photo=True,
        head="add",
        skips=True,
    ),
    discriminator=DiscriminatorConfig(
        channels=(16, 32, 64, 128), landmark_hidden=64, feature=128, hidden=64, layers=3, norm="group"
    ),
    normalisation=NormalisationConfig(components=20),
)

_DEBUG = AtvgConfig(
    preset="debug",
    at_net=AtNetConfig(
        speech="whisper-tiny.en",
        temporal="dilated",
        coefficients=4,
        example_input=False,
        audio_size=16,
        hidden=16,
        dilations=(1, 2),
        dropout=0.1,
        feature_noise=0.1,
    ),
    vg_net=VgNetConfig(
        image_channels=(8, 8, 8, 16, 16),
        landmark_channels=8,
        attention_channels=(8, 8),
        bottleneck=8,
        blocks=1,
        dropout=0.1,
        decoder_channels=(16, 8, 8, 8),
        detail_blocks=1,
        norm="group",
        recurrence="time",
        gru_span=3,
        input_gain=5.0,
        warp_photo=True,
        head="add",
        skips=True,
    ),
    discriminator=DiscriminatorConfig(
        channels=(8, 8, 8, 8), landmark_hidden=8, feature=8, hidden=8, layers=1, norm="group"
    ),
    normalisation=NormalisationConfig(components=4),
)

_PRESETS: Mapping[str, AtvgConfig] = types.MappingProxyType(
    {"paper": AtvgConfig(normalisation=NormalisationConfig(components=6)), "compact": _COMPACT, "debug": _DEBUG}
)
