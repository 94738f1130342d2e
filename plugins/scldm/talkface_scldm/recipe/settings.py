"""The numbers of training, by preset."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from talkface_scldm.config import ScldmConfig, preset
from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignmentTraining:
    """Stage `alignment`: faces to latents and back, and voices to where their faces are."""

    given: str = ""
    """A weight file of this model whose face encoder, face decoder and, with CP, speech encoder are taken as they are:
    the stage is then left out, and rows of the ablation differ in what they diffuse alone."""
    steps: int = 50_000
    """Optimiser steps."""
    batch: int = 32
    """Faces a step that are rebuilt besides those of the pairs."""
    pairs: int = 32
    """Voices with their faces a step, each of another speaker."""
    rate: float = 1e-4
    """Learning rate of the face encoder and decoder."""
    speech_rate: float = 1e-3
    """Learning rate of the speech encoder and the heads."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Of Adam."""
    contrastive_weight: float = 1.0
    """Of L_con."""
    pixel_weight: float = 1.0
    """Of the mean absolute error, within L_rec."""
    perceptual_weight: float = 1.0
    """Of the difference in a pretrained network's features, within L_rec."""
    spread_weight: float = 1e-6
    """Of the pull that keeps latents near a normal distribution."""
    latent_noise: float = 0.0
    """Standard deviation of noise on latents before they are decoded, as a part of theirs (not in the paper): what
    diffusion makes is not exact either."""
    temperature: float = 0.07
    """tau at the beginning; it is learned and stays above 0.01."""
    augmentation: float = 0.3
    """Strength of changes of colour and framing of the faces that are rebuilt."""
    balance: float = 0.5
    """How often speakers with many clips are drawn; see `Dataset.sample_clip`."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusionTraining:
    """Stage `diffusion`: the U-Net in the latent space that stage `alignment` made, told what is heard."""

    steps: int = 100_000
    """Optimiser steps."""
    batch: int = 64
    """Noised latents a step."""
    repeats: int = 1
    """How many of them share what is heard in one window."""
    rate: float = 2e-5
    """Learning rate."""
    speech_rate: float = 1e-3
    """Learning rate of the speech encoder, which learns here only if it was not pre-trained contrastively."""
    prior_faces: int = 15_000
    """Faces, at most, whose mean is the prior."""
    faces: int = 8
    """Frames of a clip that count as its portraits: from the front, mouth closed, eyes open."""
    balance: float = 0.5
    """How often speakers with many clips are drawn."""
    ema: float = 0.9999
    """Decay of the averaged weights."""
    validate_every: int = 5000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortraitsTraining:
    """Stage `portraits`, where `model.face.studio`: the decoder alone, on people before a backdrop."""

    steps: int = 0
    """Optimiser steps; 0 leaves the stage out."""
    batch: int = 8
    """Faces a step."""
    rate: float = 1e-3
    """Learning rate of the decoder."""
    judge_rate: float = 2e-4
    """Learning rate of the discriminator."""
    judge_width: int = 20
    """Channels of its first layer."""
    betas: tuple[float, float] = (0.5, 0.99)
    """Of Adam, for both."""
    pixel_weight: float = 1.0
    """Of the mean absolute error."""
    perceptual_weight: float = 0.5
    """Of the difference in a pretrained network's features."""
    feature_weight: float = 0.5
    """Of the difference in the discriminator's features."""
    adversarial_weight: float = 0.05
    """Of what the discriminator says."""
    quiet: int = 300
    """Steps before the discriminator is heard."""
    latent_noise: float = 0.15
    """Standard deviation of noise on latents, as a part of theirs: what diffusion makes is not exact either."""
    mixtures: float = 0.3
    """Share of faces between those of two speakers, which a voice that was never heard is given."""
    mixed: int = 160
    """How many different ones there are."""
    blends: float = 0.15
    """Share of faces that are drawn of a mean of several people's latents, as the prior is one."""
    imagined: float = 0.35
    """Share of faces that are drawn of latents that the U-Net made."""
    imaginings: int = 320
    """How many different ones there are of either."""
    faces: int = 5
    """Frames of a clip that count as its portraits."""
    balance: float = 0.1
    """How often speakers with many clips are drawn."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationSettings:
    """What `talkface evaluate` needs of the user."""

    vgg_face: str = ""
    """The file that `talkface weights convert vgg-face` wrote: the paper's features are then measured too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a run of this recipe depends on besides the data."""

    model: ScldmConfig = field(default_factory=ScldmConfig)
    """The networks."""
    alignment: AlignmentTraining = field(default_factory=AlignmentTraining)
    """Stage `alignment`."""
    diffusion: DiffusionTraining = field(default_factory=DiffusionTraining)
    """Stage `diffusion`."""
    portraits: PortraitsTraining = field(default_factory=PortraitsTraining)
    """Stage `portraits`."""
    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    """No stage."""


def settings(name: str, overrides: Mapping[str, str]) -> Settings:
    """The settings of a preset, changed by `STAGE.KEY` or `model.SECTION.KEY`.

    Raises:
        TrainingError: the preset or a key does not exist, or a value is of the wrong kind.
    """
    if name not in _TRAINING:
        raise TrainingError(f"scldm has no preset {name!r}; it has: {', '.join(_TRAINING)}")
    return overridden(replace(_TRAINING[name], model=preset(name)), overrides)


_COMPACT = Settings(
    alignment=AlignmentTraining(
        steps=1300,
        batch=6,
        pairs=10,
        rate=1e-3,
        betas=(0.9, 0.99),
        perceptual_weight=0.5,
        latent_noise=0.1,
        balance=0.2,
        ema=0.99,
        validate_every=200,
    ),
    diffusion=DiffusionTraining(
        steps=1450, batch=64, repeats=8, rate=1e-3, balance=0.1, ema=0.998, validate_every=500, prior_faces=1000
    ),
    portraits=PortraitsTraining(steps=1150, ema=0.995, validate_every=200),
)

_DEBUG = Settings(
    alignment=replace(_COMPACT.alignment, steps=3, batch=2, pairs=2, perceptual_weight=0.0, validate_every=2),
    diffusion=replace(_COMPACT.diffusion, steps=3, batch=4, repeats=2, faces=2, prior_faces=8, validate_every=2),
    portraits=replace(
        _COMPACT.portraits,
        steps=3,
        batch=2,
        perceptual_weight=0.0,
        judge_width=4,
        quiet=1,
        mixed=2,
        imaginings=3,
        faces=2,
        validate_every=2,
    ),
)

_TRAINING: Mapping[str, Settings] = types.MappingProxyType({"paper": Settings(), "compact": _COMPACT, "debug": _DEBUG})
