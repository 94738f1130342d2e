"""The numbers of training, by preset."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from talkface_sdm.config import SdmConfig, check_config, preset
from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionTraining:
    """Stage `motion`: content, latent, rhythm, auxiliary motion."""

    steps: int = 5000
    """Optimiser steps."""
    batch: int = 64
    """Windows a step."""
    rate: float = 2e-4
    """Learning rate."""
    betas: tuple[float, float] = (0.4, 0.999)
    """Of Adam."""
    past: int = 25
    """Frames of a window that are known."""
    future: int = 25
    """Frames of a window that are predicted."""
    own_share: float = 0.5
    """Share of frames, at the stage's end, that are predicted from the model's own last frame (scheduled sampling)."""
    regular_weight: float = 5.0
    """Of L_reg."""
    independence_weight: float = 2.0
    """Of L_ind."""
    reconstruction_weight: float = 1.0
    """Of L_rec."""
    auxiliary_weight: float = 1.0
    """Of the squared error of F^aux."""
    junction_weight: float = 1.0
    """Of the moves of the first predicted frames."""
    junction_frames: int = 8
    """How many these are."""
    kl_weight: float = 1e-3
    """Of the latent's divergence, reached slowly."""
    kl_decay: float = 0.99995
    """How slowly: the weight's distance from its end is multiplied by this in each step."""
    mouth_weight: float = 4.0
    """Of the mouth's points, relative to the others."""
    pose_weight: float = 1.0
    """Of the pose's numbers, if they stand apart, relative to a point's: they are 6 beside 136."""
    mirror: bool = False
    """Whether every other window is seen in a mirror."""
    balance: float = 0.5
    """How often speakers with many clips are drawn; see `Dataset.sample_clip`."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 500
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceTraining:
    """Stage `face`: the face's points, where they have a network of their own."""

    steps: int = 5000
    """Optimiser steps."""
    batch: int = 32
    """Windows a step."""
    frames: int = 64
    """Frames of a window."""
    rate: float = 2e-4
    """Learning rate."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Of Adam."""
    squared_weight: float = 1.0
    """Of the squared error beside the absolute one."""
    velocity_weight: float = 1.0
    """Of the difference of moves."""
    mouth_weight: float = 8.0
    """Of the mouth's points, relative to the others."""
    mirror: bool = True
    """Whether every other window is seen in a mirror."""
    balance: float = 0.5
    """How often speakers with many clips are drawn; see `Dataset.sample_clip`."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 500
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundaryTraining:
    """Stage `boundary`: the predictor of where diffusion may start, and K."""

    steps: int = 1000
    """Optimiser steps."""
    batch: int = 64
    """Windows a step."""
    rate: float = 1e-3
    """Learning rate."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 0
    """Steps from one validation to the next; 0 means at the end."""
    windows: int = 64
    """Windows of held-out clips that K is estimated on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusionTraining:
    """Stage `diffusion`: the denoiser, with everything before it frozen."""

    steps: int = 10_000
    """Optimiser steps."""
    batch: int = 64
    """Windows a step."""
    rate: float = 2e-4
    """Learning rate."""
    betas: tuple[float, float] = (0.4, 0.999)
    """Of Adam."""
    mouth_weight: float = 4.0
    """Of the mouth's points, relative to the others."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RendererTraining:
    """Stage `renderer`: pictures from true landmarks."""

    steps: int = 8000
    """Optimiser steps."""
    batch: int = 16
    """Pictures a step."""
    rate: float = 2e-4
    """Learning rate."""
    betas: tuple[float, float] = (0.4, 0.999)
    """Of Adam."""
    pairs: int = 8000
    """Pairs of frames of one clip that are warped beforehand, to draw from."""
    noise: float = 0.01
    """Standard deviation of noise on target landmarks, as a part of the region's side: generated ones are not true."""
    perceptual_weight: float = 0.1
    """Of the difference in a pretrained network's features."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JointTraining:
    """Stage `joint`: everything that makes motion, together."""

    steps: int = 1000
    """Optimiser steps."""
    rate: float = 5e-5
    """Learning rate."""
    diffusion_weight: float = 1.0
    """Of L_diff beside L_total."""


Training = MotionTraining | FaceTraining | BoundaryTraining | DiffusionTraining | RendererTraining
"""What stages have in common: steps, batch, rate, ema, validate_every."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a run of this recipe depends on besides the data."""

    model: SdmConfig = field(default_factory=SdmConfig)
    """The networks."""
    motion: MotionTraining = field(default_factory=MotionTraining)
    """Stage `motion`."""
    face: FaceTraining = field(default_factory=FaceTraining)
    """Stage `face`."""
    boundary: BoundaryTraining = field(default_factory=BoundaryTraining)
    """Stage `boundary`."""
    diffusion: DiffusionTraining = field(default_factory=DiffusionTraining)
    """Stage `diffusion`."""
    renderer: RendererTraining = field(default_factory=RendererTraining)
    """Stage `renderer`."""
    joint: JointTraining = field(default_factory=JointTraining)
    """Stage `joint`."""


def settings(name: str, overrides: Mapping[str, str]) -> Settings:
    """The settings of a preset, changed by `STAGE.KEY` or `model.SECTION.KEY`.

    Raises:
        TrainingError: the preset or a key does not exist, a value is of the wrong kind, or two exclude each other.
    """
    if name not in _TRAINING:
        raise TrainingError(f"sdm has no preset {name!r}; it has: {', '.join(_TRAINING)}")
    chosen = overridden(replace(_TRAINING[name], model=preset(name)), overrides)
    try:
        check_config(chosen.model)
    except ValueError as error:
        raise TrainingError(f"sdm: {error}") from error
    return chosen


_COMPACT = Settings(
    motion=MotionTraining(
        steps=1000,
        batch=32,
        rate=1e-3,
        betas=(0.9, 0.999),
        own_share=0.9,
        kl_weight=3e-3,
        kl_decay=0.9985,
        pose_weight=32.0,
        mirror=True,
        balance=0.7,
        ema=0.995,
    ),
    face=FaceTraining(steps=1000, rate=1e-3, balance=0.7, ema=0.995, validate_every=250),
    boundary=BoundaryTraining(steps=60, batch=16),
    diffusion=DiffusionTraining(steps=1000, batch=16, rate=1e-3, betas=(0.9, 0.999), ema=0.99, validate_every=250),
    renderer=RendererTraining(
        steps=300,
        rate=1e-3,
        betas=(0.9, 0.999),
        pairs=500,
        perceptual_weight=0.0,
        ema=0.99,
        validate_every=100,
    ),
    joint=JointTraining(steps=80, rate=1e-4),
)

_DEBUG = Settings(
    motion=replace(_COMPACT.motion, steps=3, batch=2, validate_every=2),
    face=replace(_COMPACT.face, steps=2, batch=2, validate_every=2),
    boundary=BoundaryTraining(steps=2, batch=2, windows=2),
    diffusion=replace(_COMPACT.diffusion, steps=2, batch=2, validate_every=2),
    renderer=replace(_COMPACT.renderer, steps=2, batch=2, pairs=4, validate_every=2, perceptual_weight=0.0),
    joint=JointTraining(steps=2),
)

_TRAINING: Mapping[str, Settings] = types.MappingProxyType({"paper": Settings(), "compact": _COMPACT, "debug": _DEBUG})
