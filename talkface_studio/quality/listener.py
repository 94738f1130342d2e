"""A listener who knows how far lips open when something is heard: what `quality.sync` compares lips with.

It knows nothing of any generator, and a voice that it never heard is as good as any other. `talkface_trainer.listener`
fits one to real speech.

Dimension letters: N frames, E size of a speech vector, K principal components.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from talkface_studio.api.generator import Speech
from talkface_studio.api.values import Matrix, SpeechFeatures

KIND = "whisper-tiny.en"
"""The speech features: those of a pretrained encoder carry over to unseen voices."""
CONTEXT = 5
"""Frames heard on either side of an instant."""
FRAME_RATE = 25
"""Frames a second that the context counts in."""
_SHIPPED = Path(__file__).with_name("listener.npz")


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
    def shipped(cls) -> Self:
        """The one that was fitted to the clips that the bundled models learnt from."""
        with np.load(_SHIPPED, allow_pickle=False) as arrays:
            return cls(*(arrays[name].astype(np.float64) for name in ("mean", "basis", "weights")))

    def expected(self, speech: Speech, times: NDArray[np.float64]) -> Matrix:
        """How far the lips should be open at instants, `(N,)`, on no particular scale.

        Raises:
            SpeechError: the speech encoder is not installed.
        """
        reach = (CONTEXT + 1) / FRAME_RATE
        features = speech.features(KIND, float(times[0]) - reach, float(times[-1]) + reach)
        return np.asarray(around(features, times, self.mean, self.basis) @ self.weights)


def around(features: SpeechFeatures, times: NDArray[np.float64], mean: Matrix, basis: Matrix) -> Matrix:
    """What is heard around each instant, in principal components: `(N, (2 * CONTEXT + 1) * K)`."""
    steps = np.arange(-CONTEXT, CONTEXT + 1) / FRAME_RATE
    vectors = features.at((np.asarray(times)[:, None] + steps).ravel())
    return np.asarray(((vectors - mean) @ basis).reshape(len(times), -1))
