"""What the networks hear at an instant.

Dimension letters: T instants, W vectors of one instant (`SpeechConfig.steps`), E their size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from talkface_sdm.config import SpeechConfig
from talkface_sdm.rhythm import rhythm_features, window_span
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray

MEL_RATE, VECTOR_RATE = 80.0, 50.0


class Heard(NamedTuple):
    """Speech at some instants."""

    vectors: FloatArray
    """Of the encoder, `(T, W, E)`."""
    rhythm: FloatArray
    """See `rhythm.rhythm_features`, `(T, 6)`."""


def read_speech(speech: Speech, times: NDArray[np.float64], config: SpeechConfig) -> Heard:
    """What is heard at `times` (seconds, increasing).

    Raises:
        SpeechError: the encoder that the networks need is not installed.
    """
    rate = MEL_RATE if config.kind == "log_mel" else VECTOR_RATE
    around = (np.arange(config.steps) - (config.steps - 1) / 2) / rate
    places = np.asarray(times, dtype=np.float64)[:, None] + around
    features = speech.features(config.kind, float(places[0, 0]), float(places[-1, -1]))
    vectors = features.at(places.ravel()).reshape(len(places), config.steps, -1)
    begin, end = window_span(float(times[0]), float(times[-1]))
    sound = speech.samples(begin, end)
    return Heard(vectors, rhythm_features(sound.samples[0], sound.start, np.asarray(times, dtype=np.float64)))
