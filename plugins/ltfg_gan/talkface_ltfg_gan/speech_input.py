"""What the networks hear at an instant, from an encoder's vectors.

Dimension letters: T instants, W vectors of one instant (`SpeechConfig.steps`), E their size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_ltfg_gan.config import FRAME_RATE, SpeechConfig
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray, SpeechFeatures

BEFORE = 2 / FRAME_RATE
"""The window of an instant begins two frames earlier and is 200 ms long; that of a stack lies around the instant."""
MEL_RATE, VECTOR_RATE = 80.0, 50.0


def speech_times(times: NDArray[np.float64], config: SpeechConfig) -> NDArray[np.float64]:
    """When, in seconds, the vectors lie that are heard at `times` (seconds): `(T, W)`."""
    centre = np.asarray(times, dtype=np.float64)[:, None]
    if config.kind != "log_mel" and config.front == "stack":
        return centre + (np.arange(config.steps) - (config.steps - 1) / 2) / VECTOR_RATE
    first = centre - BEFORE
    if config.kind == "log_mel":
        # The authors take whole mel frames: the one before, not a mixture of two. The margin is for rounding.
        return (np.floor(first * MEL_RATE + 1e-6) + np.arange(config.steps)) / MEL_RATE
    # Each vector is stamped with the centre of the time that it describes.
    return first + (np.arange(config.steps) + 0.5) / VECTOR_RATE


def sample_speech(features: SpeechFeatures, times: NDArray[np.float64], config: SpeechConfig) -> FloatArray:
    """The networks' input at `times` (seconds): `(T, W, E)`."""
    places = speech_times(times, config)
    return features.at(places.ravel()).reshape(len(places), config.steps, -1)


def read_speech(speech: Speech, times: NDArray[np.float64], config: SpeechConfig) -> FloatArray:
    """`sample_speech` from a track; `times` must be increasing.

    Raises:
        SpeechError: the encoder that the networks need is not installed.
    """
    places = speech_times(times, config)
    features = speech.features(config.kind, float(places[0, 0]), float(places[-1, -1]))
    return sample_speech(features, times, config)
