"""How the canonical face moves with a speech: landmark displacements at any instant.

AT-net runs on ticks of the absolute time axis, in chunks that always start at the same ticks and always see the same
context, so that what it says of an instant does not depend on the window that was asked for.

Dimension letters: T instants.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from talkface_studio.nn.ticks import Ticks, voiced

CHUNK = 64
"""Ticks computed at once."""
LSTM_WARM_UP = 50
"""Ticks before a chunk that bring the LSTM's state from zero to what it would be: three training windows."""


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
        self._ticks = Ticks(self._computed, chunk=CHUNK)

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Displacements `(T, 68, 2)` at `times` (seconds), linear between ticks.

        Raises:
            SpeechError: an encoder that the model needs is not installed.
        """
        return self._ticks.at(times)

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
            moved = moved * voiced(self._speech, first, stop)[:, None, None]
        return moved.astype(np.float32)
