"""The numbers of training, by preset, and how `--set` changes them."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from talkface_atvg.config import AtvgConfig, preset
from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class AtTraining:
    """AT-net: mean squared error on landmark coefficients."""

    steps: int = 4000
    """Optimiser steps."""
    batch: int = 100
    """Windows in a batch."""
    window: int = 16
    """Ticks of a window."""
    rate: float = 1e-3
    """Peak learning rate."""
    optimiser: Literal["adam", "adamw"] = "adam"
    """Adam, as in the paper, or AdamW with a one-cycle schedule."""
    velocity_weight: float = 0.0
    """Weight of the squared error of differences between ticks."""
    opening_weight: float = 0.0
    """Weight of the squared error of the inner lips' opening, in eye distances."""
    balance: float = 0.5
    """Speakers are drawn with probability (number of clips) ** balance."""
    ema: float = 0.0
    """Decay of the averaged weights; 0 switches averaging off."""
    validate_every: int = 200
    """Steps between validations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VgTraining:
    """VG-net: stage `vg` learns from pixels alone, stage `gan` against the discriminator as well."""

    steps: int = 60_000
    """Optimiser steps of each network; 0 leaves the stage out."""
    batch: int = 12
    """Clips in a batch."""
    window: int = 16
    """Frames of a clip."""
    rate: float = 2e-4
    """Learning rate of both networks."""
    momentum: float = 0.5
    """Adam's first beta."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Cosine warms up over 200 steps and falls to a twentieth."""
    pixel_weight: float = 10.0
    """Of L_pix."""
    mouth_weight: float = 0.0
    """Extra weight of pixels around the mouth in L_pix (none in the paper)."""
    inner_weight: float = 0.0
    """Extra weight of pixels of the inner mouth (none in the paper): few, and the only ones that no warp can give."""
    open_share: float = 0.0
    """Share of the windows that are the most open of four random ones: mouths are closed most of the time."""
    mouth_mask: Literal["y", "xy"] = "y"
    """Which mouth coordinates weigh 100 in L_gan-landmark; the authors' code takes y only."""
    landmark_weight: float = 1.0
    """Of L_gan-landmark in the generator's loss."""
    adversarial_weight: float = 1.0
    """Of L_gan-dis in the generator's loss."""
    adversarial_start: float = 0.0
    """Part of the stage after which the discriminator's judgement enters the generator's loss: it learns first."""
    perceptual_weight: float = 0.0
    """Of the perceptual distance (none in the paper)."""
    perceptual_frames: int = 8
    """Frames of a batch on which the perceptual distance is taken."""
    pose_candidates: int = 1
    """Of this many random frames, the one whose pose is nearest the target's is the example."""
    augment: bool = False
    """Shift, scale, rotation, mirror and colour, the same for a whole clip."""
    balance: float = 0.5
    """Speakers are drawn with probability (number of clips) ** balance."""
    ema: float = 0.0
    """Decay of the averaged weights; 0 switches averaging off."""
    validate_every: int = 1000
    """Steps between validations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a run of this recipe depends on besides the data."""

    model: AtvgConfig = field(default_factory=AtvgConfig)
    """The networks."""
    at: AtTraining = field(default_factory=AtTraining)
    """Stage `at`."""
    vg: VgTraining = field(default_factory=lambda: VgTraining(steps=0))
    """Stage `vg`: pixels alone. The paper has no such stage."""
    gan: VgTraining = field(default_factory=VgTraining)
    """Stage `gan`: everything."""


def settings(name: str, overrides: Mapping[str, str]) -> Settings:
    """The settings of a preset, changed by `at.KEY`, `vg.KEY`, `gan.KEY` or `model.SECTION.KEY`.

    Raises:
        TrainingError: the preset or a key does not exist, or a value is of the wrong kind.
    """
    if name not in _TRAINING:
        raise TrainingError(f"atvg has no preset {name!r}; it has: {', '.join(_TRAINING)}")
    at, vg, gan = _TRAINING[name]
    return overridden(Settings(model=preset(name), at=at, vg=vg, gan=gan), overrides)


_COMPACT_AT = AtTraining(
    steps=400,
    batch=24,
    window=50,
    rate=1e-3,
    optimiser="adamw",
    velocity_weight=0.5,
    opening_weight=0.05,
    balance=0.8,
    ema=0.98,
    validate_every=100,
)

_COMPACT_VG = VgTraining(
    steps=5000,
    batch=4,
    window=2,
    rate=1e-3,
    momentum=0.9,
    schedule="cosine",
    mouth_weight=4.0,
    inner_weight=60.0,
    open_share=0.6,
    landmark_weight=0.0,
    adversarial_weight=0.0,
    perceptual_weight=0.6,
    perceptual_frames=4,
    pose_candidates=6,
    augment=True,
    ema=0.998,
    validate_every=500,
)

_COMPACT_GAN = dataclasses.replace(
    _COMPACT_VG,
    steps=800,
    rate=3e-4,
    momentum=0.5,
    mouth_mask="xy",
    landmark_weight=0.002,
    adversarial_weight=0.02,
    adversarial_start=0.3,
    perceptual_weight=1.0,
)

_DEBUG_AT = dataclasses.replace(_COMPACT_AT, steps=6, batch=2, window=12, validate_every=3)
_DEBUG_VG = dataclasses.replace(
    _COMPACT_VG, steps=2, batch=1, pose_candidates=2, perceptual_weight=0.0, validate_every=2
)
_DEBUG_GAN = dataclasses.replace(_COMPACT_GAN, steps=4, batch=1, perceptual_weight=0.0, validate_every=2)

_TRAINING: Mapping[str, tuple[AtTraining, VgTraining, VgTraining]] = types.MappingProxyType(
    {
        "paper": (AtTraining(), VgTraining(steps=0), VgTraining()),
        "compact": (_COMPACT_AT, _COMPACT_VG, _COMPACT_GAN),
        "debug": (_DEBUG_AT, _DEBUG_VG, _DEBUG_GAN),
    }
)
