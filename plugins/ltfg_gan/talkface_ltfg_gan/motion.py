"""How a person's jaw and lips move with a speech, on a head that is held still.

The landmark generator sees windows of ticks that always begin at the same ticks and keeps the middle of each, so that
what it says of an instant does not depend on the window that was asked for.

Dimension letters: T instants, R references, C points of jaw and lips.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from talkface_ltfg_gan.landmark_generator import Landmarks
from talkface_ltfg_gan.landmark_input import shown_pose
from talkface_ltfg_gan.speech_input import read_speech
from talkface_ltfg_gan.steady_head import POSE
from talkface_studio.api.generator import Speech
from talkface_studio.api.values import FloatArray
from talkface_studio.nn.ticks import TICK_RATE, Ticks, voiced

WINDOWS = 3
"""Windows computed at once."""


class SpeechMotion:
    """Jaw and lips at any instant, `(T, C, 2)` in 0..1 of the crop. Threads may share it.

    `references` are the person's points `(R, 131, 2)`, held still, and `rest` is where jaw and lips are in silence,
    `(C, 2)`. With `rest_in_silence` they come there where voice activity is low.
    """

    def __init__(
        self,
        speech: Speech,
        network: Landmarks,
        references: FloatArray,
        rest: FloatArray,
        *,
        device: str = "cpu",
        gain: float = 1.0,
        rest_in_silence: bool = True,
    ) -> None:
        self._speech, self._network = speech, network
        self._references, self._rest = references, rest
        self._device, self._gain, self._rest_in_silence = device, gain, rest_in_silence
        self._ticks = Ticks(self._computed, chunk=WINDOWS * network.config.kept)

    def at(self, times: NDArray[np.float64]) -> FloatArray:
        """Jaw and lips at `times` (seconds), linear between ticks.

        Raises:
            SpeechError: an encoder that the model needs is not installed.
        """
        return self._ticks.at(times)

    def _computed(self, first: int, stop: int) -> FloatArray:
        config = self._network.config
        context = (config.window - config.kept) // 2
        ticks = np.arange(first - context, stop + context)
        speech = read_speech(self._speech, ticks / TICK_RATE, config.speech)
        windows = np.arange(0, stop - first, config.kept)[:, None] + np.arange(config.window)
        pose = shown_pose(self._references[:1].repeat(config.window, axis=0), self._references, config)
        known = torch.from_numpy(self._references).to(self._device).expand(len(windows), -1, -1, -1)
        # A handful of short vectors costs nothing; half precision here would be seen as trembling lips.
        with torch.inference_mode():
            out = self._network(
                torch.from_numpy(speech[windows]).to(self._device),
                torch.from_numpy(pose).to(self._device).expand(len(windows), -1, -1, -1),
                known[:, :, :POSE],
                known[:, :, POSE:],
            )
        kept: FloatArray = out[:, context : context + config.kept].flatten(0, 1).float().cpu().numpy()
        moved: FloatArray = (kept - self._rest) * np.float32(self._gain)
        if self._rest_in_silence:
            moved = moved * voiced(self._speech, first, stop)[:, None, None]
        return (self._rest + moved).astype(np.float32)
