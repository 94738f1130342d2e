"""The numbers of training, by preset."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from talkface_speech2video.config import Speech2VideoConfig, preset
from talkface_studio.api.errors import TrainingError
from talkface_trainer.settings import overridden

DistillOrder = Literal["teacher_first", "paper"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TeachersTraining:
    """Stage `teachers`: the stand-ins, where the published teachers are not given (not in the paper)."""

    steps: int = 2000
    """Optimiser steps."""
    batch: int = 32
    """Frames a step."""
    rate: float = 1e-3
    """Learning rate of Adam."""
    width: int = 32
    """Channels of the identity classifier's first convolution."""
    emotion_width: int = 16
    """Of the emotion classifier's."""
    emotion_size: int = 64
    """Side of the emotion classifier's pictures."""
    validate_every: int = 500
    """Steps from one validation to the next."""
    identity_file: str = ""
    """The identity teacher's file where it is not in the weights folder's usual place."""
    emotion_file: str = ""
    """The emotion teacher's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CpcTraining:
    """Stage `cpc`: predicting what is heard next, and with an articulation network the lips (not in the paper)."""

    steps: int = 50_000
    """Optimiser steps."""
    file: str = ""
    """A converted encoder to use instead of training one."""
    batch: int = 8
    """Windows a step."""
    window: int = 20_480
    """Samples of a window."""
    rate: float = 2e-4
    """Learning rate of Adam."""
    predicted: int = 12
    """Steps ahead that are predicted, each with a matrix of its own."""
    negatives: int = 128
    """Other instants that each prediction is told apart from."""
    negatives_from: Literal["speaker", "everyone"] = "speaker"
    """Negatives of the same speaker take the speaker out of c; those of everyone leave it in, as nu needs it."""
    lips_weight: float = 0.0
    """Of the squared error of lip shapes beside InfoNCE."""
    movement_weight: float = 0.0
    """Of how little the movement of lip shapes follows the true one, as a part of the former."""
    contrast_weight: float = 1.0
    """Of InfoNCE."""
    feature_noise: float = 0.0
    """Standard deviation of noise on what articulation hears, in training only."""
    ema: float = 0.0
    """Decay of the averaged weights."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DistillTraining:
    """Stage `distill`: the students learn from what the teachers see."""

    steps: int = 10_000
    """Optimiser steps."""
    batch: int = 64
    """Clips a step."""
    rate: float = 3e-4
    """Learning rate."""
    optimizer: Literal["rmsprop", "adam"] = "rmsprop"
    """RMSProp in the paper."""
    order: DistillOrder = "teacher_first"
    """Who is the target of the cross-entropy: the teacher, or as printed the student, which rewards a collapse onto the
    teacher's largest number."""
    temperature: float = 2.0
    """Of the softmax with the teacher first; as printed it is 1."""
    normal_weight: float = 0.025
    """lambda, of the distance of normalised vectors."""
    direct_weight: float = 0.0
    """Of the plain squared error of nu (not in the paper), which a decoder that is handed nu wants small."""
    identity_frames: int = 1
    """Frames of a clip whose mean is nu*; the paper takes the first frame."""
    emotion_frames: int = 5
    """K, frames of a clip whose mean is mu*."""
    shortest: float = 1.0
    """Seconds of the shortest piece of a clip that omega is taken of."""
    noise: float = 0.0
    """Standard deviation of noise on standardised omega, in training only."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FramesTraining:
    """Stage `frames`: the decoder without discriminators (not in the paper; 0 steps leave it out)."""

    steps: int = 0
    """Optimiser steps."""
    start: str = ""
    """A weight file of this model whose decoder is gone on with, layer by layer as far as sizes are the same."""
    batch: int = 16
    """Frames a step."""
    rate: float = 1e-3
    """Learning rate of Adam."""
    teacher_share: float = 0.34
    """Share of the stage in which all frames get the teachers' nu* and mu*, and the true lips."""
    student_share: float = 0.5
    """Share of the frames that get the students' afterwards."""
    similarity_weight: float = 100.0
    """lambda_sim, of the error of the lower half."""
    upper_share: float = 0.1
    """Weight of the upper half beside the lower (not in the paper)."""
    mouth_weight: float = 0.0
    """Further weight of the place where mouths are."""
    gradient_weight: float = 10.0
    """lambda_grad."""
    maps_weight: float = 0.0
    """Of the error of the aligned identity maps (not in the paper)."""
    perceptual_weight: float = 0.0
    """Of the difference in a pretrained network's features."""
    perceptual_every: int = 1
    """It costs as much as the decoder itself: it is measured in every so many steps."""
    morphs: float = 0.0
    """Share of the frames that show a mixture of two speakers, so that mixed codes become sharp faces (not in the
    paper)."""
    balance: float = 0.3
    """How often speakers with many clips are drawn; see `Dataset.sample_clip`."""
    ema: float = 0.999
    """Decay of the averaged weights."""
    validate_every: int = 500
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdversarialTraining:
    """Stage `adversarial`: the decoder against three discriminators."""

    steps: int = 100_000
    """Optimiser steps."""
    clips: int = 8
    """Clips a step."""
    frames: int = 8
    """Consecutive frames of each."""
    rate: float = 3e-4
    """Learning rate of the decoder and of the identity branch."""
    identity_rate: float = 3e-4
    """Of D_ID."""
    frame_rate: float = 1e-4
    """Of D_fr."""
    sync_rate: float = 1e-5
    """Of D_sync."""
    width: int = 64
    """Channels of the discriminators' first convolution."""
    stack: int = 5
    """Frames that D_sync sees at once; the paper's is 1."""
    shift: int = 5
    """Fewest frames between the sound and a picture that does not belong to it."""
    adversarial_weight: float = 1.0
    """Of L_adv beside the other losses."""
    teacher_share: float = 0.34
    """Share of the stage in which the decoder gets the teachers' nu* and mu*."""
    validate_every: int = 1000
    """Steps from one validation to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that a run of this recipe depends on besides the data."""

    model: Speech2VideoConfig = field(default_factory=Speech2VideoConfig)
    """The networks."""
    most_clips: int = 0
    """Most training clips of a speaker, spread over them; 0 means all."""
    reserved: str = ""
    """Speakers, separated by commas, whose face no voice but their own is given; see `gallery`."""
    teachers: TeachersTraining = field(default_factory=TeachersTraining)
    """Stage `teachers`."""
    cpc: CpcTraining = field(default_factory=CpcTraining)
    """Stage `cpc`."""
    distill: DistillTraining = field(default_factory=DistillTraining)
    """Stage `distill`."""
    frames: FramesTraining = field(default_factory=FramesTraining)
    """Stage `frames`; its weights are those of stage `adversarial` too."""
    adversarial: AdversarialTraining = field(default_factory=AdversarialTraining)
    """Stage `adversarial`."""


