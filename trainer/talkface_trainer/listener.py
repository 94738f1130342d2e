"""Fitting a `quality.listener` to real training clips: a ridge regression from speech to the opening of the lips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import Matrix
from talkface_studio.quality import listener
from talkface_studio.quality.listener import KIND, around
from talkface_trainer.dataset import Clip

COMPONENTS = 48
CLIPS = 240
"""Most clips that are looked at, taking turns between the speakers."""
RIDGE = 0.02
"""Penalty as a share of the mean variance of the inputs."""


class Listener(listener.Listener):
    """One that is fitted here."""

    __slots__ = ()

    @classmethod
    def fit(cls, clips: Sequence[Clip]) -> Listener:
        """Fit to clips that show people speaking.

        Raises:
            TrainingError: there are none with the speech features that are heard.
        """
        some = _by_turns([clip for clip in clips if clip.has_features(KIND)])[:CLIPS]
        if not some:
            raise TrainingError(f"no clip with {KIND} features to fit the sync score to")
        heard = [clip.features(KIND) for clip in some]
        vectors = np.concatenate([features.values[::2] for features in heard]).astype(np.float64)
        mean = vectors.mean(axis=0)
        values, axes = np.linalg.eigh(np.cov(vectors - mean, rowvar=False))
        count = min(COMPONENTS, len(values))
        basis = axes[:, ::-1][:, :count] / np.sqrt(np.maximum(values[::-1][:count], 1e-9))
        inputs = np.concatenate(
            [around(features, clip.times, mean, basis) for features, clip in zip(heard, some, strict=True)]
        )
        openings = np.concatenate([_standard([lip_opening(mesh) for mesh in clip.landmarks]) for clip in some])
        square = inputs.T @ inputs
        penalty = RIDGE * np.trace(square) / len(square)
        return cls(mean, basis, np.linalg.solve(square + penalty * np.eye(len(square)), inputs.T @ openings))


def _standard(openings: Sequence[float]) -> Matrix:
    values = np.asarray(openings, np.float64)
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6))


def _by_turns(clips: Sequence[Clip]) -> list[Clip]:
    turns: dict[str, int] = {}
    order = []
    for clip in clips:
        turns[clip.speaker] = turns.get(clip.speaker, 0) + 1
        order.append((turns[clip.speaker], clip.id))
    return [clip for _, clip in sorted(zip(order, clips, strict=True), key=lambda pair: pair[0])]
