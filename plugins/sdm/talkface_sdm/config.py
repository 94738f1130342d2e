"""Every number that describes the model, and the rows of the paper's ablation as switches.

A configuration travels inside the weight file as JSON, so that a file rebuilds its own networks.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.config import build_config

SpeechKind = Literal["log_mel", "whisper-tiny.en"]
Ablation = Literal["full", "no pose motion", "no rhythm", "no shallow diffusion"]
ABLATIONS: tuple[Ablation, ...] = ("full", "no pose motion", "no rhythm", "no shallow diffusion")
"""The rows of the paper's ablation."""

POINTS = 68
"""Landmarks of a frame, iBUG 300-W."""
POSE = 6
"""Numbers of a head's pose; see `head_motion`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechConfig:
    """What is heard around a frame, and the content encoder f_con."""

    kind: SpeechKind = "log_mel"
    """16 log-mel frames centred on the instant (200 ms), or 2 vectors of a pretrained encoder."""
    width: int = 256
    """Size of S_cont."""
    mel_channels: tuple[int, int, int, int] = (32, 64, 128, 256)
    """The paper's four convolutions, where the input is log-mel."""
    context: int = 0
    """Dilated convolutions over time behind the encoder (not in the paper); each reaches twice as far as the last."""
    dropout: float = 0.0
    """Behind each of these, in training only."""
    feature_noise: float = 0.0
    """Standard deviation of noise on standardised vectors, in training only."""

    @property
    def steps(self) -> int:
        """Input vectors of a frame."""
        return 16 if self.kind == "log_mel" else 2

    @property
    def inputs(self) -> int:
        """Size of one input vector."""
        return 80 if self.kind == "log_mel" else 768

    @property
    def reach(self) -> int:
        """Frames on either side that S_cont of a frame depends on."""
        return sum(2**i for i in range(self.context))


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionConfig:
    """Content and rhythm to the auxiliary motion: f_enc, the latent, f_dec, f_rhy."""

    space: Literal["landmarks", "head"] = "landmarks"
    """What a frame's motion F is: 68 landmarks with the head's motion in them, as in the paper, or (not in the paper)
    the head's pose and the 68 landmarks of a head held still."""
    width: int = 256
    """Of the embeddings M and of f_dec's layers."""
    latent: int = 64
    """Size of z."""
    chance: Literal["all", "pose"] = "all"
    """What z and diffusion decide of a performance: the whole motion as in the paper, or (with space "head", not in the
    paper) the head's pose alone, the face following the speech with the most likely z."""
    learned_prior: bool = False
    """Whether z is drawn from p(z | S_cont) instead of N(0, 1)."""
    rhythm_width: int = 128
    """Channels of f_rhy."""
    rhythm_layers: int = 4
    """Convolutions of f_rhy."""
    rhythm_kernel: int = 7
    """Their kernel, in frames."""
    pose_motion: bool = True
    """Whether the content-related pose motion is used; without it the auxiliary motion is the rhythm's alone."""
    rhythm: bool = True
    """Whether the rhythm's motion is used."""
    ind_mode: Literal["paper", "orthogonal"] = "orthogonal"
    """L_ind as printed, which makes both motions equal, or the mean squared cosine between them."""

    @property
    def size(self) -> int:
        """D, numbers of F."""
        return 2 * POINTS + (POSE if self.space == "head" else 0)

    @property
    def diffused(self) -> int:
        """How many of these, from the first on, are diffused: those that chance decides."""
        return POSE if self.space == "head" and self.chance == "pose" else self.size


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceConfig:
    """A network of its own for the face's points (not in the paper); see `face_network`."""

    apart: bool = False
    """Whether there is one; without it f_dec moves the face together with the head."""
    width: int = 64
    """Of what it makes of the speech."""
    context: int = 3
    """Dilated convolutions over time; see `SpeechConfig.context`."""
    dropout: float = 0.2
    """Behind each of these, in training only."""
    feature_noise: float = 0.5
    """Standard deviation of noise on standardised vectors, in training only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusionConfig:
    """f_denoi and its schedule."""

    enabled: bool = True
    """Whether the auxiliary motion is diffused and denoised; without it the auxiliary motion is the result."""
    space: Literal["motion", "image"] = "motion"
    """What F is that is diffused: motion, which is rendered afterwards, or the renderer's picture of each frame."""
    steps: int = 100
    """T."""
    first_beta: float = 1e-4
    """Of the linear schedule."""
    last_beta: float = 0.06
    """Of the linear schedule."""
    channels: int = 256
    """Of the residual blocks."""
    blocks: int = 20
    """Residual blocks; each reaches one frame further."""
    around: Literal["zero", "auxiliary"] = "zero"
    """What the network's answer is a deviation from: nothing, so that it says the noise itself as in the paper, or (not
    in the paper) the best guess from F^aux and the noised motion alone, which makes F^aux what an untrained network
    gives."""
    boundary: Literal["kl", "predictor"] = "kl"
    """How K is found: by the divergence's bound, or by the network that predicts whether it can still be told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RendererConfig:
    """The network that completes what warping the photo cannot show."""

    region: Literal["face", "mouth"] = "face"
    """What it sees and makes: the whole face, or the mouth alone (not in the paper)."""
    size: int = 128
    """Side of that in pixels; a multiple of 8."""
    width: int = 32
    """Channels of the first level of the U-Net."""
    trust: float = 1.0
    """Share of its correction that is shown once training is over; 0 shows the warped photo."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SdmConfig:
    """The whole model."""

    preset: str = "paper"
    """Where the sizes come from."""
    speech: SpeechConfig = field(default_factory=SpeechConfig)
    """Speech to S_cont."""
    motion: MotionConfig = field(default_factory=MotionConfig)
    """S_cont and rhythm to the auxiliary motion."""
    face: FaceConfig = field(default_factory=FaceConfig)
    """Speech to the face's points."""
    diffusion: DiffusionConfig = field(default_factory=DiffusionConfig)
    """The auxiliary motion to the motion."""
    renderer: RendererConfig = field(default_factory=RendererConfig)
    """Motion to pictures."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SdmConfig:
        """Rebuild a configuration from `to_dict` or from parsed JSON.

        Raises:
            WeightsError: a field is unknown or its value is of the wrong kind.
        """
        return build_config(cls, data)


def check_config(config: SdmConfig) -> None:
    """Refuse combinations of switches that no network has.

    Raises:
        ValueError: there is one.
    """
    if config.face.apart and (config.motion.space, config.motion.chance) != ("head", "pose"):
        raise ValueError(
            'face.apart needs motion.space "head" and motion.chance "pose"; set these, or switch it off with false'
        )
    if config.diffusion.space == "image" and config.diffusion.boundary == "predictor":
        raise ValueError(
            'diffusion.boundary "predictor" tells motions apart; with diffusion.space "image" choose boundary "kl"'
        )


def preset(name: str) -> SdmConfig:
    """The configuration called `paper`, `compact` or `debug`.

    Raises:
        WeightsError: there is no such preset.
    """
    if name not in _PRESETS:
        raise WeightsError(f"sdm has no preset {name!r}; it has: {', '.join(_PRESETS)}")
    return _PRESETS[name]


def ablated(config: SdmConfig, row: Ablation) -> SdmConfig:
    """`config` with what one row of the paper's ablation leaves out switched off; the networks stay the same."""
    return replace(
        config,
        motion=replace(config.motion, pose_motion=row != "no pose motion", rhythm=row != "no rhythm"),
        diffusion=replace(config.diffusion, enabled=row != "no shallow diffusion"),
    )