def settings(name: str, overrides: Mapping[str, str]) -> Settings:
    """The settings of a preset, changed by `STAGE.KEY` or `model.SECTION.KEY`.

    Raises:
        TrainingError: the preset or a key does not exist, or a value is of the wrong kind.
    """
    if name not in _TRAINING:
        raise TrainingError(f"speech2video has no preset {name!r}; it has: {', '.join(_TRAINING)}")
    return overridden(replace(_TRAINING[name], model=preset(name)), overrides)


_COMPACT = Settings(
    most_clips=40,
    teachers=TeachersTraining(steps=400, batch=16, width=16, emotion_width=8, emotion_size=48, validate_every=100),
    cpc=CpcTraining(
        steps=1800,
        batch=4,
        rate=1e-3,
        negatives_from="everyone",
        lips_weight=1.0,
        contrast_weight=0.1,
        feature_noise=0.1,
        ema=0.98,
        validate_every=400,
    ),
    distill=DistillTraining(
        steps=1500,
        batch=16,
        rate=2e-3,
        optimizer="adam",
        identity_frames=5,
        direct_weight=1.0,
        noise=0.3,
        validate_every=500,
    ),
    frames=FramesTraining(
        steps=6000,
        batch=6,
        rate=2e-3,
        teacher_share=0.1,
        upper_share=0.8,
        mouth_weight=3.0,
        maps_weight=0.3,
        perceptual_weight=3.0,
        perceptual_every=2,
        morphs=0.4,
        ema=0.995,
    ),
    adversarial=AdversarialTraining(
        steps=120, clips=2, frames=3, width=16, stack=3, sync_rate=1e-4, adversarial_weight=1.0, validate_every=100
    ),
)

_DEBUG = Settings(
    most_clips=4,
    teachers=TeachersTraining(steps=2, batch=4, width=4, emotion_width=4, emotion_size=32, validate_every=2),
    cpc=replace(_COMPACT.cpc, steps=3, batch=2, window=10_240, negatives=4, predicted=2, validate_every=2),
    distill=replace(_COMPACT.distill, steps=2, batch=2, validate_every=2),
    frames=replace(_COMPACT.frames, steps=3, batch=2, perceptual_weight=0.0, validate_every=2),
    adversarial=replace(_COMPACT.adversarial, steps=2, clips=2, frames=3, width=4, validate_every=2),
)

_TRAINING: Mapping[str, Settings] = types.MappingProxyType({"paper": Settings(), "compact": _COMPACT, "debug": _DEBUG})
