"""The outline of a sound, as it is drawn under a clip."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from talkface_studio.media.audio import AudioReader

_AT_ONCE = 512


def sound_outline(reader: AudioReader, rate: float) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The least and the greatest sample of each `1 / rate` seconds over all channels.

    Both are int8 `(n,)`, 127 being full.

    Raises:
        MediaError: nothing of the stream can be decoded.
    """
    count = math.ceil(reader.duration * rate)
    low, high = np.zeros(count, np.int8), np.zeros(count, np.int8)
    for first in range(0, count, _AT_ONCE):
        last = min(first + _AT_ONCE, count)
        # Edges in whole samples, so that neighbours neither share nor miss one.
        edges = np.round(np.arange(first, last + 1) * (reader.rate / rate)).astype(np.int64)
        samples = reader.read(edges[0] / reader.rate, edges[-1] / reader.rate).samples
        if not samples.shape[1]:
            continue
        starts = np.minimum(edges[:-1] - edges[0], samples.shape[1] - 1)
        low[first:last] = _levels(np.minimum.reduceat(samples.min(axis=0), starts))
        high[first:last] = _levels(np.maximum.reduceat(samples.max(axis=0), starts))
    return low, high


def _levels(samples: NDArray[np.float32]) -> NDArray[np.int8]:
    return np.clip(np.round(samples * 127), -127, 127).astype(np.int8)
