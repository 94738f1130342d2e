"""The numbers of training, by preset."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from talkface_ltfg_gan.config import LtfgConfig, preset
from talkface_ltfg_gan.table import Row, table_row
from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class LandmarkTraining:
    """The landmark generator: the numbers of IP_LAP where the paper is silent."""

    given: str = ""
    """A weight file of this model whose landmark generator is taken as it is: the stage is then left out."""
    steps: int = 610_000
    """Optimiser steps."""
    batch: int = 128
    """Windows in a batch."""
    rate: float = 1e-4
    """Peak learning rate."""
    weight_decay: float = 0.0
    """Of AdamW."""
    references: int = 15
    """Frames whose landmarks are shown, outside the window."""
    fewest_references: int = 0
    """If not 0, each batch shows this many to `references`, so that the network serves a photo as well as a clip."""
    spread: bool = False
    """References are spread by opening over all frames of the clip. For networks that take no more from them than how
    the closed mouth looks: others would be shown the answer."""
    mirror: bool = False
    """Every other window shows the face in a mirror."""
    velocity_weight: float = 1.0
    """Of L_v."""
    opening_weight: float = 0.0
    """Of the error of the gap between the lips (not in the paper), which the mean over all points makes little of."""
    squared: bool = False
    """Whether errors count by their squares (not in the paper); see `squared_loss`."""
    scale: float = 1.0
    """Of the whole loss."""
    balance: float = 0.5
    """Speakers are drawn with probability (number of clips) ** balance."""
    linear_balance: float = 0.6
    """Speakers count as much as (number of clips) ** this in the linear function beside the network."""
    ema: float = 0.0
    """Decay of the averaged weights; 0 switches averaging off."""
    validate_every: int = 2000
    """Steps between validations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceTraining:
    """The face generator: the reference values of IP_LAP where the paper is silent."""

    start: str = ""
    """A weight file of this model whose face generator is where training begins, instead of at random."""
    teacher: str = ""
    """A weight file of this model whose face generator shows where references come from and what is made of them (not
    in the paper): a smaller network learns that in a fraction of the steps that pixels alone take to teach it."""
    teacher_weight: float = 1.0
    """Of the distance from the teacher."""
    steps: int = 150_000
    """Optimiser steps of each network."""
    batch: int = 96
    """Frames in a batch."""
    rate: float = 1e-4
    """Peak learning rate of both networks."""
    references: int = 3
    """Pictures of the person that are shown, outside the frame's window."""
    pool: int = 0
    """If not 0, every other frame is shown the best of so many pictures, as at inference (not in the paper)."""
    warp_only: float = 0.1
    """Part of the stage in which only the warped references are judged."""
    warp_weight: float = 2.5
    """Of L_w, the perceptual distance of the warped references."""
    translation_weight: float = 4.0
    """Of L_t, the perceptual distance and style of the frame."""
    adversarial_weight: float = 0.25
    """Of L_g; 0 leaves the discriminator out."""
    feature_weight: float = 2.5
    """Of L_f, the distance of the discriminator's features."""
    perceptual_weight: float = 1.0
    """Of the perceptual network's part in L_w and L_t."""
    pixel_weight: float = 0.0
    """Of the error of the frame's pixels (none in the paper)."""
    pixel_beta: float = 0.0
    """Up to this error, of 1, it counts by its square. Most pixels are right but for the camera's noise, which tells
    nothing; with absolute errors it is all that a network of this size sees."""
    mouth_weight: float = 0.0
    """Extra weight of pixels around the mouth in it."""
    discriminator_width: int = 64
    """Channels of the discriminator's first layer."""
    open_share: float = 0.0
    """Share of the frames that are the most open of four random ones."""
    augment: bool = False
    """Flip, shift, scale, rotation and colour, the same for frame and references."""
    balance: float = 0.5
    """Speakers are drawn with probability (number of clips) ** balance."""
    ema: float = 0.0
    """Decay of the averaged weights; 0 switches averaging off."""
    validate_every: int = 2000
    """Steps between validations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a run of this recipe depends on besides the data."""

    row: Row = "ltfg-gan"
    """The row of the paper's table whose parts the networks have; every preset is the last row."""
    model: LtfgConfig = field(default_factory=LtfgConfig)
    """The networks."""
    landmarks: LandmarkTraining = field(default_factory=LandmarkTraining)
    """Stage `landmarks`."""
    faces: FaceTraining = field(default_factory=FaceTraining)
    """Stage `faces`."""


def settings(name: str, overrides: Mapping[str, str]) -> Settings:
    """The settings of a preset, changed by `row`, `landmarks.KEY`, `faces.KEY` or `model.SECTION.KEY`.

    `row` comes first; the other keys change what it gives.

    Raises:
        TrainingError: the preset or a key does not exist, or a value is of the wrong kind.
    """
    if name not in _TRAINING:
        raise TrainingError(f"ltfg-gan has no preset {name!r}; it has: {', '.join(_TRAINING)}")
    landmarks, faces = _TRAINING[name]
    chosen = Settings(model=preset(name), landmarks=landmarks, faces=faces)
    if "row" in overrides:
        chosen = overridden(chosen, {"row": overrides["row"]})
        chosen = replace(chosen, model=table_row(chosen.model, chosen.row))
    return overridden(chosen, {key: value for key, value in overrides.items() if key != "row"})


_COMPACT_LANDMARKS = LandmarkTraining(
    steps=300,
    batch=24,
    rate=1e-3,
    weight_decay=0.02,
    references=16,
    spread=True,
    mirror=True,
    velocity_weight=0.5,
    opening_weight=0.2,
    squared=True,
    scale=1000.0,
    balance=0.4,
    ema=0.98,
    validate_every=50,
)

_COMPACT_FACES = FaceTraining(
    steps=4000,
    batch=8,
    references=2,
    pool=8,
    rate=1e-3,
    warp_only=0.0,
    warp_weight=0.5,
    translation_weight=1.0,
    adversarial_weight=0.0,
    feature_weight=0.0,
    perceptual_weight=0.2,
    pixel_weight=20.0,
    pixel_beta=0.2,
    mouth_weight=100.0,
    discriminator_width=24,
    open_share=0.5,
    augment=True,
    balance=0.6,
    ema=0.998,
    validate_every=500,
)

_DEBUG_LANDMARKS = replace(_COMPACT_LANDMARKS, steps=4, batch=2, references=3, validate_every=2)
_DEBUG_FACES = replace(
    _COMPACT_FACES, steps=2, batch=1, references=2, adversarial_weight=0.25, feature_weight=2.5, validate_every=2
)

_TRAINING: Mapping[str, tuple[LandmarkTraining, FaceTraining]] = types.MappingProxyType(
    {
        "paper": (LandmarkTraining(), FaceTraining()),
        "compact": (_COMPACT_LANDMARKS, _COMPACT_FACES),
        "debug": (_DEBUG_LANDMARKS, _DEBUG_FACES),
    }
)
