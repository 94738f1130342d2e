"""What AT-net hears at an instant, from an encoder's vectors.

Dimension letters: T instants, S steps of an MFCC window (28), M coefficients (12), V Whisper vectors (2), E their size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talkface_atvg.at_net import MFCC_COEFFICIENTS, MFCC_STEPS
from talkface_atvg.config import AtNetConfig
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray, SpeechFeatures

_WHISPER_OFFSETS: NDArray[np.float64] = np.array([-0.01, 0.01])
# Three video frames of 25 a second lie before the frame, and each vector is stamped with the centre of its 25 ms.
_MFCC_OFFSETS: NDArray[np.float64] = np.arange(MFCC_STEPS, dtype=np.float64) * 0.01 - 0.12 + 0.0125


def speech_offsets(config: AtNetConfig) -> NDArray[np.float64]:
    """When, in seconds relative to an instant, the vectors lie that AT-net reads for it."""
    return _MFCC_OFFSETS if config.speech == "mfcc" else _WHISPER_OFFSETS


def sample_speech(features: SpeechFeatures, times: NDArray[np.float64], config: AtNetConfig) -> FloatArray:
    """AT-net's input at `times` (seconds): MFCC `(T, S, M)` without the energy c0, or Whisper `(T, V, E)`."""
    offsets = speech_offsets(config)
    values = features.at((np.asarray(times)[:, None] + offsets).ravel())
    if config.speech == "mfcc":
        values = values[:, 1 : 1 + MFCC_COEFFICIENTS]
    return values.reshape(len(times), len(offsets), -1)


def read_speech(speech: Speech, times: NDArray[np.float64], config: AtNetConfig) -> FloatArray:
    """`sample_speech` from a track; `times` must be increasing.

    Raises:
        SpeechError: the encoder that the network needs is not installed.
    """
    offsets = speech_offsets(config)
    features = speech.features(config.speech, float(times[0] + offsets[0]), float(times[-1] + offsets[-1]))
    return sample_speech(features, times, config)
