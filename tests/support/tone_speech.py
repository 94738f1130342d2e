"""A voice that is known exactly."""

from __future__ import annotations

import math

import numpy as np

from talkface_studio.api.values import AudioClip, SpeechFeatures

VECTORS = {"mfcc": (100.0, 13), "log_mel": (80.0, 80)}
"""Rate and size of what is no pretrained encoder."""


class ToneSpeech:
    """A voice whose features and activity are known functions of time: it speaks from `first` to `last` seconds."""

    def __init__(self, first: float = 1.0, last: float = 3.0, duration: float = 6.0, size: int = 768) -> None:
        self.first, self.last, self.duration, self.size = first, last, duration, size

    def _window(self, kind: str, start: float, end: float, rate: float, dim: int) -> SpeechFeatures:
        low, high = math.floor(start * rate), math.ceil(end * rate) + 1
        times = np.arange(low, high) / rate
        speaks = ((times >= self.first) & (times <= self.last)).astype(np.float32)[:, None]
        waves = np.sin(np.outer(times, 3.0 + np.arange(dim) % 17)).astype(np.float32)
        values = speaks if dim == 1 else speaks * waves
        return SpeechFeatures(values.astype(np.float32), rate, low / rate, kind)

    def samples(self, start: float, end: float) -> AudioClip:
        return AudioClip(np.zeros((1, round((end - start) * 16_000)), np.float32), 16_000, start)

    def features(self, kind: str, start: float, end: float) -> SpeechFeatures:
        return self._window(kind, start, end, *VECTORS.get(kind, (50.0, self.size)))

    def activity(self, start: float, end: float) -> SpeechFeatures:
        return self._window("silero-vad", start, end, 31.25, 1)
