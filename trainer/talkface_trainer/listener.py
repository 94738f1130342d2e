"""A listener who knows how far lips open when something is heard: what `quality.sync` compares lips with.

A ridge regression from the speech around an instant to the lip opening, fitted to real training clips. It knows nothing
of any generator, and a voice that it never heard is as good as any other.

Dimension letters: N frames, E size of a speech vector, K principal components.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.errors import TrainingError
from talkface_studio.api.generator import Speech
from talkface_studio.api.landmarks import lip_opening
from talkface_studio.api.values import Matrix, SpeechFeatures
from talkface_trainer.dataset import FRAME_RATE, Clip

KIND = "whisper-tiny.en"
"""The speech features: those of a pretrained encoder carry over to unseen voices."""
CONTEXT = 5
"""Frames heard on either side of an instant."""
COMPONENTS = 48
CLIPS = 240
"""Most clips that are looked at, taking turns between the speakers."""
RIDGE = 0.02
"""Penalty as a share of the mean variance of the inputs."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Fitted to real speech."""

    mean: Matrix
    """Of the speech vectors, `(E,)`."""
    basis: Matrix
    """Their principal components, scaled to a variance of 1, `(E, K)`."""
    weights: Matrix
    """From the components around an instant to the opening, `((2 * CONTEXT + 1) * K,)`."""

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
            [_around(features, clip.times, mean, basis) for features, clip in zip(heard, some, strict=True)]
        )
        openings = np.concatenate([_standard([lip_opening(mesh) for mesh in clip.landmarks]) for clip in some])
        square = inputs.T @ inputs
        penalty = RIDGE * np.trace(square) / len(square)
        return cls(mean, basis, np.linalg.solve(square + penalty * np.eye(len(square)), inputs.T @ openings))

    def expected(self, speech: Speech, times: NDArray[np.float64]) -> Matrix:
        """How far the lips should be open at instants, `(N,)`, on no particular scale.

        Raises:
            SpeechError: the speech encoder is not installed.
        """
        reach = (CONTEXT + 1) / FRAME_RATE
        features = speech.features(KIND, float(times[0]) - reach, float(times[-1]) + reach)
        return np.asarray(_around(features, times, self.mean, self.basis) @ self.weights)


def _around(features: SpeechFeatures, times: NDArray[np.float64], mean: Matrix, basis: Matrix) -> Matrix:
    around = np.arange(-CONTEXT, CONTEXT + 1) / FRAME_RATE
    vectors = features.at((np.asarray(times)[:, None] + around).ravel())
    return np.asarray(((vectors - mean) @ basis).reshape(len(times), -1))


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
