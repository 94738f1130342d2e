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

Summary = Literal["last", "mean", "statistics"]

SAMPLE_RATE = 16_000
STRIDE = 160
"""Samples of one CPC step: 100 steps a second."""
STEP_RATE = SAMPLE_RATE / STRIDE
STEPS_PER_FRAME = 4
"""At 25 frames a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CpcConfig:
    """The speech encoder (Riviere et al., CPC_audio, 2020)."""

    channels: int = 256
    """Of the convolutions and of their output z."""
    state: int = 256
    """Of the recurrent layer and of its output c."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticulationConfig:
    """What stands between c and the frame decoder (not in the paper, which hands over c_t itself)."""

    size: int = 0
    """Numbers of a frame's lip shape; 0 leaves this network out, and the decoder hears c_t."""
    width: int = 96
    """Channels of its convolutions over time."""
    layers: int = 3
    """Dilated convolutions; each reaches twice as far as the last."""

    @property
    def reach(self) -> int:
        """Frames on either side that a lip shape depends on."""
        return sum(2**i for i in range(self.layers)) if self.size else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentConfig:
    """omega to identity nu and emotion mu."""

    summary: Summary = "last"
    """What omega is: the state at the end of the speech as in the paper, or (not in the paper) means over what is
    voiced, of c alone or of c and z with their standard deviations."""
    identity: int = 4096
    """Size of nu, the identity teacher's."""
    identity_hidden: int = 1024
    """Between omega and nu; 0 leaves the layer out."""
    recall: bool = False
    """The decoder is given the code of a known speaker, or a mixture of two of them, instead of nu itself (not in the
    paper); see `gallery`."""
    emotion: int = 8
    """Size of mu, the emotion teacher's."""
    emotion_hidden: int = 256
    """Between omega and mu; 0 leaves the layer out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecoderConfig:
    """c_t, mu and nu to a frame."""

    size: int = 128
    """Side of a frame in pixels: 3 or 4 times a power of two."""
    channels: tuple[int, ...] = (512, 512, 512, 256, 128, 64)
    """Of the maps, from the smallest (`base` pixels wide) to the frame's own size."""
    identity_channels: int = 256
    """Of the identity branch."""
    manner: int = 0
    """Numbers that say how head and eyes are held and where the background lies, which speech does not (not in the
    paper)."""
    teacher_channels: tuple[int, int, int] = (256, 512, 512)
    """Of the teacher's maps that the identity branch is compared with, the largest map first."""

    @property
    def base(self) -> int:
        """Side of the smallest map."""
        return self.size >> (len(self.channels) - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech2VideoConfig:
    """The whole model."""

    preset: str = "paper"
    """Where the sizes come from."""
    cpc: CpcConfig = field(default_factory=CpcConfig)
    """Speech to z and c."""
    articulation: ArticulationConfig = field(default_factory=ArticulationConfig)
    """c to lip shapes."""
    students: StudentConfig = field(default_factory=StudentConfig)
    """omega to nu and mu."""
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    """To frames."""
    identity_teacher: str = "vgg-face"
    """Whose identity nu is; a name of the registry of teachers."""
    emotion_teacher: str = "ferplus"
    """Whose emotions mu are."""

    @property
    def omega(self) -> int:
        """Size of omega."""
        return 2 * (self.cpc.state + self.cpc.channels) if self.students.summary == "statistics" else self.cpc.state

    @property
    def heard(self) -> int:
        """Numbers of speech that the decoder gets for a frame."""
        return self.articulation.size or self.cpc.state

    def to_dict(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Speech2VideoConfig:
        """Rebuild a configuration from `to_dict` or from parsed JSON.

        Raises:
            WeightsError: a field is unknown or its value is of the wrong kind.
        """
        return build_config(cls, data)


def preset(name: str) -> Speech2VideoConfig:
    """The configuration called `paper`, `compact` or `debug`.

    Raises:
        WeightsError: there is no such preset.
    """
    if name not in _PRESETS:
        raise WeightsError(f"speech2video has no preset {name!r}; it has: {', '.join(_PRESETS)}")
    return _PRESETS[name]


_COMPACT = Speech2VideoConfig(
    preset="compact",
    cpc=CpcConfig(channels=64, state=64),
    articulation=ArticulationConfig(size=10, width=64),
    students=StudentConfig(summary="statistics", identity=256, identity_hidden=0, recall=True, emotion_hidden=0),
    decoder=DecoderConfig(
        size=128,
        channels=(160, 128, 96, 64, 32, 16),
        identity_channels=48,
        manner=8,
        teacher_channels=(32, 64, 128),
    ),
    identity_teacher="local-identity",
    emotion_teacher="local-emotion",
)

_DEBUG = Speech2VideoConfig(
    preset="debug",
    cpc=CpcConfig(channels=8, state=8),
    articulation=ArticulationConfig(size=4, width=8, layers=1),
    students=StudentConfig(summary="statistics", identity=8, identity_hidden=0, recall=True, emotion_hidden=0),
    decoder=DecoderConfig(
        size=64, channels=(8, 8, 8, 8, 8, 8), identity_channels=4, manner=8, teacher_channels=(8, 16, 32)
    ),
    identity_teacher="local-identity",
    emotion_teacher="local-emotion",
)

_PRESETS: Mapping[str, Speech2VideoConfig] = types.MappingProxyType(
    {"paper": Speech2VideoConfig(), "compact": _COMPACT, "debug": _DEBUG}
)
