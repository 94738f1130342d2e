"""What landmarks are said to be by equations: `LinearMotion`, a ridge regression from speech, and `UsualMouth`.

Neither is in the paper.

Dimension letters: N frames of a clip, E size of a speech vector, K principal components of them, S those of all frames
that one sees, Y coordinates of jaw and lips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
from numpy.typing import NDArray

from talkface_ltfg_gan.config import SpeechConfig
from talkface_ltfg_gan.linear_motion import MOVES, REACH, LinearMotion
from talkface_ltfg_gan.recipe.data import LandmarkClips, mirrored, spread_by_opening
from talkface_ltfg_gan.steady_head import POSE
from talkface_ltfg_gan.usual_mouth import closed_mouth
from talkface_studio.api.values import FloatArray
from talkface_trainer.dataset import Clip

COMPONENTS = 256
"""Principal components of speech vectors that are listened to."""
RIDGE = 1.0
"""Weight of the penalty, in mean variances of what is seen. Less of it fits the speakers and not strangers."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Moments:
    """Of all frames, each weighted: their sums and those of their products."""

    weight: float
    seen: Matrix
    """`(S,)`"""
    moved: Matrix
    """`(Y,)`"""
    seen_seen: Matrix
    """`(S, S)`"""
    seen_moved: Matrix
    """`(S, Y)`"""

    def __add__(self, other: _Moments) -> _Moments:
        return _Moments(
            self.weight + other.weight,
            self.seen + other.seen,
            self.moved + other.moved,
            self.seen_seen + other.seen_seen,
            self.seen_moved + other.seen_moved,
        )


def fit_motion(
    motion: LinearMotion,
    clips: LandmarkClips,
    speech: SpeechConfig,
    statistics: tuple[FloatArray, FloatArray],
    *,
    references: int,
    balance: float,
) -> None:
    """Set the weights from all training clips that have the speech features, of which there must be one.

    `statistics` are mean and standard deviation of the speech vectors, `(E,)` each. Of so many `references` of a clip
    the closed mouth is taken. A speaker counts as much as (number of clips) ** `balance`.
    """
    known = _weighted(clips, speech.kind, balance)
    heard = [_heard(clips, clip, speech, statistics) for clip, _ in known]
    components = _components(heard)
    moments = (
        _moments(_stacked(vectors @ components), _moved(clips, clip, references), weight / clip.frames)
        for (clip, weight), vectors in zip(known, heard, strict=True)
    )
    _set(motion, components, reduce(_Moments.__add__, moments))


def usual_move(clips: LandmarkClips, kind: str, *, references: int, balance: float) -> FloatArray:
    """How far jaw and lips are from the closed mouth in the mean of the same clips, `(C, 2)`; see `fit_motion`."""
    known = _weighted(clips, kind, balance)
    means = [_moved(clips, clip, references).mean(axis=0) for clip, _ in known]
    usual: FloatArray = np.average(means, axis=0, weights=[weight for _, weight in known]).astype(np.float32)
    return usual.reshape(-1, 2)


def _weighted(clips: LandmarkClips, kind: str, balance: float) -> list[tuple[Clip, float]]:
    """All training clips that have the speech features, and how much each counts."""
    known = [clip for clip in clips.dataset.clips("train") if clip.has_features(kind)]
    counts = Counter(clip.speaker for clip in known)
    return [(clip, counts[clip.speaker] ** (balance - 1)) for clip in known]


def _heard(
    clips: LandmarkClips, clip: Clip, speech: SpeechConfig, statistics: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """The standardised mean vector of each frame, `(N, E)`."""
    mean, deviation = statistics
    vectors: FloatArray = (clips.speech(clip, np.arange(clip.frames), speech).mean(axis=1) - mean) / deviation
    return vectors


def _moved(clips: LandmarkClips, clip: Clip, references: int) -> Matrix:
    """How far jaw and lips are from the closed mouth, in the mean of the face and its mirror image: `(N, Y)`."""
    points, chosen = clips.points(clip), spread_by_opening(clips.openings(clip), references)
    both = []
    for each in (points, mirrored(points)):
        content = torch.from_numpy(each[:, POSE:])
        both.append((content - closed_mouth(content[chosen][None])[0]).flatten(1).numpy())
    middle: Matrix = np.mean(both, axis=0, dtype=np.float64)
    return middle


def _components(heard: Sequence[FloatArray]) -> Matrix:
    """The directions `(E, K)` in which speech vectors differ most."""
    products = sum(vectors.T @ vectors for vectors in heard)
    _, directions = np.linalg.eigh(np.asarray(products, np.float64))
    return np.ascontiguousarray(directions[:, ::-1][:, :COMPONENTS])


def _stacked(vectors: Matrix) -> Matrix:
    """`(N, K)` of `REACH` frames on either side beside each other, `(N, S)`; at the ends the last one repeats."""
    N = len(vectors)
    around = np.clip(np.arange(N)[:, None] + np.arange(-REACH, REACH + 1), 0, N - 1)
    stacked: Matrix = vectors[around].reshape(N, -1)
    return stacked


def _moments(seen: Matrix, moved: Matrix, weight: float) -> _Moments:
    return _Moments(
        weight * len(seen),
        weight * seen.sum(axis=0),
        weight * moved.sum(axis=0),
        weight * seen.T @ seen,
        weight * seen.T @ moved,
    )


def _set(motion: LinearMotion, components: Matrix, total: _Moments) -> None:
    seen, moved = total.seen / total.weight, total.moved / total.weight
    variances = total.seen_seen / total.weight - np.outer(seen, seen)
    penalty = RIDGE * np.trace(variances) / len(variances)
    penalised = variances + penalty * np.eye(len(variances))
    weights = np.linalg.solve(penalised, total.seen_moved / total.weight - np.outer(seen, moved))
    # What moves least together is left out: reduced-rank regression (Izenman 1975).
    _, ways = np.linalg.eigh(weights.T @ penalised @ weights)
    ways = ways[:, ::-1][:, :MOVES]
    listening = np.einsum("ek,tkm->met", components, (weights @ ways).reshape(2 * REACH + 1, -1, MOVES))
    offset = moved - seen @ weights @ ways @ ways.T
    motion.set(*(torch.from_numpy(np.ascontiguousarray(each)) for each in (listening, ways, offset)))