_COMPACT = SdmConfig(
    preset="compact",
    speech=SpeechConfig(
        kind="whisper-tiny.en", width=128, mel_channels=(16, 32, 64, 96), context=3, dropout=0.1, feature_noise=0.5
    ),
    motion=MotionConfig(space="head", chance="pose", width=128, latent=32, rhythm_width=64),
    face=FaceConfig(apart=True),
    diffusion=DiffusionConfig(channels=96, blocks=8, around="auxiliary"),
    renderer=RendererConfig(region="mouth", size=64, width=16, trust=0.5),
)

_DEBUG = SdmConfig(
    preset="debug",
    speech=SpeechConfig(
        kind="whisper-tiny.en", width=16, mel_channels=(4, 4, 8, 8), context=2, dropout=0.1, feature_noise=0.1
    ),
    motion=MotionConfig(
        space="head", chance="pose", width=16, latent=4, rhythm_width=8, rhythm_layers=2, rhythm_kernel=3
    ),
    face=FaceConfig(apart=True, width=8, context=2),
    diffusion=DiffusionConfig(channels=8, blocks=2, around="auxiliary"),
    renderer=RendererConfig(region="mouth", size=32, width=4, trust=0.5),
)

_PRESETS: Mapping[str, SdmConfig] = types.MappingProxyType({"paper": SdmConfig(), "compact": _COMPACT, "debug": _DEBUG})
