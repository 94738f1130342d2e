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

Ablation = Literal["base", "+CP", "+PN", "+CP+PN"]
ABLATIONS: tuple[Ablation, ...] = ("base", "+CP", "+PN", "+CP+PN")
"""The rows of the paper's ablation: contrastive pre-training (CP) and prior normalisation (PN)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechConfig:
    """The spectrogram and the speech encoder."""

    layout: Literal["speech2face", "compact"] = "speech2face"
    """The convolutions of Speech2Face, or five that halve both axes."""
    spectrum: Literal["complex", "magnitude"] = "complex"
    """Real and imaginary part to the signed power 0.3, or the magnitude's power 0.3."""
    bins: int = 257
    """Frequencies that the network sees; fewer than 257 are averaged out of the 256 above 0 Hz."""
    channels: tuple[int, ...] = ()
    """Of the five convolutions of layout "compact"."""
    width: int = 4096
    """Size of the speech vector."""
    tokens: tuple[int, int] = (6, 2)
    """Parts of time and of frequency that the last feature map is averaged to: each is a token beside the vector."""
    ratio: int = 16
    """By how much the attention over channels narrows (CBAM)."""

    @property
    def planes(self) -> int:
        """Channels of the spectrogram."""
        return 2 if self.spectrum == "complex" else 1


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceConfig:
    """The face encoder and decoder."""

    layout: Literal["vgg16", "compact"] = "vgg16"
    """VGG-Face and a decoder that mirrors it, or three halvings."""
    side: int = 224
    """Of a picture in pixels."""
    widths: tuple[int, ...] = ()
    """Channels of layout "compact", the finest first."""
    decoder_widths: tuple[int, ...] = ()
    """Channels of the decoder of layout "compact", the coarsest first: each doubles the side of z."""
    studio: bool = False
    """Whether the decoder draws people before a plain backdrop and in white light, which stage `portraits` teaches."""
    latent_channels: int = 4
    """Of z."""
    latent_side: int = 32
    """Of z."""

    @property
    def latent(self) -> tuple[int, int, int]:
        """Shape of z."""
        return self.latent_channels, self.latent_side, self.latent_side

    @property
    def latent_size(self) -> int:
        """Numbers of z."""
        return self.latent_channels * self.latent_side**2

    @property
    def drawn_side(self) -> int:
        """Of a picture that the decoder draws; layout "compact" may draw finer than its encoder sees."""
        return self.latent_side * 2 ** len(self.decoder_widths) if self.layout == "compact" else self.side


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignmentConfig:
    """What makes a voice and its face meet."""

    contrastive: bool = True
    """CP. Without it the speech encoder learns in the diffusion stage alone."""
    projection: Literal["none", "mlp"] = "mlp"
    """Whether z and the speech vector are compared as they are, which must then be of one size, or behind heads."""
    width: int = 256
    """Size behind the heads."""
    hidden: int = 1024
    """Of the heads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DenoiserConfig:
    """The U-Net."""

    backend: Literal["diffusers", "studio"] = "diffusers"
    """UNet2DConditionModel of diffusers (an extra of this package), or the studio's own."""
    width: int = 224
    """Channels of the first level."""
    multipliers: tuple[int, ...] = (1, 2, 3, 4)
    """Of the width, for each level."""
    blocks: int = 2
    """Residual blocks of a level."""
    attention: tuple[bool, ...] = (False, True, True, True)
    """Whether a level has self- and cross-attention."""
    head: int = 32
    """Channels of a head of attention."""
    expansion: int = 4
    """Of the feed-forward networks behind attention."""
    context: int = 768
    """Size of a token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusionConfig:
    """The schedule, and how the prior takes part."""

    steps: int = 1000
    """T."""
    first_beta: float = 0.0015
    """Of the schedule whose roots lie on a line."""
    last_beta: float = 0.0195
    """Of the schedule whose roots lie on a line."""
    prior: bool = True
    """PN: whether the prior p, the mean of encoded faces, takes part."""
    prior_mode: Literal["shift", "residual"] = "shift"
    """z_t + w p is denoised as in the paper, or (not in the paper) z_0 - p is what is diffused."""
    prior_weight: float = 0.01
    """w of mode "shift"."""
    farthest: float = 0.0
    """Root mean square of a residual, of a data set of 1, up to which it is drawn as it was imagined; what lies farther
    from the prior is brought that near to it (0: however far; not in the paper, with mode "residual" only)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScldmConfig:
    """The whole model."""

    preset: str = "paper"
    """Where the sizes come from."""
    speech: SpeechConfig = field(default_factory=SpeechConfig)
    """Speech to tokens."""
    face: FaceConfig = field(default_factory=FaceConfig)
    """Faces to z and back."""
    alignment: AlignmentConfig = field(default_factory=AlignmentConfig)
    """Contrastive pre-training."""
    denoiser: DenoiserConfig = field(default_factory=DenoiserConfig)
    """The network that says the noise."""
    diffusion: DiffusionConfig = field(default_factory=DiffusionConfig)
    """What it is asked."""

    def to_dict(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ScldmConfig:
        """Rebuild a configuration from `to_dict` or from parsed JSON.

        Raises:
            WeightsError: a field is unknown or its value is of the wrong kind.
        """
        return build_config(cls, data)


def preset(name: str) -> ScldmConfig:
    """The configuration called `paper`, `compact` or `debug`.

    Raises:
        WeightsError: there is no such preset.
    """
    if name not in _PRESETS:
        raise WeightsError(f"scldm has no preset {name!r}; it has: {', '.join(_PRESETS)}")
    return _PRESETS[name]


def ablated(config: ScldmConfig, row: Ablation) -> ScldmConfig:
    """`config` as one row of the paper's ablation has it; each row is trained by itself."""
    return replace(
        config,
        alignment=replace(config.alignment, contrastive="+CP" in row),
        diffusion=replace(config.diffusion, prior="+PN" in row),
    )


_COMPACT = ScldmConfig(
    preset="compact",
    speech=SpeechConfig(
        layout="compact",
        spectrum="magnitude",
        bins=128,
        channels=(24, 48, 64, 96, 112),
        width=192,
        tokens=(4, 2),
        ratio=8,
    ),
    face=FaceConfig(
        layout="compact",
        side=96,
        widths=(32, 64, 96),
        decoder_widths=(128, 96, 64, 40),
        studio=True,
        latent_side=12,
    ),
    alignment=AlignmentConfig(width=128, hidden=128),
    denoiser=DenoiserConfig(
        backend="studio",
        width=28,
        multipliers=(1, 2, 2),
        blocks=1,
        attention=(False, True, True),
        head=14,
        expansion=2,
        context=96,
    ),
    # Voices that were trained on have 0.6 to 0.8 and, two apart from the rest, 1.1. Those of a stranger in whom no face
    # could be seen had 1.2 to 1.8: nothing says what a decoder draws there.
    diffusion=DiffusionConfig(prior_mode="residual", farthest=0.85),
)

_DEBUG = ScldmConfig(
    preset="debug",
    speech=SpeechConfig(
        layout="compact", spectrum="magnitude", bins=64, channels=(4, 4, 8, 8, 8), width=16, tokens=(4, 2), ratio=2
    ),
    face=FaceConfig(
        layout="compact", side=32, widths=(4, 8, 8), decoder_widths=(8, 8, 8, 4), studio=True, latent_side=4
    ),
    alignment=AlignmentConfig(width=8, hidden=8),
    denoiser=DenoiserConfig(
        backend="studio",
        width=8,
        multipliers=(1, 2),
        blocks=1,
        attention=(False, True),
        head=4,
        expansion=2,
        context=12,
    ),
    diffusion=DiffusionConfig(prior_mode="residual"),
)

_PRESETS: Mapping[str, ScldmConfig] = types.MappingProxyType(
    {"paper": ScldmConfig(), "compact": _COMPACT, "debug": _DEBUG}
)
