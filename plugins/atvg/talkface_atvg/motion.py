"""How the canonical face moves with a speech: landmark displacements at any instant.

AT-net runs on ticks of the absolute time axis, in chunks that always start at the same ticks and always see the same
context, so that what it says of an instant does not depend on the window that was asked for.

Dimension letters: T instants.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from talkface_atvg.at_net import AtNet
from talkface_atvg.config import TICK_RATE
from talkface_atvg.pca import PcaBasis
from talkface_atvg.speech_input import read_speech
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray

CHUNK = 64
"""Ticks computed at once."""
LSTM_WARM_UP = 50
"""Ticks before a chunk that bring the LSTM's state from zero to what it would be: three training windows."""
CACHED_CHUNKS = 6
REACH, SMOOTH = 13, 3
"""The mouth may move up to 13 ticks (0.52 s) beside speech, as lips open before the voice is heard and close after it;
the way to rest and back is smoothed over 3 ticks a side."""
SURELY_SILENT, SURELY_SPEECH = 0.05, 0.2
"""Probabilities of speech between which the mouth is let go. They are low: breath and soft consonants move lips too."""


class Motion(Protocol):
    """What moves a face."""

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Displacements `(T, 68, 2)` of the canonical landmarks from rest at `times` (seconds)."""


@dataclass(frozen=True, slots=True)
class ConstantMotion:
    """A face that does not move: always the same displacement, `(68, 2)`."""

    displacement: FloatArray

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """The displacement, once for each instant."""
        return np.repeat(self.displacement[None], len(times), axis=0)


class SpeechMotion:
    """Displacements of the 68 canonical landmarks from rest, driven by one speech. Threads may share it.

    `rest` is the canonical neutral face `(68, 2)`. With `rest_in_silence` displacements fade to zero where voice
    activity is low, the same way before speech as after it.
    """

    def __init__(
        self,
        speech: Speech,
        at_net: AtNet,
        basis: PcaBasis,
        rest: FloatArray,
        *,
        device: str = "cpu",
        gain: float = 1.0,
        rest_in_silence: bool = True,
    ) -> None:
        self._speech, self._net, self._basis = speech, at_net, basis
        self._rest, self._device, self._gain = rest, device, gain
        self._rest_in_silence = rest_in_silence
        self._chunks: OrderedDict[int, FloatArray] = OrderedDict()
        self._lock = Lock()

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Displacements `(T, 68, 2)` at `times` (seconds), linear between ticks.

        Raises:
            SpeechError: an encoder that the model needs is not installed.
        """
        position = np.asarray(times) * TICK_RATE
        low = np.floor(position).astype(np.int64)
        weight = (position - low).astype(np.float32)[:, None, None]
        first = int(low.min())
        ticks = self._ticks(first, int(low.max()) + 2)
        return ticks[low - first] * (1 - weight) + ticks[low - first + 1] * weight

    def _ticks(self, first: int, stop: int) -> FloatArray:
        numbers = range(first // CHUNK, -(-stop // CHUNK))
        with self._lock:
            chunks = [self._cached(number) for number in numbers]
        begin = numbers[0] * CHUNK
        return np.concatenate(chunks)[first - begin : stop - begin]

    def _cached(self, number: int) -> FloatArray:
        if number not in self._chunks:
            self._chunks[number] = self._computed(number * CHUNK, (number + 1) * CHUNK)
        self._chunks.move_to_end(number)
        while len(self._chunks) > CACHED_CHUNKS:
            self._chunks.popitem(last=False)
        return self._chunks[number]

    def _computed(self, first: int, stop: int) -> FloatArray:
        config = self._net.config
        before, after = (LSTM_WARM_UP, 0) if config.temporal == "lstm" else (config.context, config.context)
        times = np.arange(first - before, stop + after) / TICK_RATE
        speech = torch.from_numpy(read_speech(self._speech, times, config))[None].to(self._device)
        example = None
        if config.example_input:
            example = torch.from_numpy(self._basis.project(self._rest[None])).to(self._device)
        # A copy of 64 short vectors costs nothing; half precision here would be seen as trembling lips.
        with torch.inference_mode():
            out = self._net(speech, example)[0, before : before + stop - first].float().cpu().numpy()
        moved = (self._basis.unproject(out) - self._rest) * np.float32(self._gain)
        if self._rest_in_silence:
            moved = moved * self._voiced(first, stop)[:, None, None]
        return moved.astype(np.float32)

    def _voiced(self, first: int, stop: int) -> FloatArray:
        """How much the mouth may move at ticks `first..stop`, 0..1."""
        margin = REACH + SMOOTH
        times = np.arange(first - margin, stop + margin) / TICK_RATE
        probability = self._speech.activity(float(times[0]), float(times[-1])).at(times)[:, 0]
        level = np.clip((probability - SURELY_SILENT) / (SURELY_SPEECH - SURELY_SILENT), 0, 1)
        reached = np.lib.stride_tricks.sliding_window_view(level, 2 * REACH + 1).max(axis=1)
        window = np.hanning(2 * SMOOTH + 3)[1:-1]
        return np.convolve(reached, window / window.sum(), mode="valid").astype(np.float32)
